"""The audit trail."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from mutoscope.api.access import ActorHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_people import TrailList, entry_reply
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import OrganizationId
from mutoscope.generations import Rooms
from mutoscope.identity import Permission
from mutoscope.trail import FORMATS, written

router = APIRouter(prefix="/trail", tags=["trail"], responses=REFUSALS)


@router.get("")
def read_trail(
    rooms: RoomsHere,
    actor: ActorHere,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TrailList:
    """Who did what to whom, newest first."""
    actor.check(Permission.TRAIL_VIEW)
    with rooms.database.snapshot() as tx:
        found = rooms.trail.page(tx, actor.organization_id, before=cursor, limit=limit + 1)
    shown = found[:limit]
    return TrailList(
        items=[entry_reply(each) for each in shown],
        cursor=str(shown[-1].id) if len(found) > limit else None,
    )


@router.get("/export", response_class=StreamingResponse)
def export_trail(
    rooms: RoomsHere,
    actor: ActorHere,
    form: Annotated[str, Query(alias="format", max_length=10)] = "jsonl",
) -> StreamingResponse:
    """The whole trail, oldest first, as `jsonl` or `csv`."""
    actor.check(Permission.TRAIL_VIEW)
    if form not in FORMATS:
        raise InvalidRequest(
            f"{form!r} is no format", field="format", fix=f"send {' or '.join(FORMATS)}"
        )
    return StreamingResponse(_lines(rooms, actor.organization_id, form), media_type=FORMATS[form])


def _lines(rooms: Rooms, organization_id: OrganizationId, form: str) -> Iterator[str]:
    with rooms.database.snapshot() as tx:
        yield from written(rooms.trail.all(tx, organization_id), form)
