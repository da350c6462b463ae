"""What every answer of the studio carries, and what never gets as far as a view.

A page may load from this origin alone, runs no inline script or style, and sits in no frame. A
request that changes something must come from a page of this origin.
"""

import re
import secrets
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VISITOR_COOKIE = "mutoscope_visitor"
VISITOR = re.compile(r"[A-Za-z0-9_-]{32}")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?")

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # blob: is the picture that somebody has just chosen, shown before it is sent.
        "img-src 'self' blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware around the studio."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        self._public_host = urlsplit(public_url).netloc
        self._is_public_https = public_url.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is forged; give the rest a visitor's cookie and our headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        is_https = scope["scheme"] == "https" or self._is_public_https
        visitor = _visitor(headers)
        fresh = visitor is None
        state = scope.setdefault("state", {})
        state["visitor"] = visitor = visitor or secrets.token_urlsafe(24)
        state["is_https"] = is_https

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                if fresh and not scope["path"].startswith("/static/"):
                    answer.append("Set-Cookie", _cookie(visitor, is_https))
            await send(message)

        if not HOST.fullmatch(host):
            refusal = PlainTextResponse("This Host header names no host.", HTTPStatus.BAD_REQUEST)
            await refusal(scope, receive, dressed)
        elif scope["method"] not in SAFE_METHODS and not self._is_ours(headers, host):
            refusal = PlainTextResponse(
                "This request comes from a page of another site.", HTTPStatus.FORBIDDEN
            )
            await refusal(scope, receive, dressed)
        else:
            await self._app(scope, receive, dressed)

    def _is_ours(self, headers: Headers, host: str) -> bool:
        """Browsers say where a form was; programs that say nothing still need the form's token."""
        origin = headers.get("origin")
        if origin is not None:
            return urlsplit(origin).netloc in {host, self._public_host} - {""}
        return headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def _visitor(headers: Headers) -> str | None:
    """The visitor's cookie, if it looks like one of ours."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == VISITOR_COOKIE and VISITOR.fullmatch(value):
            return value
    return None


def _cookie(visitor: str, is_https: bool) -> str:
    secure = "; Secure" if is_https else ""
    return f"{VISITOR_COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}"
