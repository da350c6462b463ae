"""Where payment providers tell us what was paid. Their signature is their key."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import BaseModel
from sqlalchemy import Connection

from mutoscope.api.access import RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.billing import Refund
from mutoscope.core.credits import credits_text
from mutoscope.core.errors import NotAuthenticated, NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.generations import Rooms

router = APIRouter(prefix="/payments", tags=["payments"], responses=REFUSALS)


class HeardReply(BaseModel):
    """Whether it was news."""

    heard: Literal["now", "before"]


async def body_of(request: Request) -> bytes:
    """The body as it was signed, byte for byte."""
    return await request.body()


@router.post("/{provider}/webhook")
def hear(
    provider: Annotated[str, Path(max_length=40)],
    rooms: RoomsHere,
    body: Annotated[bytes, Depends(body_of)],
    stripe_signature: Annotated[str | None, Header(max_length=2000)] = None,
) -> HeardReply:
    """Take a provider's word for a payment, once. What can't be done now should be told again."""
    known = rooms.billing.provider
    if known is None or known.name != provider:
        raise NotFound(f"no payments through {provider} here")
    if stripe_signature is None:
        raise NotAuthenticated("there is no signature", field="Stripe-Signature")
    event = known.event(body, stripe_signature)
    orders = rooms.billing.orders
    with rooms.database.snapshot() as tx:
        surplus = orders.surplus(tx, event)
    if surplus is not None:
        # Before the event is noted: where this fails, it is told again.
        known.end(surplus)
    with rooms.database.transaction() as tx:
        is_news = orders.take(tx, provider, event, ended=surplus)
        whose = rooms.people.house(tx)
        if is_news and whose is not None:
            verb = "billing.payment.heard"
            facts = {"ended": surplus} if surplus else {}
            rooms.trail.record(tx, None, verb, event.id, whose, kind=event.kind, **facts)
            refund = orders.refund(tx, provider, event.id)
            if refund is not None:
                _record(tx, rooms, refund, {whose, refund.organization_id})
    return HeardReply(heard="now" if is_news else "before")


def _record(tx: Connection, rooms: Rooms, refund: Refund, readers: set[OrganizationId]) -> None:
    """Tell whose credits were taken back, and the house, how many; and how many were missing."""
    told = {name: credits_text(getattr(refund, name)) for name in ("due", "taken", "missing")}
    for reader in readers:
        verb = "billing.payment.refunded"
        rooms.trail.record(tx, None, verb, refund.order_id, reader, **told)
