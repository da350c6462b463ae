"""The latest time that the books have seen: a clock that goes back makes nothing usable again.

A clock that goes ahead might be wrong, and would have everything lapse: a step of more than an hour
is doubted, until it has gone on from there for as long as an expiry takes to be final.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, ScalarSelect, func, insert, select, update

from mutoscope.core.clock import Milliseconds
from mutoscope.db.schema import time_mark

log = structlog.get_logger()

STEP_MS = 3_600_000
# A clock that jumped a day ahead must not have taken anything for good when it is put right.
EXPIRY_IS_FINAL_AFTER_MS = 26 * STEP_MS
ONLY = 1


@dataclass(frozen=True)
class TimeMark:
    """The latest believed time, and since when the clock has been so far ahead that it is not."""

    highest_at: Milliseconds
    doubted_since: Milliseconds | None


def read(tx: Connection) -> TimeMark | None:
    """The mark; None before the first sweep."""
    row = tx.execute(select(time_mark)).first()
    return None if row is None else TimeMark(row.highest_at, row.doubted_since)


def note(tx: Connection, now: Milliseconds) -> Milliseconds:
    """Move the mark on, if the clock is to be believed; returns the latest believed time."""
    mark = read(tx)
    if mark is None:
        tx.execute(insert(time_mark), {"id": ONLY, "highest_at": now, "doubted_since": None})
        return now
    ahead, since = now - mark.highest_at, mark.doubted_since
    if ahead < -STEP_MS:
        log.warning("the clock is behind the books", seconds=-ahead // 1000)
    if ahead <= 0:
        moved = TimeMark(mark.highest_at, None)
    elif ahead <= STEP_MS:
        moved = TimeMark(now, None)
    elif since is None or now < since:
        moved = TimeMark(mark.highest_at, now)
    elif now - since >= EXPIRY_IS_FINAL_AFTER_MS:
        moved = TimeMark(now, None)
    else:
        moved = mark
    if moved != mark:
        _write(tx, moved)
    return moved.highest_at


def accept(tx: Connection, now: Milliseconds) -> None:
    """Believe the clock as it is, on somebody's word."""
    if read(tx) is None:
        note(tx, now)
    _write(tx, TimeMark(now, None))


def at_least(now: Any) -> Any:
    """For a query: the time now, or the mark where the clock is behind it."""
    highest: ScalarSelect[Any] = select(time_mark.c.highest_at).scalar_subquery()
    # With two arguments it is the greater of them, of one row.
    return func.max(now, func.coalesce(highest, 0))


def _write(tx: Connection, mark: TimeMark) -> None:
    values = {"highest_at": mark.highest_at, "doubted_since": mark.doubted_since}
    tx.execute(update(time_mark).values(values))
