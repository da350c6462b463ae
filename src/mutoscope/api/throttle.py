"""How often one key may ask."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from mutoscope.core.errors import RateLimited
from mutoscope.core.ids import KeyId


class Throttle:
    """Counts the requests of each key, in the memory of this web process."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute`: 0 lets everything pass."""
        self._limit = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    def pass_through(self, key_id: KeyId | None) -> None:
        """Count one request. RateLimited when it is one too many; that one does not count."""
        if self._limit is None or key_id is None or self._counts.hit(self._limit, key_id):
            return
        raise RateLimited(
            f"this key makes more than {self._limit.amount} requests a minute",
            fix="slow down, and try again",
        )
