"""Orders and invoices: what was bought, what was paid for it, and the paper to prove it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.billing.payments import Ended, Event, Missed, Paid, PaidAgain, PaidBack
from mutoscope.billing.payments.provider import Bill
from mutoscope.billing.plans import Plan, PlanKind, Plans, SubscriptionStatus, lasts_until
from mutoscope.billing.refunds import Refund, Refunds
from mutoscope.billing.subscriptions import HOUSE, Subscriptions
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import Conflict, NotFound
from mutoscope.core.ids import OrganizationId, PersonId, new_opaque_id
from mutoscope.db.schema import (
    invoice,
    organization,
    payment_event,
    purchase,
    surplus_subscription,
)
from mutoscope.ledger import Ledger, LotKind

log = structlog.get_logger()


class OrderStatus(StrEnum):
    """Where an order is."""

    PENDING = "pending"
    PAID = "paid"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Order:
    """What somebody wants to buy, at the price it had then."""

    id: str
    organization_id: OrganizationId
    person_id: PersonId | None
    plan_id: str
    kind: PlanKind
    credits: Millicredits
    price_minor: int
    currency: str
    status: OrderStatus
    provider: str
    provider_ref: str | None
    created_at: Milliseconds
    paid_at: Milliseconds | None


@dataclass(frozen=True)
class Invoice:
    """What was paid, by whom, for what."""

    number: int
    order_id: str
    buyer: str
    item: str
    amount_minor: int
    currency: str
    issued_at: Milliseconds


class Orders:
    """Takes orders, and what providers say of them, each thing once."""

    def __init__(
        self, clock: Clock, ledger: Ledger, plans: Plans, subscriptions: Subscriptions
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._plans = plans
        self._subscriptions = subscriptions
        self._refunds = Refunds(clock, ledger)

    def place(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        plan_id: str,
        *,
        person_id: PersonId | None = None,
        provider: str = HOUSE,
    ) -> Order:
        """Order a plan or a pack, at today's price. Conflict while another plan is collected."""
        chosen = self._plans.find(tx, plan_id)
        if chosen.kind is PlanKind.SUBSCRIPTION:
            self._subscriptions.check_free(tx, organization_id)
        return self._write(tx, organization_id, chosen, person_id=person_id, provider=provider)

    def bill(self, tx: Connection, order: Order) -> Bill:
        """What to pay for it."""
        title = self._title(tx, order.plan_id)
        is_monthly = order.kind is PlanKind.SUBSCRIPTION
        return Bill(order.id, title, order.price_minor, order.currency, is_monthly)

    def cancel(self, tx: Connection, organization_id: OrganizationId, order_id: str) -> Order:
        """Want it no more. Conflict when it was paid."""
        order = self.find(tx, organization_id, order_id)
        if order.status is OrderStatus.PAID:
            raise Conflict("this order was paid")
        mine = purchase.c.id == order.id
        tx.execute(update(purchase).where(mine).values(status=OrderStatus.CANCELED))
        return self.find(tx, organization_id, order_id)

    def find(self, tx: Connection, organization_id: OrganizationId, order_id: str) -> Order:
        """An order of the organization's. NotFound when it has none of that id."""
        mine = (purchase.c.id == order_id) & (purchase.c.organization_id == organization_id)
        row = tx.execute(select(purchase).where(mine)).first()
        if row is None:
            raise NotFound("there is no such order")
        return _order(row)

    def listing(
        self, tx: Connection, organization_id: OrganizationId, *, limit: int = 100
    ) -> list[Order]:
        """The organization's orders, the latest first."""
        query = select(purchase).where(purchase.c.organization_id == organization_id)
        rows = tx.execute(query.order_by(purchase.c.created_at.desc(), purchase.c.id).limit(limit))
        return [_order(row) for row in rows]

    def refund(self, tx: Connection, provider: str, event_id: str) -> Refund | None:
        """What an event took back; None when it was about something else."""
        return self._refunds.find(tx, provider, event_id)

    def invoices(
        self, tx: Connection, organization_id: OrganizationId, *, limit: int = 100
    ) -> list[Invoice]:
        """The organization's invoices, the latest first."""
        query = select(invoice).where(invoice.c.organization_id == organization_id)
        rows = tx.execute(query.order_by(invoice.c.number.desc()).limit(limit))
        return [_invoice(row) for row in rows]

    def invoice(self, tx: Connection, organization_id: OrganizationId, number: int) -> Invoice:
        """One invoice of the organization's. NotFound when it has none of that number."""
        mine = (invoice.c.number == number) & (invoice.c.organization_id == organization_id)
        row = tx.execute(select(invoice).where(mine)).first()
        if row is None:
            raise NotFound("there is no such invoice")
        return _invoice(row)

    def surplus(self, tx: Connection, event: Event) -> str | None:
        """A subscription that was paid for while another one of the organization's is collected.

        It has to be ended at the provider before the event is taken: nobody pays for two plans.
        """
        if not isinstance(event, Paid) or event.subscription is None:
            return None
        row = tx.execute(select(purchase).where(purchase.c.id == event.order_id)).first()
        if row is None or row.status == OrderStatus.PAID:
            return None
        whose = OrganizationId(row.organization_id)
        is_surplus = self._subscriptions.surplus(tx, whose, event.subscription)
        return event.subscription if is_surplus else None

    def is_paid(self, tx: Connection, order_id: str) -> bool:
        """Whether the money for an order is there; False too when there is no such order."""
        status = tx.scalar(select(purchase.c.status).where(purchase.c.id == order_id))
        return status == OrderStatus.PAID

    def pay(
        self,
        tx: Connection,
        order_id: str,
        *,
        reference: str,
        subscription: str | None = None,
        ended: str | None = None,
    ) -> Order:
        """The money is there: bring the credits, begin the plan, write the invoice. Once.

        Paying again with the same reference changes nothing; with another one, it is a Conflict.
        """
        row = tx.execute(select(purchase).where(purchase.c.id == order_id)).first()
        if row is None:
            raise NotFound(f"there is no order {order_id}")
        order = _order(row)
        if order.status is OrderStatus.PAID:
            if order.provider_ref == reference:
                return order
            raise Conflict(f"order {order_id} was paid before, by {order.provider_ref}")
        return self._settle(tx, order, reference, subscription, ended)

    def take(
        self, tx: Connection, provider: str, event: Event, *, ended: str | None = None
    ) -> bool:
        """Do what an event asks for; False when it was told before.

        `ended`: the subscription that `surplus` named, which is over at the provider by now.

        In one transaction with the note that it was: a repeat does nothing, a failure comes again.
        """
        known = (payment_event.c.provider == provider) & (payment_event.c.event_id == event.id)
        if tx.execute(select(payment_event.c.event_id).where(known)).first() is not None:
            return False
        new = {
            "provider": provider,
            "event_id": event.id,
            "kind": event.kind,
            "received_at": self._clock.now(),
        }
        tx.execute(insert(payment_event), new)
        match event:
            case Paid():
                self._paid(tx, provider, event, ended)
            case PaidAgain():
                self._paid_again(tx, provider, event)
            case PaidBack():
                self._refunds.take(tx, provider, event)
            case Missed() | Ended() if self._is_surplus(tx, provider, event.subscription):
                log.info("news of a plan that was one too many", kind=event.kind)
            case Missed() | Ended():
                status = (
                    SubscriptionStatus.PAST_DUE
                    if isinstance(event, Missed)
                    else SubscriptionStatus.CANCELED
                )
                self._subscriptions.provider_says(
                    tx, provider, event.subscription, status, event.at
                )
            case _:
                log.info("payment event ignored", kind=event.kind)
        return True

    def _is_surplus(self, tx: Connection, provider: str, name: str) -> bool:
        known = (surplus_subscription.c.provider == provider) & (
            surplus_subscription.c.name == name
        )
        return tx.execute(select(surplus_subscription.c.name).where(known)).first() is not None

    def _paid(self, tx: Connection, provider: str, event: Paid, ended: str | None) -> None:
        row = tx.execute(select(purchase).where(purchase.c.id == event.order_id)).first()
        if row is None:
            raise NotFound(f"there is no order {event.order_id!r}")
        if (event.amount_minor, event.currency) != (row.price_minor, row.currency):
            raise Conflict(
                f"order {row.id} costs {row.price_minor} {row.currency},"
                f" {event.amount_minor} {event.currency} were paid"
            )
        self.pay(
            tx, row.id, reference=event.reference, subscription=event.subscription, ended=ended
        )
        self._refunds.name(tx, provider, event.names, row.id)

    def _paid_again(self, tx: Connection, provider: str, event: PaidAgain) -> None:
        organization_id = self._subscriptions.owner_of(tx, provider, event.subscription)
        earlier = purchase.c.provider_ref == event.reference
        if tx.execute(select(purchase.c.id).where(earlier)).first() is not None:
            return
        renewed = self._subscriptions.paid_again(
            tx, provider, event.subscription, cause=f"{provider}:{event.reference}"
        )
        order = self._write(tx, organization_id, renewed, person_id=None, provider=provider)
        paid = {"price_minor": event.amount_minor, "currency": event.currency}
        tx.execute(update(purchase).where(purchase.c.id == order.id).values(paid))
        again = self.find(tx, organization_id, order.id)
        self._mark_paid(tx, again, event.reference)
        self._refunds.name(tx, provider, event.names, order.id)

    def _settle(
        self,
        tx: Connection,
        order: Order,
        reference: str,
        subscription: str | None,
        ended: str | None,
    ) -> Order:
        now = self._clock.now()
        cause = f"order:{order.id}"
        if self._subscriptions.surplus(tx, order.organization_id, subscription):
            if subscription != ended:
                # Told again, it is ended first.
                raise Conflict("another plan of this organization is being collected")
            # It was paid for: its month's credits come, but no second plan.
            self._subscriptions.bring_month(tx, order.organization_id, order.plan_id, cause=cause)
            new = {
                "provider": order.provider,
                "name": ended,
                "purchase_id": order.id,
                "created_at": now,
            }
            tx.execute(insert(surplus_subscription), new)
        elif order.kind is PlanKind.SUBSCRIPTION:
            self._subscriptions.begin(
                tx,
                order.organization_id,
                order.plan_id,
                cause=cause,
                provider=order.provider if subscription else HOUSE,
                provider_ref=subscription,
            )
        else:
            days = self._lasts_days(tx, order.plan_id)
            self._ledger.grant(
                tx,
                order.organization_id,
                order.credits,
                code=LotKind.TOPUP,
                cause=cause,
                expires_at=lasts_until(now, days),
            )
        return self._mark_paid(tx, order, reference)

    def _mark_paid(self, tx: Connection, order: Order, reference: str) -> Order:
        now = self._clock.now()
        values = {"status": OrderStatus.PAID, "paid_at": now, "provider_ref": reference}
        tx.execute(update(purchase).where(purchase.c.id == order.id).values(values))
        mine = organization.c.id == order.organization_id
        new = {
            "purchase_id": order.id,
            "organization_id": order.organization_id,
            "buyer": tx.execute(select(organization.c.name).where(mine)).scalar_one(),
            "item": self._title(tx, order.plan_id),
            "amount_minor": order.price_minor,
            "currency": order.currency,
            "issued_at": now,
        }
        tx.execute(insert(invoice), new)
        return self.find(tx, order.organization_id, order.id)

    def _write(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        chosen: Plan,
        *,
        person_id: PersonId | None,
        provider: str,
    ) -> Order:
        new = {
            "id": new_opaque_id(),
            "organization_id": organization_id,
            "person_id": person_id,
            "plan_id": chosen.id,
            "kind": chosen.kind,
            "credits": chosen.credits,
            "price_minor": chosen.price_minor,
            "currency": chosen.currency,
            "status": OrderStatus.PENDING,
            "provider": provider,
            "created_at": self._clock.now(),
        }
        tx.execute(insert(purchase), new)
        return self.find(tx, organization_id, str(new["id"]))

    def _title(self, tx: Connection, plan_id: str) -> str:
        found = self._plans.any(tx, plan_id)
        return f"{found.title_zh} / {found.title_en}"

    def _lasts_days(self, tx: Connection, plan_id: str) -> int | None:
        return self._plans.any(tx, plan_id).credits_last_days


def _invoice(row: Row[Any]) -> Invoice:
    return Invoice(
        row.number,
        row.purchase_id,
        row.buyer,
        row.item,
        row.amount_minor,
        row.currency,
        row.issued_at,
    )


def _order(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        organization_id=row.organization_id,
        person_id=row.person_id,
        plan_id=row.plan_id,
        kind=PlanKind(row.kind),
        credits=row.credits,
        price_minor=row.price_minor,
        currency=row.currency,
        status=OrderStatus(row.status),
        provider=row.provider,
        provider_ref=row.provider_ref,
        created_at=row.created_at,
        paid_at=row.paid_at,
    )
