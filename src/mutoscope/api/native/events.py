"""Progress as it happens: server-sent events, and the preview picture they point to."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from mutoscope.api.access import Reader, RoomsHere
from mutoscope.api.native.addresses import Addresses, AddressesHere
from mutoscope.api.native.generations import REFUSALS, IdText, known_id
from mutoscope.api.native.wire import GenerationReply, ProgressReply, generation_reply
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import GenerationId
from mutoscope.generations import Generation, Owner, Preview, Rooms, find, read_preview

router = APIRouter(prefix="/generations", tags=["generations"], responses=REFUSALS)


class ProgressEvent(ProgressReply):
    """The data of a `progress` event; `preview_url` changes when there is a new picture."""

    state: str
    preview_url: str | None


@router.get(
    "/{generation_id}/events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "`progress` events while it goes on, one `end` event, then the stream "
            "closes. The data of `end` is the generation.",
            "content": {"text/event-stream": {}},
        }
    },
)
def generation_events(
    generation_id: IdText,
    request: Request,
    rooms: RoomsHere,
    owner: Reader,
    addresses: AddressesHere,
) -> EventSourceResponse:
    """Follow a generation to its end."""
    known = known_id(generation_id)
    with rooms.database.snapshot() as tx:
        find(tx, owner.organization_id, known)
    poll_seconds: float = request.app.state.events_poll_seconds
    return EventSourceResponse(
        _follow(rooms, owner, known, addresses, poll_seconds), ping=15, sep="\n"
    )


@router.get(
    "/{generation_id}/preview",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The latest picture."}},
)
def generation_preview(generation_id: IdText, rooms: RoomsHere, owner: Reader) -> Response:
    """A small picture of how far it has come; there is none before the first step."""
    with rooms.database.snapshot() as tx:
        generation = find(tx, owner.organization_id, known_id(generation_id))
        preview = read_preview(tx, generation.id)
    if preview is None:
        raise NotFound("there is no preview just now")
    return Response(
        preview.picture, media_type=preview.media_type, headers={"Cache-Control": "no-store"}
    )


async def _follow(
    rooms: Rooms,
    owner: Owner,
    generation_id: GenerationId,
    addresses: Addresses,
    poll_seconds: float,
) -> AsyncIterator[ServerSentEvent]:
    said = ""
    while True:
        try:
            generation, preview = await run_in_threadpool(_look, rooms, owner, generation_id)
        except NotFound:
            return  # Deleted, or the key revoked, while we watched.
        if generation.state.is_terminal:
            reply: GenerationReply = generation_reply(generation, rooms.clock.now(), urls=addresses)
            yield ServerSentEvent(reply.model_dump_json(), event="end", id=str(generation.id))
            return
        event = _event(generation, preview, addresses, rooms)
        news = event.model_dump_json(exclude={"eta_seconds"})
        if news != said:
            said = news
            yield ServerSentEvent(event.model_dump_json(), event="progress")
        await asyncio.sleep(poll_seconds)


def _look(
    rooms: Rooms, owner: Owner, generation_id: GenerationId
) -> tuple[Generation, Preview | None]:
    with rooms.database.snapshot() as tx:
        if owner.key_id is not None and not rooms.keys.works(tx, owner.key_id):
            raise NotFound("the key was revoked")
        generation = find(tx, owner.organization_id, generation_id)
        return generation, read_preview(tx, generation_id)


def _event(
    generation: Generation, preview: Preview | None, addresses: Addresses, rooms: Rooms
) -> ProgressEvent:
    eta = generation.eta_seconds(rooms.clock.now())
    preview_url = None
    if preview is not None:
        path = f"/api/v1/generations/{generation.id}/preview"
        preview_url = f"{addresses.base_url}{path}?step={preview.step}"
    return ProgressEvent(
        state=generation.state,
        stage=generation.stage,
        step=generation.step,
        steps=generation.steps,
        share=round(generation.share, 4),
        eta_seconds=None if eta is None else round(eta, 1),
        preview_url=preview_url,
    )
