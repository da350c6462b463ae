"""Gets pictures and delivers callbacks: small, timed, and only where the list allows."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from ssl import SSLContext

import httpcore
import httpx

from mutoscope import __version__
from mutoscope.core.errors import TooManyRequests, UrlFailed, UrlRefused
from mutoscope.outbound.allowed import AllowedHosts, Purpose, Target, refused
from mutoscope.outbound.wire import Deadline, PinnedBackend, Resolve, TooSlow, system_resolver

REDIRECTS_MAX = 3
# So that slow hosts can't occupy every thread of the service.
AT_ONCE_MAX = 8
WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """How long one exchange may take, redirects included."""

    fetch_seconds: float = 20.0
    post_seconds: float = 15.0


class Outbound:
    """The way out. No proxies, no cookies, no kept connections, nothing from the environment."""

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        resolve: Resolve = system_resolver,
        limits: Limits | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        """`resolve` finds addresses and `tls` says whom to trust: the system's, unless given."""
        self._allowed = allowed
        self._resolve = resolve
        self._limits = limits or Limits()
        self._tls = tls
        self._turns = threading.BoundedSemaphore(AT_ONCE_MAX)

    def check(self, url: str, purpose: Purpose) -> None:
        """UrlRefused when the URL could never be reached; asks nobody."""
        self._allowed.target(url, purpose)

    def fetch(
        self, url: str, purpose: Purpose, *, bytes_max: int, media_types: tuple[str, ...]
    ) -> bytes:
        """What is at the URL. UrlRefused or UrlFailed name the field."""
        target = self._allowed.target(url, purpose)
        deadline = Deadline(self._limits.fetch_seconds)
        with self._turn(purpose):
            for _ in range(REDIRECTS_MAX + 1):
                with self._exchange("GET", target, purpose, deadline) as reply:
                    location = _header(reply, "location")
                    if not (reply.status // 100 == 3 and location):
                        return _body(reply, purpose, bytes_max, media_types)
                target = self._follow(target, location, purpose)
        raise UrlFailed(
            f"{purpose.field} is redirected more than {REDIRECTS_MAX} times",
            field=purpose.field,
            fix=f"send the final URL, or {purpose.instead}",
        )

    def post(self, url: str, purpose: Purpose, body: bytes, headers: Mapping[str, str]) -> int:
        """Deliver a body; returns the HTTP status. Redirects are not followed."""
        target = self._allowed.target(url, purpose)
        deadline = Deadline(self._limits.post_seconds)
        with self._exchange("POST", target, purpose, deadline, body, headers) as reply:
            return reply.status

    def _follow(self, target: Target, location: str, purpose: Purpose) -> Target:
        """Where a redirect leads, judged like any other URL."""
        try:
            url = str(target.url.join(location))
        except (httpx.InvalidURL, ValueError):
            raise refused("is redirected to no URL", purpose, fix="send the final URL") from None
        following = self._allowed.target(url, purpose)
        if (target.scheme, following.scheme) == ("https", "http"):
            raise refused("is redirected from https to http", purpose, fix="send the final URL")
        return following

    @contextmanager
    def _exchange(
        self,
        method: str,
        target: Target,
        purpose: Purpose,
        deadline: Deadline,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpcore.Response]:
        """One request on a connection of its own; what goes wrong is put in words."""
        sent = {
            "Host": target.url.netloc.decode("ascii"),
            "User-Agent": f"Mutoscope/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **(headers or {}),
        }
        if body is not None:
            sent["Content-Length"] = str(len(body))
        url = httpcore.URL(
            scheme=target.scheme,
            host=target.host,
            port=target.port,
            target=target.url.raw_path,
        )
        backend = PinnedBackend(self._resolve, target, purpose, deadline)
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._tls or _system_tls(target.scheme),
                    network_backend=backend,
                ) as pool,
                pool.stream(method, url, headers=list(sent.items()), content=body) as reply,
            ):
                yield reply
        except (TooSlow, httpcore.TimeoutException):
            raise _failed("is too slow to answer", purpose) from None
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _failed(f"can't be reached: {_reason(error)}", purpose) from None

    @contextmanager
    def _turn(self, purpose: Purpose) -> Iterator[None]:
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            raise TooManyRequests(
                "too many URLs are being fetched just now",
                field=purpose.field,
                fix=f"try again, or {purpose.instead}",
            )
        try:
            yield
        finally:
            self._turns.release()


def _body(
    reply: httpcore.Response, purpose: Purpose, bytes_max: int, media_types: tuple[str, ...]
) -> bytes:
    if reply.status != HTTPStatus.OK:
        raise _failed(f"answers with HTTP status {reply.status}", purpose)
    media_type = _header(reply, "content-type").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise _refused_content(f"is {media_type or 'nothing'}, not a picture", purpose)
    if _header(reply, "content-encoding") not in ("", "identity"):
        raise _refused_content("comes compressed though that was not asked for", purpose)
    too_large = _refused_content(f"has more than {bytes_max} bytes", purpose)
    length = _header(reply, "content-length")
    if length.isdigit() and int(length[:20]) > bytes_max:
        raise too_large
    data = bytearray()
    for chunk in reply.iter_stream():
        data += chunk
        if len(data) > bytes_max:
            raise too_large
    return bytes(data)


def _refused_content(what: str, purpose: Purpose) -> UrlRefused:
    return refused(what, purpose, fix="send the URL of a smaller JPEG, PNG or WebP picture")


def _failed(what: str, purpose: Purpose) -> UrlFailed:
    return UrlFailed(
        f"{purpose.field} {what}",
        field=purpose.field,
        fix=f"check that the URL works from outside, or {purpose.instead}",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, httpcore.ProtocolError):
        return "its host does not speak HTTP properly"
    return "its host does not answer, or breaks off"


def _header(reply: httpcore.Response, name: str) -> str:
    """A header of the reply; empty when it is missing."""
    found = (value for key, value in reply.headers if key.lower() == name.encode())
    return next(found, b"").decode("latin-1")


@cache
def _system_tls(scheme: str) -> SSLContext | None:
    """Trust as the system does: SSL_CERT_FILE names an authority of one's own."""
    return httpx.create_ssl_context() if scheme == "https" else None
