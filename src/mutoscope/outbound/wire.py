"""One connection: its host resolved once, the address judged and kept, all under one deadline."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore
import httpx

from mutoscope import __version__
from mutoscope.outbound.allowed import check_address, failed
from mutoscope.outbound.orders import Deadline, Order, Resolve, TooSlow

ADDRESSES_MAX = 4


@contextmanager
def exchange(
    order: Order, resolve: Resolve, tls: ssl.SSLContext | None
) -> Iterator[httpcore.Response]:
    """One request on a connection of its own; what goes wrong is put in words."""
    target, purpose = order.target, order.purpose
    url = httpcore.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.url.raw_path
    )
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=tls or _system_tls(target.scheme),
                network_backend=PinnedBackend(resolve, order),
            ) as pool,
            pool.stream(order.method, url, headers=_headers(order), content=order.body) as reply,
        ):
            yield reply
    except (TooSlow, httpcore.TimeoutException):
        raise failed("is too slow to answer", purpose) from None
    except (OSError, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise failed(f"can't be reached: {_reason(error)}", purpose) from None


def _headers(order: Order) -> list[tuple[str, str]]:
    sent = {
        "Host": order.target.url.netloc.decode("ascii"),
        "User-Agent": f"Mutoscope/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **order.headers,
    }
    if order.body is not None:
        sent["Content-Length"] = str(len(order.body))
    return list(sent.items())


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, httpcore.ProtocolError):
        return "its host does not speak HTTP properly"
    return "its host does not answer, or breaks off"


@cache
def _system_tls(scheme: str) -> ssl.SSLContext | None:
    """Trust as the system does: SSL_CERT_FILE names an authority of one's own."""
    return httpx.create_ssl_context() if scheme == "https" else None


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to one target: what was judged is what is dialled, with no second look-up."""

    def __init__(self, resolve: Resolve, order: Order) -> None:
        self._resolve = resolve
        self._order = order
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
        order, deadline = self._order, self._order.deadline
        addresses = self._resolve(host, port)
        for address in addresses:
            check_address(address, order.purpose, may_be_private=order.target.may_be_private)
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in addresses[:ADDRESSES_MAX]:
            try:
                stream = self._sockets.connect_tcp(address, port, deadline.left())
                return DeadlineStream(stream, deadline)
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
