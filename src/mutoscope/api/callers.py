"""Who is asking comes before what they ask: strangers are turned away before a body is read."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from mutoscope.api.access import note_use, rooms_of, throttle
from mutoscope.generations import Owner

Identify = Callable[[Request], Owner]
"""Finds out on whose behalf a request comes, or raises a NotAuthenticated."""


def admit(identify: Identify, request: Request) -> Owner:
    """Who is asking, if they are known and don't ask too often."""
    owner = identify(request)
    throttle(request, owner.key_id)
    note_use(rooms_of(request), request.state.key)
    return owner


def route_for(identify: Identify) -> type[APIRoute]:
    """A route class whose handlers run only for callers that `identify` knows.

    The body is taken for JSON whatever its Content-Type says: the vendors' APIs know nothing else.
    """

    class CallerFirstRoute(APIRoute):
        """Identifies, then answers."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """The framework's own handler, behind the question who is there."""
            answer = super().get_route_handler()

            async def handler(request: Request) -> Response:
                request.state.owner = await run_in_threadpool(admit, identify, request)
                headers = [h for h in request.scope["headers"] if h[0] != b"content-type"]
                headers.append((b"content-type", b"application/json"))
                return await answer(Request({**request.scope, "headers": headers}, request.receive))

            return handler

    return CallerFirstRoute


async def caller(request: Request) -> Owner:
    """Whom the route has identified. Async, for it does nothing worth a thread of its own."""
    owner: Owner = request.state.owner
    return owner


Caller = Annotated[Owner, Depends(caller)]
