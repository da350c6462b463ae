"""Nobody sends more than we read: a cap on request bodies, before anything parses them."""

from http import HTTPStatus

from fastapi import HTTPException  # the framework passes only its own kind on
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware: stops reading a body at `bytes_max` and answers 413.

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
        announced = _content_length(scope)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if announced > self._bytes_max:
                raise self._refusal()
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._bytes_max:
                raise self._refusal()
            return message

        await self._app(scope, counted, send)

    def _refusal(self) -> HTTPException:
        return HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is larger than {self._bytes_max} bytes",
        )


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
