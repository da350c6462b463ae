"""Nobody sends more than we read: caps on request bodies, before anything parses them."""

import re
from http import HTTPStatus

from fastapi import HTTPException  # the framework passes only its own kind on
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_PARTS_MAX = 100_000
"""Lists, objects and what they hold. Longest texts and pictures have hardly any; parsing millions
of them holds up everybody for many seconds."""
# A member has two texts, its name and its value, of two marks each.
QUOTES_MAX = 4 * JSON_PARTS_MAX


class PartsCount:
    """Counts the parts of JSON while it arrives; what stands within texts is none.

    Only ever looks at whole pieces: 20 MB take hundredths of a second. What is no JSON is counted
    somehow, and refused by whoever parses it.
    """

    def __init__(self) -> None:
        self._parts = self._quotes = 0
        self._inside = self._is_wide = False
        self._escape = b""

    def read(self, piece: bytes) -> None:
        """Count the next piece of a body."""
        # UTF-16 and UTF-32 have zeros from the first: nothing is a quote there for sure.
        self._is_wide = self._is_wide or b"\0" in piece
        if not self._is_wide:
            piece = self._outside(self._escape + piece)
        self._parts += sum(piece.count(mark) for mark in (b",", b"[", b"{"))

    @property
    def are_too_many(self) -> bool:
        """More than anybody needs."""
        return self._parts > JSON_PARTS_MAX or self._quotes > QUOTES_MAX

    def _outside(self, piece: bytes) -> bytes:
        """What of a piece is in no text."""
        piece, self._escape = _before_escape(piece)
        piece = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        quotes = piece.count(b'"')
        self._quotes += quotes
        if self._quotes > QUOTES_MAX:
            return b""
        outside = b"".join(piece.split(b'"')[int(self._inside) :: 2])
        self._inside ^= quotes % 2 == 1
        return outside


def _before_escape(piece: bytes) -> tuple[bytes, bytes]:
    """The piece, and the backslash at its end whose other half is still to come."""
    backslashes = len(piece) - len(piece.rstrip(b"\\"))
    return (piece[:-1], piece[-1:]) if backslashes % 2 else (piece, b"")


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
        seen, parts = 0, PartsCount()

        async def counted() -> Message:
            nonlocal seen
            if announced > self._bytes_max:
                raise self._too_large()
            message = await receive()
            body = message.get("body", b"")
            seen += len(body)
            if seen > self._bytes_max:
                raise self._too_large()
            if may_be_json:
                parts.read(body)
                if parts.are_too_many:
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
