"""The audit trail: who did what to whom, sought and exported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from mutoscope.core.errors import MutoscopeError, NotFound
from mutoscope.core.ids import KeyId, OrganizationId, PersonId
from mutoscope.generations import Rooms
from mutoscope.identity import Organization, Permission, Person
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.verbs import fact_names, verb_names
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.views.admin.typed import end_of, first_moment
from mutoscope.studio.visit import Member, MemberVisit
from mutoscope.trail import FORMATS, Entry, Sought, written

router = APIRouter(prefix="/admin/trail")

PAGE_LENGTH = 50
CURSOR_MAX = 2**62
TYPED_MAX = 200
FIELDS = ("organization", "verb", "person", "subject", "since", "until")


@dataclass(frozen=True)
class TrailPage:
    """Everything templates/pages/admin_trail.html may use."""

    tabs: list[Tab]
    entries: list[Entry]
    # Who is meant by an id: people, and keys.
    names: Mapping[str, str]
    key_names: Mapping[KeyId, str]
    people: list[Person]
    verbs: list[str]
    # What each says in words; a verb of an older or newer version may have none.
    verb_names: Mapping[str, str]
    fact_names: Mapping[str, str]
    # Those whose trail may be read, where that is more than one's own.
    organizations: list[Organization]
    asked: Mapping[str, str]
    # The addresses of what came before these and of the files; empty where there is nothing.
    more: str
    exports: Mapping[str, str]
    complaint: Complaint | None


@router.get("")
def trail_page(
    visit: Member,
    request: Request,
    before: Annotated[int | None, Query(ge=1, le=CURSOR_MAX)] = None,
) -> Response:
    """What was done, newest first."""
    asked = _asked(visit, request)
    try:
        organization_id, sought = _sought(visit, asked)
    except MutoscopeError as error:
        if error.field not in FIELDS:
            raise
        organization_id, sought = visit.owner.organization_id, Sought()
        page = _page(visit, {}, organization_id, sought, None, complaint(error, visit.words))
        return visit.show("pages/admin_trail.html", page, visit.house.status_of(error))
    page = _page(visit, asked, organization_id, sought, before, None)
    return visit.show("pages/admin_trail.html", page, HTTPStatus.OK)


@router.get("/mutoscope-trail.{form}")
def export_trail(
    visit: Member, request: Request, form: Annotated[str, Path(max_length=10)]
) -> Response:
    """All that is sought as a file, oldest first."""
    asked = _asked(visit, request)
    if form not in FORMATS:
        raise NotFound("there is no such file")
    organization_id, sought = _sought(visit, asked)
    return StreamingResponse(
        _lines(visit.rooms, organization_id, sought, form),
        media_type=FORMATS[form],
        headers={"Content-Disposition": f'attachment; filename="mutoscope-trail.{form}"'},
    )


def _asked(visit: MemberVisit, request: Request) -> dict[str, str]:
    """What was typed into the filter, by whoever may read the trail."""
    visit.actor.check(Permission.TRAIL_VIEW)
    given = {name: request.query_params.get(name, "").strip()[:TYPED_MAX] for name in FIELDS}
    return {name: value for name, value in given.items() if value}


def _sought(visit: MemberVisit, asked: Mapping[str, str]) -> tuple[OrganizationId, Sought]:
    """Whose trail, and what in it. NotFound for another's, unless the house asks."""
    chosen = OrganizationId(asked.get("organization") or visit.owner.organization_id)
    if chosen != visit.owner.organization_id and not visit.may(Permission.HOUSE_ADMINISTER):
        raise NotFound("there is no such organization")
    with visit.rooms.database.snapshot() as tx:
        zone = visit.rooms.projects.organization(tx, chosen).time_zone
    person = asked.get("person")
    sought = Sought(
        verb=asked.get("verb", ""),
        person_id=PersonId(person) if person else None,
        subject=asked.get("subject", ""),
        since=first_moment(asked.get("since", ""), zone, field="since"),
        until=end_of(asked.get("until", ""), zone, field="until"),
    )
    return chosen, sought


def _page(
    visit: MemberVisit,
    asked: Mapping[str, str],
    organization_id: OrganizationId,
    sought: Sought,
    before: int | None,
    refusal: Complaint | None,
) -> TrailPage:
    rooms, house = visit.rooms, visit.may(Permission.HOUSE_ADMINISTER)
    with rooms.database.snapshot() as tx:
        found = rooms.trail.page(
            tx, organization_id, sought=sought, before=before, limit=PAGE_LENGTH + 1
        )
        people = rooms.people.list(tx, organization_id)
        # What the house does within a tenant is done by people of the house.
        everyone = people + (rooms.people.list(tx, visit.owner.organization_id) if house else [])
        key_names = rooms.keys.names(tx, organization_id)
        verbs = rooms.trail.verbs(tx, organization_id)
        organizations = rooms.projects.organizations(tx) if house else []
    entries = found[:PAGE_LENGTH]
    more = {**asked, "before": entries[-1].id} if len(found) > PAGE_LENGTH else {}
    return TrailPage(
        tabs=tabs(visit),
        entries=entries,
        names={str(each.id): each.name for each in everyone},
        key_names=key_names,
        people=people,
        verbs=verbs,
        verb_names=verb_names(visit.words),
        fact_names=fact_names(visit.words),
        organizations=organizations if len(organizations) > 1 else [],
        asked=asked,
        more=f"/admin/trail?{urlencode(more)}" if more else "",
        exports={
            form: f"/admin/trail/mutoscope-trail.{form}?{urlencode(asked)}" for form in FORMATS
        },
        complaint=refusal,
    )


def _lines(
    rooms: Rooms, organization_id: OrganizationId, sought: Sought, form: str
) -> Iterator[str]:
    with rooms.database.snapshot() as tx:
        yield from written(rooms.trail.all(tx, organization_id, sought), form)
