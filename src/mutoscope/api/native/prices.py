"""The price book."""

from http import HTTPStatus

from fastapi import APIRouter

from mutoscope.api.access import ActorHere, CreditsReader, HouseHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.money import amount_of
from mutoscope.api.native.wire_credits import PriceBody, PriceVersionList, price_reply
from mutoscope.catalog import Unit
from mutoscope.core.request import Task
from mutoscope.generations import Rooms, set_price

router = APIRouter(prefix="/prices", tags=["prices"], responses=REFUSALS)


@router.get("")
def list_prices(rooms: RoomsHere, owner: CreditsReader) -> PriceVersionList:  # noqa: ARG001 - who may
    """Every version of every price that the house wrote over the models' own."""
    return _list(rooms)


@router.post("", status_code=HTTPStatus.CREATED)
def put_price(
    body: PriceBody,
    rooms: RoomsHere,
    house: HouseHere,  # noqa: ARG001 - who may
    actor: ActorHere,
) -> PriceVersionList:
    """For the house: a new version, from now on. What was quoted before keeps its price.

    With a `task` it is for that kind of generation only, and goes before a price without one.
    """
    amount = amount_of(body.amount, "amount", may_be_zero=True)
    task = None if body.task is None else Task(body.task)
    set_price(rooms, actor, body.model, body.size, Unit(body.unit), amount, task=task)
    return _list(rooms)


def _list(rooms: Rooms) -> PriceVersionList:
    with rooms.database.snapshot() as tx:
        return PriceVersionList(items=[price_reply(r) for r in rooms.billing.prices.versions(tx)])
