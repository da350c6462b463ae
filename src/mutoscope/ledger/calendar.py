"""Days and months of an organization, in its own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import InvalidRequest


class Period(StrEnum):
    """How long a budget counts before it begins anew."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. InvalidRequest when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidRequest(
            f"there is no time zone {name!r}", field="time_zone", fix="for example Asia/Shanghai"
        ) from error


def today(now: Milliseconds, time_zone: str) -> date:
    """The date it is there."""
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(zone(time_zone)).date()


def midnight(day: date, time_zone: str) -> Milliseconds:
    """When that day begins there."""
    moment = datetime.combine(day, time(), zone(time_zone))
    return Milliseconds(round(moment.timestamp() * 1000))


def next_midnight(now: Milliseconds, time_zone: str) -> Milliseconds:
    """When the day that it is there ends."""
    return midnight(today(now, time_zone) + timedelta(days=1), time_zone)


def window(period: Period, now: Milliseconds, time_zone: str) -> str:
    """The name of the day or month it is: "2026-11-27", "2026-11"; "total" is all of time."""
    if period is Period.TOTAL:
        return "total"
    day = today(now, time_zone).isoformat()
    return day if period is Period.DAY else day[:7]


def window_begin(period: Period, now: Milliseconds, time_zone: str) -> Milliseconds:
    """When that day or month began; 0 for all of time."""
    if period is Period.TOTAL:
        return Milliseconds(0)
    day = today(now, time_zone)
    return midnight(day if period is Period.DAY else day.replace(day=1), time_zone)


def window_end(period: Period, now: Milliseconds, time_zone: str) -> Milliseconds | None:
    """When that day or month ends; None for all of time."""
    if period is Period.TOTAL:
        return None
    if period is Period.DAY:
        return next_midnight(now, time_zone)
    return midnight(_next_month(today(now, time_zone)), time_zone)


def month(name: str, time_zone: str) -> tuple[Milliseconds, Milliseconds]:
    """When a month ("2026-11") begins and ends there."""
    try:
        first = datetime.strptime(name, "%Y-%m").date()
    except ValueError as error:
        raise InvalidRequest(
            f"{name!r} is no month", field="month", fix="write it as 2026-11"
        ) from error
    return midnight(first, time_zone), midnight(_next_month(first), time_zone)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
