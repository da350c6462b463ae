"""How long a job waits before it is tried again."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0


def delay_seconds(attempt: int) -> float:
    """Seconds to wait after the given attempt (counted from 1): 1, 2, 4 ... at most 60."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** (attempt - 1))
