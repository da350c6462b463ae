"""What the routes of credits share: amounts as callers write them."""

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, parse_credits
from mutoscope.core.errors import InvalidRequest

DAY_MS = 86_400_000


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
