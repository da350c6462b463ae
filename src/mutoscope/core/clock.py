"""Time: whole milliseconds since 1970, UTC, told by one clock."""

import time
from typing import NewType, Protocol

Milliseconds = NewType("Milliseconds", int)


class Clock(Protocol):
    """Tells the time. Leases, expiry and receipts all ask the same one."""

    def now(self) -> Milliseconds:
        """The time in milliseconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """This machine's clock: the database's too, as long as the database is a local file."""

    def now(self) -> Milliseconds:
        """The time in milliseconds since 1970-01-01 UTC."""
        return Milliseconds(time.time_ns() // 1_000_000)


class ManualClock:
    """A clock that stands still until told to move."""

    def __init__(self, start: Milliseconds = Milliseconds(1_800_000_000_000)) -> None:
        self._now = start

    def now(self) -> Milliseconds:
        """The time it was last moved to."""
        return self._now

    def advance(self, *, seconds: float) -> None:
        """Move time; negative moves it back."""
        self._now = Milliseconds(self._now + round(seconds * 1000))
