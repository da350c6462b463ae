"""Orders and invoices."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from mutoscope.api.access import ActorHere, CreditsManager, CreditsReader, HouseHere, RoomsHere
from mutoscope.api.native.addresses import AddressesHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_credits import (
    InvoiceList,
    OrderBody,
    OrderList,
    OrderReply,
    PaidBody,
    invoice_reply,
    order_reply,
)
from mutoscope.billing import Places

router = APIRouter(tags=["orders"], responses=REFUSALS)

OrderId = Annotated[str, Path(max_length=100)]


@router.post("/orders", status_code=HTTPStatus.CREATED)
def place_order(
    body: OrderBody,
    rooms: RoomsHere,
    owner: CreditsManager,
    actor: ActorHere,
    addresses: AddressesHere,
) -> OrderReply:
    """Order a plan or a pack, at today's price. `payment_url` is where to pay it."""
    provider = rooms.billing.provider
    with rooms.database.transaction() as tx:
        order = rooms.billing.orders.place(
            tx,
            owner.organization_id,
            body.plan_id,
            person_id=owner.person_id,
            provider=provider.name if provider else "",
        )
        bill = rooms.billing.orders.bill(tx, order)
        verb = "billing.order.placed"
        rooms.trail.record(tx, actor, verb, order.id, owner.organization_id, plan=order.plan_id)
    if provider is None:
        return order_reply(order)
    back = f"{addresses.base_url}/credits?order={order.id}"
    return order_reply(order, provider.checkout(bill, Places(paid=back, given_up=back)))


@router.get("/orders")
def list_orders(rooms: RoomsHere, owner: CreditsReader) -> OrderList:
    """The organization's orders, the latest first."""
    with rooms.database.snapshot() as tx:
        found = rooms.billing.orders.listing(tx, owner.organization_id)
    return OrderList(items=[order_reply(each) for each in found])


@router.get("/orders/{order_id}")
def get_order(order_id: OrderId, rooms: RoomsHere, owner: CreditsReader) -> OrderReply:
    """One order."""
    with rooms.database.snapshot() as tx:
        return order_reply(rooms.billing.orders.find(tx, owner.organization_id, order_id))


@router.post("/orders/{order_id}/cancel")
def cancel_order(
    order_id: OrderId, rooms: RoomsHere, owner: CreditsManager, actor: ActorHere
) -> OrderReply:
    """Want it no more."""
    with rooms.database.transaction() as tx:
        canceled = rooms.billing.orders.cancel(tx, owner.organization_id, order_id)
        verb = "billing.order.canceled"
        rooms.trail.record(tx, actor, verb, order_id, owner.organization_id)
        return order_reply(canceled)


@router.post("/orders/{order_id}/paid")
def mark_paid(
    order_id: OrderId,
    body: PaidBody,
    rooms: RoomsHere,
    house: HouseHere,  # noqa: ARG001 - who may
    actor: ActorHere,
) -> OrderReply:
    """For the house: the money came another way. The same `reference` pays once."""
    with rooms.database.transaction() as tx:
        is_repeat = rooms.billing.orders.is_paid(tx, order_id)
        paid = rooms.billing.orders.pay(tx, order_id, reference=body.reference)
        verb, by = "billing.order.paid", body.reference
        if not is_repeat:
            rooms.trail.record(tx, actor, verb, order_id, paid.organization_id, reference=by)
        return order_reply(paid)


@router.get("/invoices")
def list_invoices(rooms: RoomsHere, owner: CreditsReader) -> InvoiceList:
    """The organization's invoices, the latest first."""
    with rooms.database.snapshot() as tx:
        found = rooms.billing.orders.invoices(tx, owner.organization_id)
    return InvoiceList(items=[invoice_reply(each) for each in found])
