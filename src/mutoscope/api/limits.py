"""Nobody sends more than we read: caps on request bodies, before anything parses them."""

import re
from http import HTTPStatus

from fastapi import HTTPException  # the framework passes only its own kind on
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_PARTS_MAX = 100_000
"""Lists, objects and what they hold. Longest texts and pictures have hardly any; parsing millions
of them holds up everybody for many seconds."""


class BodyLimit:
    """ASGI middleware: stops reading a body at `bytes_max` or JSON_PARTS_MAX and answers 413.

    The refusal is raised inside the app that reads the body, so that it is answered in the shape
    of that app's dialect.
    """

    def __init__(self, app: ASGIApp, bytes_max: int) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = int(_header(scope, b"content-length", rb"\d{1,20}") or 0)
        may_be_json = not _header(scope, b"content-type", b"(?i:multipart/).*")
        seen = parts = 0

        async def counted() -> Message:
            nonlocal seen, parts
            if announced > self._bytes_max:
                raise self._too_large()
            message = await receive()
            body = message.get("body", b"")
            seen += len(body)
            if seen > self._bytes_max:
                raise self._too_large()
            if may_be_json:
                # Those within texts are counted, too: cheaper than to tell them apart.
                parts += sum(body.count(mark) for mark in (b",", b"[", b"{"))
                if parts > JSON_PARTS_MAX:
                    raise _refusal(f"the JSON has more than {JSON_PARTS_MAX} parts")
            return message

        await self._app(scope, counted, send)

    def _too_large(self) -> HTTPException:
        return _refusal(f"the body is larger than {self._bytes_max} bytes")


def _refusal(message: str) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def _header(scope: Scope, name: bytes, pattern: bytes) -> bytes:
    """The header's value when it looks so; else nothing."""
    for each, value in scope["headers"]:
        if each == name and re.fullmatch(pattern, value):
            return bytes(value)
    return b""
