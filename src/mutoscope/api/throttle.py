"""How often one key may ask."""

from mutoscope.core.errors import RateLimited
from mutoscope.core.ids import KeyId
from mutoscope.core.quota import Quota


class Throttle:
    """Counts the requests of each key, in the memory of this web process."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute`: 0 lets everything pass."""
        self._quota = Quota(per_minute)

    def pass_through(self, key_id: KeyId | None) -> None:
        """Count one request. RateLimited when it is one too many."""
        if not self._quota.per_minute or key_id is None:
            return
        wait = self._quota.take(key_id)
        if wait is not None:
            raise RateLimited(
                f"this key makes more than {self._quota.per_minute} requests a minute",
                fix=f"slow down, and try again in {wait} seconds",
                wait_seconds=wait,
            )
