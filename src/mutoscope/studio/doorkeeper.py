"""Stands at the sign-in form: nobody guesses passwords by the thousand."""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import NotAuthenticated, TooManyRequests

WRONG_MAX = 10
WINDOW_MS = 15 * 60_000
ADDRESSES_MAX = 10_000
# Checking one takes 64 MiB and a core for a moment, on purpose; more at once would be an attack.
AT_ONCE = 2


class Doorkeeper:
    """Counts wrong passwords by address, in this process; a restart forgives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, deque[Milliseconds]] = OrderedDict()
        self._lock = threading.Lock()
        self._checking = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def watch(self, email: str) -> Iterator[None]:
        """Around one check of a password. TooManyRequests when this address must wait first."""
        email = email.casefold()[:320]
        self._admit(email)
        with self._checking:
            try:
                yield
            except NotAuthenticated:
                self._note(email)
                raise
        with self._lock:
            self._wrong.pop(email, None)

    def wrong(self, email: str) -> int:
        """How many wrong passwords this address was tried with of late."""
        with self._lock:
            return len(self._wrong.get(email.casefold()[:320], ()))

    def _admit(self, email: str) -> None:
        with self._lock:
            times = self._wrong.get(email, deque())
            now = self._clock.now()
            while times and times[0] < now - WINDOW_MS:
                times.popleft()
            if len(times) >= WRONG_MAX:
                wait = -(-(times[0] + WINDOW_MS - now) // 1000) + 1
                raise TooManyRequests(
                    "too many wrong passwords", fix="wait a quarter of an hour", wait_seconds=wait
                )

    def _note(self, email: str) -> None:
        with self._lock:
            self._wrong.setdefault(email, deque()).append(self._clock.now())
            self._wrong.move_to_end(email)
            if len(self._wrong) > ADDRESSES_MAX:
                self._wrong.popitem(last=False)
