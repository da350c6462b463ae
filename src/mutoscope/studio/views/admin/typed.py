"""Days and amounts as people write them into a form; days begin at their own midnights."""

from datetime import date, timedelta

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, parse_credits
from mutoscope.core.errors import InvalidRequest
from mutoscope.ledger import midnight


def first_moment(text: str, zone: str, *, field: str) -> Milliseconds | None:
    """When that day begins there; None for an empty field. InvalidRequest when it is no day."""
    return midnight(_day(text, field), zone) if text else None


def end_of(text: str, zone: str, *, field: str) -> Milliseconds | None:
    """When that day is over there; None for an empty field."""
    return midnight(_day(text, field) + timedelta(days=1), zone) if text else None


def amount_of(text: str, *, field: str) -> Millicredits:
    """Credits, or any number with at most three places; nothing written is 0."""
    if text in ("", "0"):
        return Millicredits(0)
    try:
        return parse_credits(text)
    except ValueError as error:
        raise InvalidRequest(
            f"{text!r} is no amount", field=field, fix="write it as 100 or 0.5"
        ) from error


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    # Years that no clock of ours can tell are no days either.
    if not 2000 <= day.year < 3000:
        raise InvalidRequest(f"{text!r} is no day", field=field, fix="write it as 2026-11-27")
    return day
