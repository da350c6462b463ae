"""So many a minute, counted in the memory of this process."""

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import FixedWindowRateLimiter


class Quota:
    """How often something may be done in a minute, by whoever does it."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute

    def take(self, whose: str) -> int | None:
        """Count one; None when it may be done, or else how many seconds to wait."""
        limit, counts = self._counting
        if counts.hit(limit, whose):
            return None
        ends = counts.get_window_stats(limit, whose).reset_time
        return max(1, math.ceil(ends - time.time()))

    @cached_property
    def _counting(self) -> "tuple[RateLimitItem, FixedWindowRateLimiter]":
        # Loaded with the first one: the service starts a good deal sooner without it.
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return RateLimitItemPerMinute(self.per_minute), FixedWindowRateLimiter(MemoryStorage())
