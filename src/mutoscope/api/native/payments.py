"""Where payment providers tell us what was paid. Their signature is their key."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import BaseModel

from mutoscope.api.access import RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.core.errors import NotAuthenticated, NotFound

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
    with rooms.database.transaction() as tx:
        is_news = rooms.billing.orders.take(tx, provider, event)
        whose = rooms.people.house(tx)
        if is_news and whose is not None:
            verb = "billing.payment.heard"
            rooms.trail.record(tx, None, verb, event.id, whose, kind=event.kind)
    return HeardReply(heard="now" if is_news else "before")
