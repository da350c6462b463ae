"""The call that clients make most, `GET {collection}/{task_id}`, answered ahead of the framework.

Only what ends well is answered here. Whatever else it is, the framework's own route says it.
"""

import uuid
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from mutoscope.api.access import rooms_of, throttle
from mutoscope.api.dialects.kling.access import key_by_either, owner_for
from mutoscope.api.dialects.kling.collections import LEGACY, Collection
from mutoscope.api.dialects.kling.replies import task
from mutoscope.api.dialects.kling.tasks import find_task, make_call
from mutoscope.api.remembered import Remembered
from mutoscope.core.errors import MutoscopeError
from mutoscope.core.ids import KeyId

COLLECTIONS = {collection.path: collection for collection in LEGACY}
# The envelope, written by hand around a task and an id for the request.
HEAD = b'{"code":0,"message":"SUCCEED","request_id":"'
TASK_ID_LENGTH_MAX = 1000


@dataclass(frozen=True)
class Asked:
    """All that an answer depends on but the database."""

    path: str
    authorization: str
    host: str
    address: str


@dataclass(frozen=True)
class Polled:
    """A task as JSON, and whose key asked for it."""

    data: bytes
    key_id: KeyId | None


class Polls:
    """ASGI middleware around a dialect's app; its answers are kept until somebody commits."""

    def __init__(self, app: FastAPI) -> None:
        self._app: ASGIApp = app
        self._furniture = app
        self._answers: Remembered[Asked, Polled] = Remembered(app.state.rooms.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a poll, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            collection, task_id = _task_in(scope)
            if collection is not None:
                scope = {**scope, "app": self._furniture}
                data = self._data(Request(scope), collection, task_id)
                if data is not None:
                    await _answer(send, data)
                    return
        await self._app(scope, receive, send)

    def _data(self, request: Request, collection: Collection, task_id: str) -> bytes | None:
        """The task, or None when there is something to complain of."""
        asked = _asked(request)
        version = self._answers.version()
        try:
            polled = self._answers.find(asked)
            if polled is None:
                # In the loop: these reads wait for no writer, and take less than the way to a
                # thread, on which after each commit every client's answer would wait.
                polled = _poll(request, collection, task_id)
                if polled is None:
                    return None
                self._answers.keep(asked, polled, version=version)
            throttle(request, polled.key_id)
        except MutoscopeError:
            return None
        return polled.data


def _task_in(scope: Scope) -> tuple[Collection | None, str]:
    place, _, task_id = scope["path"].removeprefix(scope.get("root_path", "")).rpartition("/")
    if not 0 < len(task_id) <= TASK_ID_LENGTH_MAX:
        return None, ""
    return COLLECTIONS.get(place), task_id


def _asked(request: Request) -> Asked:
    headers = request.headers
    return Asked(
        path=request.scope["path"],
        authorization=headers.get("authorization", ""),
        host=f"{request.scope['scheme']}://{headers.get('host', '')}",
        address=request.client.host if request.client else "",
    )


def _poll(request: Request, collection: Collection, task_id: str) -> Polled | None:
    """The answer, found by reading alone; None when there is something to write down, too."""
    key = key_by_either(request)
    if rooms_of(request).keys.is_news(key):
        return None
    owner = owner_for(request, key)
    call = make_call(request, owner)
    found = task(find_task(call, collection, task_id), call.link)
    return Polled(found.model_dump_json(exclude_none=True).encode(), owner.key_id)


async def _answer(send: Send, data: bytes) -> None:
    body = b"".join((HEAD, str(uuid.uuid4()).encode(), b'","data":', data, b"}"))
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
