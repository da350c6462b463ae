"""What the routes of credits share: who may manage them, and amounts as callers write them."""

from typing import Annotated

from fastapi import Depends

from mutoscope.api.access import OwnerHere, RoomsHere
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, parse_credits
from mutoscope.core.errors import InvalidRequest, NotPermitted
from mutoscope.generations import Owner

DAY_MS = 86_400_000


def house_owner(rooms: RoomsHere, owner: OwnerHere) -> Owner:
    """The caller, if they speak for the house: its first organization. NotPermitted if not."""
    with rooms.database.snapshot() as tx:
        first = rooms.people.first_organization(tx)
    if first is None or first[0] != owner.organization_id:
        raise NotPermitted("only the house may do that")
    return owner


HouseHere = Annotated[Owner, Depends(house_owner)]


def amount_of(text: str, field: str, *, may_be_zero: bool = False) -> Millicredits:
    """Credits as a decimal string. InvalidRequest names the field."""
    if may_be_zero and text == "0":
        return Millicredits(0)
    try:
        return parse_credits(text)
    except ValueError as error:
        raise InvalidRequest(str(error), field=field, fix='write it as "12.5"') from error


def in_days(now: Milliseconds, days: int | None) -> Milliseconds | None:
    """So many days from now; None for never."""
    return None if days is None else Milliseconds(now + days * DAY_MS)
