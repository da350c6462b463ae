"""Everything that was made, newest first, a page at a time; and what is done with many at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import GenerationId, PersonId, ProjectId, parse_generation_id
from mutoscope.core.request import Task
from mutoscope.core.state import JobState
from mutoscope.generations import (
    Collection,
    Filter,
    begin_collection,
    collect,
    collections,
    drop_collection,
    find,
    listing,
    put_back,
    throw_away,
    uncollect,
)
from mutoscope.studio.archive import Entry, zipped
from mutoscope.studio.forms import PICTURE, VIDEO
from mutoscope.studio.knobs import Choice
from mutoscope.studio.views.cards import Card, cards_of, model_titles
from mutoscope.studio.visit import (
    Member,
    MemberVisit,
    Posted,
    PressedByMember,
    path_within,
    text_of,
)

router = APIRouter()

PAGE_LENGTH = 24
KINDS = {
    VIDEO: frozenset(task for task in Task if task.is_video),
    PICTURE: frozenset(task for task in Task if task.is_picture),
}
STARS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Asked:
    """What somebody looks for, as the address has it; empty where they don't care."""

    words: str = ""
    state: str = ""
    model: str = ""
    kind: str = ""
    person: str = ""
    project: str = ""
    stars: str = ""
    since: str = ""
    until: str = ""
    collection: str = ""
    bin: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Only what they care for."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class LibraryPage:
    """Everything templates/pages/library.html and partials/shelf.html may use."""

    cards: list[Card]
    asked: Asked
    states: list[Choice]
    models: list[Choice]
    kinds: list[Choice]
    people: list[Choice]
    projects: list[Choice]
    stars: list[Choice]
    collections: list[Collection]
    # The chosen one.
    collection: Collection | None
    # The address of what comes after this page; empty at the end.
    more: str
    # The address of this shelf, to come back to.
    here: str
    is_filtered: bool
    in_bin: bool
    # What was just thrown away, and may be taken back.
    undo: list[str]


@router.get("/library")
def library_page(
    visit: Member, request: Request, before: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Find what was made by its words, its kind, its maker, its day or its stars."""
    asked = _asked(request.query_params)
    with visit.rooms.database.snapshot() as tx:
        found = listing(
            tx,
            visit.owner.organization_id,
            _filter(asked),
            before=parse_generation_id(before),
            limit=PAGE_LENGTH + 1,
        )
        cards = cards_of(tx, visit, found[:PAGE_LENGTH])
        shelves = collections(tx, visit.owner.organization_id)
        people = visit.rooms.people.list(tx, visit.owner.organization_id)
        projects = visit.rooms.projects.list(tx, visit.owner.organization_id)
    here = f"/library?{urlencode(asked.given)}".rstrip("?")
    more = ""
    if len(found) > PAGE_LENGTH:
        more = f"/library?{urlencode(asked.given | {'before': str(found[PAGE_LENGTH - 1].id)})}"
    page = LibraryPage(
        cards=cards,
        asked=asked,
        states=_states(visit),
        models=[Choice(str(i), title) for i, title in model_titles(visit).items()],
        kinds=[Choice(VIDEO, visit.words("Videos")), Choice(PICTURE, visit.words("Pictures"))],
        people=[Choice(person.id, person.name) for person in people],
        projects=[Choice(project.id, project.name) for project in projects],
        stars=[Choice(str(number), "★" * number) for number in STARS],
        collections=shelves,
        collection=next((each for each in shelves if each.id == asked.collection), None),
        more=more,
        here=here,
        is_filtered=bool(asked.given),
        in_bin=bool(asked.bin),
        undo=[str(i) for i in _ids(request.query_params.getlist("undo"))],
    )
    part = visit.is_partial and before
    return visit.show("partials/shelf.html" if part else "pages/library.html", page)


@router.post("/library/zip")
def download_zip(visit: Member, posted: Posted) -> Response:
    """The results of what was picked, each with its label, in one archive."""
    entries = []
    with visit.rooms.database.snapshot() as tx:
        for each in _picked(posted):
            generation = find(tx, visit.owner.organization_id, each)
            for asset in generation.results:
                suffix = asset.media_type.rpartition("/")[2].replace("mpeg", "mp3")
                name = f"{generation.id}-{asset.position + 1}.{suffix}"
                entries.append(Entry(name, asset.blob, asset.created_at))
    if not entries:
        raise InvalidRequest("nothing of this has a result", field="of", fix="pick finished ones")
    return StreamingResponse(
        zipped(visit.rooms.blobs, entries),
        media_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="mutoscope.zip"'},
    )


@router.post("/library/trash")
def trash(visit: Member, posted: Posted) -> Response:
    """Throw away what was picked; the next page offers to take it back."""
    visit.check_may_make()
    gone = throw_away(visit.rooms, visit.owner.organization_id, _picked(posted))
    return visit.leads_to(undoable(_back(posted), gone))


@router.post("/library/restore")
def restore(visit: Member, posted: Posted) -> Response:
    """Take back what was thrown away."""
    visit.check_may_make()
    put_back(visit.rooms, visit.owner.organization_id, _picked(posted))
    return visit.leads_to(_back(posted))


@router.post("/library/collect")
def put_on_shelf(visit: Member, posted: Posted) -> Response:
    """Put what was picked into a collection, which may be a new one."""
    visit.check_may_make()
    organization, picked = visit.owner.organization_id, _picked(posted)
    name, shelf = text_of(posted, "name").strip(), text_of(posted, "collection")
    if name:
        shelf = begin_collection(visit.rooms, organization, name)
    collect(visit.rooms, organization, shelf, picked)
    return visit.leads_to(f"/library?{urlencode({'collection': shelf})}")


@router.post("/library/uncollect")
def take_off_shelf(visit: Member, posted: Posted) -> Response:
    """Take what was picked out of a collection."""
    visit.check_may_make()
    organization, shelf = visit.owner.organization_id, text_of(posted, "shelf")
    uncollect(visit.rooms, organization, shelf, _picked(posted))
    return visit.leads_to(f"/library?{urlencode({'collection': shelf})}")


@router.post(
    "/library/collections/{collection_id}/delete",
    dependencies=[PressedByMember],
)
def take_down_shelf(visit: Member, collection_id: str) -> Response:
    """Give up a collection; what was in it stays in the library."""
    visit.check_may_make()
    drop_collection(visit.rooms, visit.owner.organization_id, collection_id)
    return visit.leads_to("/library")


def undoable(path: str, gone: list[GenerationId]) -> str:
    """An address of the library that offers to take these back."""
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}{urlencode([('undo', str(each)) for each in gone])}"


def _asked(given: Mapping[str, str]) -> Asked:
    return Asked(**{name: given.get(name, "")[:200] for name in vars(Asked())})


def _filter(asked: Asked) -> Filter:
    """What can't be read is no wish."""
    return Filter(
        state=JobState(asked.state) if asked.state in set(JobState) else None,
        model=asked.model or None,
        tasks=KINDS.get(asked.kind),
        words=tuple(asked.words.split()),
        project_id=ProjectId(asked.project) if asked.project else None,
        person_id=PersonId(asked.person) if asked.person else None,
        stars=int(asked.stars) if asked.stars in map(str, STARS) else None,
        since=_midnight(asked.since),
        until=_midnight(asked.until, days=1),
        collection_id=asked.collection or None,
        is_trashed=bool(asked.bin),
    )


def _midnight(text: str, days: int = 0) -> Milliseconds | None:
    """The first moment of a day of the calendar in UTC, or of one some days later."""
    try:
        day = date.fromisoformat(text)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return Milliseconds(int(moment.timestamp() * 1000))


def _picked(posted: FormData) -> list[GenerationId]:
    picked = _ids([value for value in posted.getlist("of") if isinstance(value, str)])
    if not picked:
        raise InvalidRequest("nothing was picked", field="of", fix="tick the pictures you mean")
    return picked


def _ids(texts: list[str]) -> list[GenerationId]:
    read = (parse_generation_id(text) for text in texts)
    return list(dict.fromkeys(each for each in read if each is not None))


def _back(posted: FormData) -> str:
    path = path_within(text_of(posted, "back"))
    return path if path.startswith("/library") else "/library"


def _states(visit: MemberVisit) -> list[Choice]:
    say = visit.words
    return [
        Choice(JobState.SUCCEEDED, say("Done")),
        Choice(JobState.RUNNING, say("In the making")),
        Choice(JobState.QUEUED, say("Waiting")),
        Choice(JobState.FAILED, say("Failed")),
        Choice(JobState.CANCELED, say("Canceled")),
    ]
