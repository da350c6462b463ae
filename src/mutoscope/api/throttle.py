"""How often one key may ask."""

from collections.abc import Callable
from functools import cached_property

from mutoscope.core.errors import RateLimited
from mutoscope.core.ids import KeyId


class Throttle:
    """Counts the requests of each key, in the memory of this web process."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute`: 0 lets everything pass."""
        self._per_minute = per_minute

    def pass_through(self, key_id: KeyId | None) -> None:
        """Count one request. RateLimited when it is one too many."""
        if not self._per_minute or key_id is None or self._hit(key_id):
            return
        raise RateLimited(
            f"this key makes more than {self._per_minute} requests a minute",
            fix="slow down, and try again",
        )

    @cached_property
    def _hit(self) -> Callable[[KeyId], bool]:
        # Loaded with the first request: the service starts a good deal sooner without it.
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        limit = RateLimitItemPerMinute(self._per_minute)
        counts = FixedWindowRateLimiter(MemoryStorage())
        return lambda key_id: counts.hit(limit, key_id)
