"""What a page hears while its generations are being made: one stream for all its cards."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from mutoscope.core.errors import NotFound
from mutoscope.core.ids import GenerationId, parse_generation_id
from mutoscope.generations import find, read_preview
from mutoscope.studio.templating import Templates
from mutoscope.studio.views.cards import progress_of
from mutoscope.studio.visit import Member, MemberVisit

router = APIRouter()

WATCHED_MAX = 24


@router.get("/progress")
def progress_stream(
    visit: Member, of: Annotated[list[str], Query(max_length=WATCHED_MAX)]
) -> Response:
    """`progress` events with the HTML of each card's progress, then `ended` for each."""
    ids = [known for text in of if (known := parse_generation_id(text)) is not None]
    return EventSourceResponse(_follow(visit, ids), ping=15, sep="\n")


@router.get("/generations/{generation_id}/preview")
def preview_picture(visit: Member, generation_id: str) -> Response:
    """The latest small picture of a running generation."""
    with visit.rooms.database.snapshot() as tx:
        generation = find(tx, visit.owner.organization_id, known_id(generation_id))
        preview = read_preview(tx, generation.id)
    if preview is None:
        raise NotFound("there is no preview just now")
    # The address names the step, so what it shows never changes while it is looked at.
    return Response(
        preview.picture,
        media_type=preview.media_type,
        headers={"Cache-Control": "private, max-age=60"},
    )


def known_id(text: str) -> GenerationId:
    """Read an id; what is no id names nothing."""
    generation_id = parse_generation_id(text)
    if generation_id is None:
        raise NotFound("there is no such generation")
    return generation_id


async def _follow(visit: MemberVisit, ids: list[GenerationId]) -> AsyncIterator[ServerSentEvent]:
    said: dict[GenerationId, str] = {}
    watched = list(ids)
    while watched:
        if not await run_in_threadpool(_is_signed_in, visit):
            return
        for generation_id in tuple(watched):
            html = await run_in_threadpool(_look, visit, generation_id)
            if html is None:
                watched.remove(generation_id)
                yield _event("ended", generation_id)
            elif html != said.get(generation_id):
                said[generation_id] = html
                yield _event("progress", generation_id, html)
        await asyncio.sleep(visit.house.events_poll_seconds)


def _is_signed_in(visit: MemberVisit) -> bool:
    """Whether the session goes on: one that ended while we watched is told nothing more."""
    with visit.rooms.database.snapshot() as tx:
        return visit.rooms.people.by_session(tx, visit.session) is not None


def _look(visit: MemberVisit, generation_id: GenerationId) -> str | None:
    """The progress of a generation as HTML; None when it has ended or is gone."""
    with visit.rooms.database.snapshot() as tx:
        try:
            generation = find(tx, visit.owner.organization_id, generation_id)
        except NotFound:
            return None
        if generation.state.is_terminal:
            return None
        progress = progress_of(tx, visit, generation)
    templates: Templates = visit.request.app.state.templates
    return templates.render_part("partials/progress.html", progress, visit.words)


def _event(name: str, generation_id: GenerationId, html: str = "") -> ServerSentEvent:
    return ServerSentEvent(json.dumps({"id": str(generation_id), "html": html}), event=name)
