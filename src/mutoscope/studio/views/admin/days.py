"""Days as people write them into a form, at the midnights of their organization."""

from datetime import date, timedelta

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import InvalidRequest
from mutoscope.ledger import midnight


def first_moment(text: str, zone: str, *, field: str) -> Milliseconds | None:
    """When that day begins there; None for an empty field. InvalidRequest when it is no day."""
    return midnight(_day(text, field), zone) if text else None


def end_of(text: str, zone: str, *, field: str) -> Milliseconds | None:
    """When that day is over there; None for an empty field."""
    return midnight(_day(text, field) + timedelta(days=1), zone) if text else None


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    # Years that no clock of ours can tell are no days either.
    if not 2000 <= day.year < 3000:
        raise InvalidRequest(f"{text!r} is no day", field=field, fix="write it as 2026-11-27")
    return day
