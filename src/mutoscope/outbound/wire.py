"""One connection: its host resolved once, the address judged and kept, all under one deadline."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from mutoscope.outbound.allowed import Purpose, Target, check_address

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host."""

ADDRESSES_MAX = 4


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


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to one target: what was judged is what is dialled, with no second look-up."""

    def __init__(
        self, resolve: Resolve, target: Target, purpose: Purpose, deadline: Deadline
    ) -> None:
        self._resolve = resolve
        self._target = target
        self._purpose = purpose
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 the deadline decides, here and below
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. One that is not allowed spoils them all."""
        addresses = self._resolve(host, port)
        for address in addresses:
            check_address(address, self._purpose, may_be_private=self._target.may_be_private)
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in addresses[:ADDRESSES_MAX]:
            try:
                stream = self._sockets.connect_tcp(address, port, self._deadline.left())
                return DeadlineStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what comes."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Write everything."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Encrypt; the certificate must be that of the host in the URL."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the stream itself knows."""
        return self._stream.get_extra_info(info)
