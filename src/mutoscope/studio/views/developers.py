"""For programs: where to call, snippets that run as they stand, and keys."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Response

from mutoscope.core.ids import KeyId
from mutoscope.generations import make_key, revoke_key
from mutoscope.identity import Credentials, Key, Permission
from mutoscope.studio.snippets import Snippet, snippets
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of

router = APIRouter()

NAME_LENGTH_MAX = 80


@dataclass(frozen=True)
class DevelopersPage:
    """Everything templates/pages/developers.html may use."""

    base_url: str
    keys: list[Key]
    can_manage: bool
    # A key that was made just now: the only time its secrets are seen.
    new: Credentials | None
    name: str
    complaint: str
    snippets: list[Snippet]


@router.get("/developers")
def developers_page(visit: Member) -> Response:
    """How to call this service."""
    return visit.show("pages/developers.html", _page(visit))


@router.post("/developers/keys")
def create_key(visit: Member, posted: Posted) -> Response:
    """Make a key, and show its secrets this once."""
    name = text_of(posted, "name").strip()
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        text = visit.words("A name of 1 to %d characters is needed.") % NAME_LENGTH_MAX
        page = _page(visit, name=name, complaint=text)
        return visit.show("pages/developers.html", page, HTTPStatus.UNPROCESSABLE_ENTITY)
    new = make_key(visit.rooms, visit.actor, visit.owner.project_id, name=name)
    return visit.show("pages/developers.html", _page(visit, new=new))


@router.post("/developers/keys/{key_id}/revoke", dependencies=[PressedByMember])
def revoke(visit: Member, key_id: str) -> Response:
    """Make a key worthless."""
    revoke_key(visit.rooms, visit.actor, KeyId(key_id))
    return visit.leads_to("/developers#keys")


def _page(
    visit: MemberVisit, *, new: Credentials | None = None, name: str = "", complaint: str = ""
) -> DevelopersPage:
    with visit.rooms.database.snapshot() as tx:
        keys = visit.rooms.keys.list(tx, visit.owner.organization_id)
    return DevelopersPage(
        base_url=visit.base_url,
        keys=keys,
        can_manage=visit.may(Permission.KEYS_MANAGE),
        new=new,
        name=name,
        complaint=complaint,
        snippets=snippets(visit.base_url, new.api_key if new else "mk_..."),
    )
