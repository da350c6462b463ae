"""How long a delivery waits after each try that failed: seconds at first, hours in the end."""

MINUTE = 60
HOUR = 60 * MINUTE
PAUSES_SECONDS = (5, 30, 2 * MINUTE, 10 * MINUTE, HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR)


def pause_seconds(tries: int) -> float | None:
    """Seconds to wait after that many tries; None when it is given up."""
    return PAUSES_SECONDS[tries - 1] if tries <= len(PAUSES_SECONDS) else None
