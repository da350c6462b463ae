"""Gets pictures and delivers callbacks: small, timed, and only where the list allows."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext
from typing import TYPE_CHECKING

from mutoscope.core.errors import TooManyRequests, UrlFailed, UrlRefused
from mutoscope.outbound.allowed import AllowedHosts, Purpose, Target, failed, refused
from mutoscope.outbound.orders import Deadline, Order, Resolve, system_resolver

if TYPE_CHECKING:  # loaded with the first exchange
    import httpcore

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

    def ask(
        self,
        url: str,
        purpose: Purpose,
        body: bytes,
        headers: Mapping[str, str],
        *,
        bytes_max: int,
        media_types: tuple[str, ...],
    ) -> bytes:
        """What a service answers to a body. Redirects are not followed."""
        target = self._allowed.target(url, purpose)
        deadline = Deadline(self._limits.post_seconds)
        with (
            self._turn(purpose),
            self._exchange("POST", target, purpose, deadline, body, headers) as reply,
        ):
            return _body(reply, purpose, bytes_max, media_types)

    def post(self, url: str, purpose: Purpose, body: bytes, headers: Mapping[str, str]) -> int:
        """Deliver a body; returns the HTTP status. Redirects are not followed."""
        target = self._allowed.target(url, purpose)
        deadline = Deadline(self._limits.post_seconds)
        with self._exchange("POST", target, purpose, deadline, body, headers) as reply:
            return reply.status

    def _follow(self, target: Target, location: str, purpose: Purpose) -> Target:
        """Where a redirect leads, judged like any other URL."""
        import httpx

        try:
            url = str(target.url.join(location))
        except (httpx.InvalidURL, ValueError):
            raise refused("is redirected to no URL", purpose, fix="send the final URL") from None
        following = self._allowed.target(url, purpose)
        if (target.scheme, following.scheme) == ("https", "http"):
            raise refused("is redirected from https to http", purpose, fix="send the final URL")
        return following

    def _exchange(
        self,
        method: str,
        target: Target,
        purpose: Purpose,
        deadline: Deadline,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "AbstractContextManager[httpcore.Response]":
        from mutoscope.outbound.wire import exchange

        order = Order(method, target, purpose, deadline, body, headers or {})
        return exchange(order, self._resolve, self._tls)

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
    reply: "httpcore.Response", purpose: Purpose, bytes_max: int, media_types: tuple[str, ...]
) -> bytes:
    if reply.status != HTTPStatus.OK:
        raise failed(f"answers with HTTP status {reply.status}", purpose)
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


def _header(reply: "httpcore.Response", name: str) -> str:
    """A header of the reply; empty when it is missing."""
    found = (value for key, value in reply.headers if key.lower() == name.encode())
    return next(found, b"").decode("latin-1")
