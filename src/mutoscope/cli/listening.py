"""The socket the service listens on: opened first, so that what is wrong is said at once."""

import errno
import ipaddress
import socket

from mutoscope.core.errors import Conflict, InvalidRequest

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Conflict when the port is taken, InvalidRequest for a wrong address."""
    family, address = _resolve(host, port)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port) from error
    return listener


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    return all(ipaddress.ip_address(address[0]).is_loopback for _, address in _resolve(host, 0))


def url_of(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 compared only
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
    except (OSError, UnicodeError) as error:
        raise InvalidRequest(
            f"{host!r} is no address of this machine", field="--host", fix="--host 127.0.0.1"
        ) from error
    # IPv4 first: what people type into a browser after "localhost" fails should work.
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]


def _refusal(error: OSError, host: str, port: int) -> Conflict | InvalidRequest:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"port {port} on {host} is in use by another program",
            field="--port",
            fix=f"stop it, or choose another port: --port {port + 1} (0 takes a free one)",
        )
    if error.errno == errno.EACCES:
        return Conflict(
            f"port {port} needs more rights than we have", field="--port", fix="--port 8642"
        )
    return InvalidRequest(
        f"{host} can't be listened on: {error.strerror}", field="--host", fix="--host 127.0.0.1"
    )
