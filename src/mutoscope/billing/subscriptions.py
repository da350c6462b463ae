"""Who has which plan, until when it is paid, and the credits that each month brings."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mutoscope.billing.plans import Plan, PlanKind, Plans, SubscriptionStatus, read_plan
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import organization, plan, subscription
from mutoscope.ledger import Ledger, LotKind, midnight, today

HOUSE = ""
AT_ONCE = 100
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Subscription:
    """An organization's plan."""

    organization_id: OrganizationId
    plan_id: str
    status: SubscriptionStatus
    period_start: Milliseconds
    period_end: Milliseconds
    provider: str
    provider_ref: str | None

    @property
    def is_collected_elsewhere(self) -> bool:
        """A provider goes on taking money for it until it is told to stop."""
        return self.provider != HOUSE and self.status is not SubscriptionStatus.CANCELED


class Subscriptions:
    """Begins, renews and ends them. Each month's credits are a lot that ends with the month."""

    def __init__(self, clock: Clock, ledger: Ledger, plans: Plans) -> None:
        self._clock = clock
        self._ledger = ledger
        self._plans = plans

    def find(self, tx: Connection, organization_id: OrganizationId) -> Subscription | None:
        """The organization's plan, whatever its status; None when it never had one."""
        mine = subscription.c.organization_id == organization_id
        row = tx.execute(select(subscription).where(mine)).first()
        if row is None:
            return None
        return Subscription(
            organization_id,
            row.plan_id,
            SubscriptionStatus(row.status),
            row.period_start,
            row.period_end,
            row.provider,
            row.provider_ref,
        )

    def begin(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        plan_id: str,
        *,
        cause: str,
        provider: str = HOUSE,
        provider_ref: str | None = None,
    ) -> None:
        """Give an organization a plan from now on, in place of the one it has.

        The same `cause` brings its credits once.
        """
        chosen = self._plans.find(tx, plan_id)
        if chosen.kind is not PlanKind.SUBSCRIPTION:
            raise InvalidRequest(f"{plan_id} is a pack: it is bought, not subscribed", field="plan")
        if provider == HOUSE:
            self.check_free(tx, organization_id)
        now = self._clock.now()
        zone = _zone(tx, organization_id)
        anchor = today(now, zone)
        end = midnight(_a_month_on(anchor, anchor.day), zone)
        new = {
            "organization_id": organization_id,
            "plan_id": plan_id,
            "status": SubscriptionStatus.ACTIVE,
            "period_start": now,
            "period_end": end,
            "anchor_day": anchor.day,
            "provider": provider,
            "provider_ref": provider_ref,
            "updated_at": now,
        }
        tx.execute(delete(subscription).where(subscription.c.organization_id == organization_id))
        tx.execute(insert(subscription), new)
        self._bring(tx, organization_id, chosen, until=_last(end, provider), cause=cause)

    def check_free(self, tx: Connection, organization_id: OrganizationId) -> None:
        """Conflict while a provider collects for a plan, for it would go on collecting."""
        standing = self.find(tx, organization_id)
        if standing is not None and standing.is_collected_elsewhere:
            raise Conflict(
                f"the plan {standing.plan_id} is paid through {standing.provider}",
                fix="end it first",
            )

    def set_status(
        self, tx: Connection, organization_id: OrganizationId, status: SubscriptionStatus
    ) -> None:
        """Note that it was not paid, that it was, or that it is over. NotFound without a plan."""
        mine = subscription.c.organization_id == organization_id
        values = {"status": status, "updated_at": self._clock.now()}
        if tx.execute(update(subscription).where(mine).values(values)).rowcount != 1:
            raise NotFound("this organization has no plan")

    def surplus(
        self, tx: Connection, organization_id: OrganizationId, provider_ref: str | None
    ) -> bool:
        """Whether a plan that was just paid for is one too many: another is being collected."""
        standing = self.find(tx, organization_id)
        return (
            provider_ref is not None
            and standing is not None
            and standing.is_collected_elsewhere
            and standing.provider_ref != provider_ref
        )

    def bring_month(
        self, tx: Connection, organization_id: OrganizationId, plan_id: str, *, cause: str
    ) -> None:
        """The credits of one month that was paid for, and nothing else of the plan."""
        bought = self._plans.any(tx, plan_id)
        day = today(self._clock.now(), _zone(tx, organization_id))
        until = midnight(_a_month_on(day, day.day), _zone(tx, organization_id))
        self._bring(tx, organization_id, bought, until=until, cause=cause)

    def renew(self, tx: Connection) -> int:
        """Begin the next month of those that the house itself collects; returns how many.

        A month begins where the last one ended, so a clock that jumps renews nothing twice.
        """
        now = self._clock.now()
        due = (
            (subscription.c.provider == HOUSE)
            & (subscription.c.status == SubscriptionStatus.ACTIVE)
            & (subscription.c.period_end <= now)
        )
        rows = tx.execute(_with_plan().where(due).limit(AT_ONCE)).all()
        for row in rows:
            start, end = row.period_end, _end_after(row, row.period_end)
            while end <= now:  # The service was off for months: they are over, credits and all.
                start, end = end, _end_after(row, end)
            self._prolong(tx, row, start, end)
            cause = f"plan:{row.organization_id}:{row.plan_id}:{start}"
            self._bring(tx, row.organization_id, read_plan(row), until=end, cause=cause)
        return len(rows)

    def paid_again(self, tx: Connection, provider: str, provider_ref: str, *, cause: str) -> Plan:
        """Another month was paid for through a provider. NotFound when nobody has that reference.

        Late news brings the credits, and opens nothing that was ended since.
        """
        row = self._by_ref(tx, provider, provider_ref)
        start = max(row.period_end, self._clock.now())
        end = _end_after(row, start)
        if row.status != SubscriptionStatus.CANCELED:
            self._prolong(tx, row, start, end)
        bought = read_plan(row)
        self._bring(tx, row.organization_id, bought, until=_last(end, provider), cause=cause)
        return bought

    def provider_says(
        self,
        tx: Connection,
        provider: str,
        provider_ref: str,
        status: SubscriptionStatus,
        at: Milliseconds,
    ) -> bool:
        """Note what a provider says of a subscription; False when later news came before."""
        row = self._by_ref(tx, provider, provider_ref)
        mine = subscription.c.organization_id == row.organization_id
        if row.status == SubscriptionStatus.CANCELED or at < row.updated_at:
            return False
        tx.execute(update(subscription).where(mine).values(status=status, updated_at=at))
        return True

    def owner_of(self, tx: Connection, provider: str, provider_ref: str) -> OrganizationId:
        """Whose subscription that is. NotFound when it is nobody's."""
        return OrganizationId(self._by_ref(tx, provider, provider_ref).organization_id)

    def _by_ref(self, tx: Connection, provider: str, provider_ref: str) -> Any:
        mine = (subscription.c.provider == provider) & (subscription.c.provider_ref == provider_ref)
        row = tx.execute(_with_plan().where(mine)).first()
        if row is None:
            raise NotFound(f"no subscription {provider_ref} of {provider} here")
        return row

    def _prolong(self, tx: Connection, row: Any, start: Milliseconds, end: Milliseconds) -> None:
        values = {
            "status": SubscriptionStatus.ACTIVE,
            "period_start": start,
            "period_end": end,
            "updated_at": self._clock.now(),
        }
        mine = subscription.c.organization_id == row.organization_id
        tx.execute(update(subscription).where(mine).values(values))

    def _bring(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        bought: Plan,
        *,
        until: Milliseconds,
        cause: str,
    ) -> None:
        if bought.credits:
            self._ledger.grant(
                tx,
                organization_id,
                bought.credits,
                code=LotKind.PLAN,
                cause=cause,
                expires_at=until,
            )


def _with_plan() -> Any:
    columns = [c for c in plan.c if c.name != "id"]
    theirs = [c for c in subscription.c if c.name != "plan_id"]
    joined = select(
        plan.c.id, plan.c.id.label("plan_id"), *columns, *theirs, organization.c.time_zone
    )
    return joined.join_from(subscription, plan, plan.c.id == subscription.c.plan_id).join(
        organization, organization.c.id == subscription.c.organization_id
    )


def _zone(tx: Connection, organization_id: OrganizationId) -> str:
    mine = organization.c.id == organization_id
    name = tx.scalar(select(organization.c.time_zone).where(mine))
    if name is None:
        raise NotFound("there is no such organization", field="organization")
    return str(name)


def _end_after(row: Any, start: Milliseconds) -> Milliseconds:
    return midnight(_a_month_on(today(start, row.time_zone), row.anchor_day), row.time_zone)


def _last(end: Milliseconds, provider: str) -> Milliseconds:
    """When a month's credits end: a provider collects the next month late on its first day."""
    return end if provider == HOUSE else Milliseconds(end + DAY_MS)


def _a_month_on(day: date, anchor_day: int) -> date:
    """The anchor's day of the next month, or the last day of a month that is shorter."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(anchor_day, calendar.monthrange(year, month)[1]))
