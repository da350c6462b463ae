"""Money that a provider paid back: the credits it had brought are taken out of the wallet again."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, func, insert, select

from mutoscope.billing.payments import PaidBack
from mutoscope.core.clock import Clock
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import payment_name, purchase, purchase_refund
from mutoscope.ledger import Ledger

log = structlog.get_logger()


@dataclass(frozen=True)
class Refund:
    """Credits that were to be taken back for an order, and those that were there to be taken."""

    order_id: str
    organization_id: OrganizationId
    due: Millicredits
    taken: Millicredits

    @property
    def missing(self) -> Millicredits:
        """What was spent or held by then: the house bears it, or asks for it elsewhere."""
        return Millicredits(self.due - self.taken)


class Refunds:
    """Knows payments by their names, and what was taken back for each."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger

    def name(self, tx: Connection, provider: str, names: Iterable[str], purchase_id: str) -> None:
        """Remember what a provider calls the payment of an order."""
        for name in dict.fromkeys(names):
            if self._named(tx, provider, (name,)) is None:
                new = {"provider": provider, "name": name, "purchase_id": purchase_id}
                tx.execute(insert(payment_name), new)

    def take(self, tx: Connection, provider: str, event: PaidBack) -> None:
        """Take back the same share of the credits as of the money. NotFound for no order of ours.

        A provider tells what it gave back in all: what was taken before is not taken again.
        """
        order_id = self._named(tx, provider, event.names)
        if order_id is None:
            raise NotFound(f"no order was paid by {' or '.join(event.names)}")
        row = tx.execute(select(purchase).where(purchase.c.id == order_id)).one()
        before = tx.scalar(
            select(func.sum(purchase_refund.c.due)).where(purchase_refund.c.purchase_id == order_id)
        )
        share = row.credits * min(event.refunded_minor, event.amount_minor)
        due = Millicredits(share // max(event.amount_minor, 1) - (before or 0))
        if due <= 0:
            return
        taken = self._ledger.take_back(
            tx,
            OrganizationId(row.organization_id),
            due,
            cause=f"{provider}:{event.id}",
            # A first payment fills its lot by the order, a later month by the provider's invoice.
            lot_causes=(f"order:{order_id}", f"{provider}:{row.provider_ref}"),
        )
        new = {
            "provider": provider,
            "event_id": event.id,
            "purchase_id": order_id,
            "due": due,
            "taken": taken,
            "created_at": self._clock.now(),
        }
        tx.execute(insert(purchase_refund), new)
        if taken < due:
            log.warning("refund exceeds what was left", order=order_id, due=due, taken=taken)

    def find(self, tx: Connection, provider: str, event_id: str) -> Refund | None:
        """What an event took back; None when it was about something else."""
        query = select(purchase_refund, purchase.c.organization_id).join_from(
            purchase_refund, purchase, purchase.c.id == purchase_refund.c.purchase_id
        )
        this = (purchase_refund.c.provider == provider) & (purchase_refund.c.event_id == event_id)
        row = tx.execute(query.where(this)).first()
        if row is None:
            return None
        return Refund(row.purchase_id, row.organization_id, row.due, row.taken)

    def _named(self, tx: Connection, provider: str, names: Iterable[str]) -> str | None:
        known = (payment_name.c.provider == provider) & payment_name.c.name.in_(tuple(names))
        return tx.scalar(select(payment_name.c.purchase_id).where(known).limit(1))
