"""Queue and workers, live, and whether the service is well."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from mutoscope import __version__
from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import JobId
from mutoscope.core.state import JobState
from mutoscope.db import is_current
from mutoscope.generations import (
    Board,
    UnderWay,
    audit_credits,
    board,
    cancel_for_house,
    ended_since,
)
from mutoscope.identity import Permission
from mutoscope.jobs import WorkerCard
from mutoscope.ledger import Discrepancy
from mutoscope.studio.templating import Templates
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.views.cards import stage_name
from mutoscope.studio.views.progress import known_id
from mutoscope.studio.visit import Housekeeper, MemberVisit, PressedByMember, visit_of

router = APIRouter(prefix="/admin")

DAY_MS = 86_400_000
# Under this much room on the disk, the next film may not fit.
FREE_BYTES_MIN = 2 * 2**30
# The queue is looked at less often than a running film.
POLLS_SKIPPED = 4


@dataclass(frozen=True)
class WorkerLine:
    """A worker that lives, and what it does; `job` is None while it waits for work."""

    name: str
    card: WorkerCard | None
    job: UnderWay | None


@dataclass(frozen=True)
class BoardPart:
    """Everything templates/partials/board.html may use."""

    board: Board
    workers: Sequence[WorkerLine]
    # Lanes that wait for a worker which serves them.
    unserved: Sequence[str]
    # What each running job is doing, in words.
    doing: dict[JobId, str]


@dataclass(frozen=True)
class Health:
    """How the service does."""

    version: str
    database_is_current: bool
    database_bytes: int
    free_bytes: int
    disk_bytes: int
    disk_is_low: bool
    ended: dict[JobState, int]


@dataclass(frozen=True)
class QueuePage:
    """Everything templates/pages/admin_queue.html may use."""

    tabs: list[Tab]
    live: BoardPart
    health: Health
    # What does not add up in the books; None where nobody asked.
    discrepancies: list[Discrepancy] | None


@router.get("")
def queue_page(visit: Housekeeper) -> Response:
    """What runs, what waits, who works, and how the house does."""
    return _show(visit)


@router.get("/live")
def board_stream(visit: Housekeeper) -> Response:
    """`board` events with the HTML of the board, whenever it has changed."""
    return EventSourceResponse(_follow(visit), ping=15, sep="\n")


@router.post("/queue/{generation_id}/cancel", dependencies=[PressedByMember])
def cancel_job(visit: Housekeeper, generation_id: str) -> Response:
    """Stop somebody's generation; its credits return."""
    cancel_for_house(visit.rooms, visit.actor, known_id(generation_id))
    return visit.leads_to("/admin")


@router.post("/audit", dependencies=[PressedByMember])
def check_books(visit: Housekeeper) -> Response:
    """Prove that credits and jobs agree."""
    return _show(visit, audit_credits(visit.rooms))


def _show(visit: MemberVisit, discrepancies: list[Discrepancy] | None = None) -> Response:
    page = QueuePage(tabs(visit), _part(visit), _health(visit), discrepancies)
    return visit.show("pages/admin_queue.html", page, HTTPStatus.OK)


def _part(visit: MemberVisit) -> BoardPart:
    with visit.rooms.database.snapshot() as tx:
        now = board(tx)
    alive = visit.house.office.workers.alive()
    jobs = {job.worker: job for job in now.running}
    workers = [WorkerLine(name, card, jobs.get(name)) for name, card in alive.items()]
    served = {lane for card in alive.values() if card for lane in card.lanes}
    return BoardPart(
        board=now,
        workers=workers,
        unserved=[each.lane for each in now.lanes if each.lane not in served],
        doing={JobId(job.id): stage_name(job.stage, visit.words) for job in now.running},
    )


def _health(visit: MemberVisit) -> Health:
    office = visit.house.office
    yesterday = Milliseconds(visit.rooms.clock.now() - DAY_MS)
    with visit.rooms.database.snapshot() as tx:
        current, ended = is_current(tx), ended_since(tx, yesterday)
    disk = shutil.disk_usage(office.data)
    return Health(
        version=__version__,
        database_is_current=current,
        database_bytes=database_bytes(office.database),
        free_bytes=disk.free,
        disk_bytes=disk.total,
        disk_is_low=disk.free < FREE_BYTES_MIN,
        ended=ended,
    )


def database_bytes(path: Path) -> int:
    """What the database takes on the disk, its journal included."""
    files = path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files)


async def _follow(visit: MemberVisit) -> AsyncIterator[ServerSentEvent]:
    said = ""
    while True:
        html = await run_in_threadpool(_look, visit)
        if html is None:
            return
        if html != said:
            said = html
            yield ServerSentEvent(json.dumps({"html": html}), event="board")
        await asyncio.sleep(visit.house.events_poll_seconds * POLLS_SKIPPED)


def _look(visit: MemberVisit) -> str | None:
    """The board as HTML; None for whoever may not see it any more."""
    person = visit_of(visit.request).person
    if person is None or not person.may(Permission.HOUSE_ADMINISTER):
        return None
    templates: Templates = visit.request.app.state.templates
    return templates.render(
        "partials/board.html", _part(visit), visit.frame(), visit.words, visit.rooms.clock.now()
    )
