"""The free credits of the day: a lot that ends at midnight of the organization's time zone."""

from sqlalchemy import Connection, func, select

from mutoscope.billing.plans import Plans, Terms
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import lot, organization
from mutoscope.ledger import Ledger, LotKind, midnight, next_midnight, today


class Allowance:
    """Grants each day once: at the first use, or when the sweep comes by.

    Days are told by name, and only a later one is ever granted: a clock that goes back finds the
    day granted, one that went ahead has taken that day in advance.
    """

    def __init__(self, clock: Clock, ledger: Ledger, plans: Plans) -> None:
        self._clock = clock
        self._ledger = ledger
        self._plans = plans
        # When each organization's day begins and ends, once it is known to have been granted.
        self._granted: dict[OrganizationId, tuple[Milliseconds, Milliseconds]] = {}

    def give(self, tx: Connection, organization_id: OrganizationId, terms: Terms) -> None:
        """Grant the day, unless it was."""
        if not terms.daily_credits:
            return
        now = self._clock.now()
        begin, end = self._granted.get(organization_id, (0, 0))
        if begin <= now < end:
            return
        mine = organization.c.id == organization_id
        zone = tx.execute(select(organization.c.time_zone).where(mine)).scalar_one()
        day = today(now, zone)
        prefix = f"daily:{organization_id}:"
        days = (lot.c.cause >= prefix) & (lot.c.cause < prefix + "~")
        latest = tx.scalar(select(func.max(lot.c.cause)).where(days))
        if latest is not None and latest >= f"{prefix}{day}":
            self._granted[organization_id] = midnight(day, zone), next_midnight(now, zone)
            return
        self._ledger.grant(
            tx,
            organization_id,
            terms.daily_credits,
            code=LotKind.DAILY,
            cause=f"{prefix}{day}",
            expires_at=next_midnight(now, zone),
        )

    def give_all(self, tx: Connection) -> None:
        """Grant the day to everyone whose terms say so, so that they see it before they use it."""
        for organization_id in tx.scalars(select(organization.c.id)).all():
            self.give(tx, organization_id, self._plans.terms(tx, organization_id))
