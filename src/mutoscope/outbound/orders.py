"""What is asked of the wire: one request, under one deadline."""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mutoscope.outbound.allowed import Purpose, Target

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host."""


class TooSlow(Exception):
    """The time is up."""


class Deadline:
    """When an exchange must be over, however often the other side sends a byte."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. TooSlow when none do."""
        seconds = self._ends_at - time.monotonic()
        if seconds <= 0:
            raise TooSlow
        return seconds


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class Order:
    """One request."""

    method: str
    target: Target
    purpose: Purpose
    deadline: Deadline
    body: bytes | None
    headers: Mapping[str, str]
