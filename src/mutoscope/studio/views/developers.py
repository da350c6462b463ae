"""For programs: where to call, keys, snippets that run as they stand, and what is understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from starlette.datastructures import FormData

from mutoscope.core.errors import InvalidRequest, MutoscopeError, NotFound
from mutoscope.core.ids import KeyId
from mutoscope.generations import make_key, restrict_key, revoke_key
from mutoscope.identity import Credentials, Key, Permission, Scope, parse_scopes
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.house import Vendor
from mutoscope.studio.snippets import Snippet, snippets
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of
from mutoscope.studio.words import Words

router = APIRouter()

NAME_LENGTH_MAX = 80
# How long a new key may be made to last, in days; one without an end is the first choice.
DAYS = (7, 30, 90, 365)


@dataclass(frozen=True)
class KeyForm:
    """The form of a new key, as it was filled in."""

    name: str
    scopes: frozenset[str]
    days: str
    # Addresses and networks it may be used from, one a line; none is anywhere.
    networks: str = ""


FRESH = KeyForm("", frozenset(scope for scope in Scope if scope is not Scope.ADMIN), "")


@dataclass(frozen=True)
class DevelopersPage:
    """Everything templates/pages/developers.html may use."""

    base_url: str
    keys: Sequence[Key]
    can_manage: bool
    # A key that was made just now: the only time its secrets are seen.
    new: Credentials | None
    form: KeyForm
    days: tuple[int, ...]
    scope_names: Mapping[Scope, str]
    complaints: Mapping[str, Complaint]
    snippets: list[Snippet]


@dataclass(frozen=True)
class SupportPage:
    """Everything templates/pages/support.html may use."""

    vendors: Sequence[Vendor]


@router.get("/developers")
def developers_page(visit: Member) -> Response:
    """How to call this service."""
    return _show(visit)


@router.post("/developers/keys")
def create_key(visit: Member, posted: Posted) -> Response:
    """Make a key, and show its secrets this once."""
    visit.actor.check(Permission.KEYS_MANAGE)
    form = _form(posted)
    try:
        if not 0 < len(form.name) <= NAME_LENGTH_MAX:
            reason = f"a name of 1 to {NAME_LENGTH_MAX} characters is needed"
            raise InvalidRequest(reason, field="name")
        if not form.scopes:
            raise InvalidRequest("a key that may do nothing is of no use", field="scopes")
        scopes = parse_scopes(form.scopes)
        project_id, days = visit.owner.project_id, _days(form.days)
        new = make_key(
            visit.rooms,
            visit.actor,
            project_id,
            name=form.name,
            scopes=scopes,
            days=days,
            networks=_networks(form.networks),
        )
    except MutoscopeError as error:
        status = visit.house.status_of(error)
        return _show(visit, form=form, complaints=_beside(error, visit.words), status=status)
    return _show(visit, new=new)


@router.post("/developers/keys/{key_id}/networks")
def restrict(visit: Member, key_id: str, posted: Posted) -> Response:
    """Let a key be used from these networks only; from anywhere where none is written."""
    try:
        wanted = _networks(text_of(posted, "networks"))
        restrict_key(visit.rooms, visit.actor, KeyId(key_id), wanted)
    except InvalidRequest as error:
        status = visit.house.status_of(error)
        said = _beside(error, visit.words)
        return _show(visit, complaints={f"{key_id}-networks": said["networks"]}, status=status)
    return visit.leads_to("/developers#keys")


@router.post("/developers/keys/{key_id}/revoke", dependencies=[PressedByMember])
def revoke(visit: Member, key_id: str) -> Response:
    """Make a key worthless."""
    revoke_key(visit.rooms, visit.actor, KeyId(key_id))
    return visit.leads_to("/developers#keys")


@router.get("/developers/support")
def support_page(visit: Member) -> Response:
    """What vendors' clients may ask for, and how far it goes here."""
    return visit.show("pages/support.html", SupportPage(visit.house.vendors()))


@router.get("/developers/support/{vendor_id}.md")
def support_document(visit: Member, vendor_id: str) -> Response:
    """The same with every field, as Markdown."""
    for vendor in visit.house.vendors():
        if vendor.id == vendor_id:
            return PlainTextResponse(vendor.document)
    raise NotFound("no such vendor")


def scope_name(scope: Scope, say: Words) -> str:
    """What a key with this scope may do."""
    match scope:
        case Scope.GENERATIONS_READ:
            return say("look at what was made")
        case Scope.GENERATIONS_WRITE:
            return say("make, cancel and delete")
        case Scope.FILES_READ:
            return say("download files")
        case Scope.CREDITS_READ:
            return say("see the credits")
        case Scope.ADMIN:
            return say("manage people, projects, keys and budgets")


def _form(posted: FormData) -> KeyForm:
    scopes = frozenset(each for each in posted.getlist("scope") if isinstance(each, str))
    return KeyForm(
        text_of(posted, "name").strip(),
        scopes,
        text_of(posted, "days"),
        text_of(posted, "networks").strip(),
    )


def _networks(text: str) -> list[str]:
    """What stands on lines or between commas."""
    return text.replace(",", " ").split()


def _days(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidRequest("days are a whole number", field="days") from None


def _beside(error: MutoscopeError, words: Words) -> dict[str, Complaint]:
    """The complaint at its field; what concerns none stands at the name."""
    if error.field == "name":
        text = words("A name of 1 to %d characters is needed.") % NAME_LENGTH_MAX
        return {"name": Complaint(text)}
    if error.field == "scopes" and isinstance(error, InvalidRequest):
        return {"scopes": Complaint(words("Choose at least one thing that the key may do."))}
    if error.field == "networks" and isinstance(error, InvalidRequest):
        text = words("Write addresses as 203.0.113.7 or 10.0.0.0/8.")
        return {"networks": Complaint(text, error.detail)}
    field = error.field if error.field in {"days", "scopes"} else "name"
    return {str(field): complaint(error, words)}


def _show(
    visit: MemberVisit,
    *,
    new: Credentials | None = None,
    form: KeyForm = FRESH,
    complaints: Mapping[str, Complaint] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    can_manage = visit.may(Permission.KEYS_MANAGE)
    keys: Sequence[Key] = ()
    if can_manage:
        with visit.rooms.database.snapshot() as tx:
            keys = visit.rooms.keys.list(tx, visit.owner.organization_id)
    page = DevelopersPage(
        base_url=visit.base_url,
        keys=keys,
        can_manage=can_manage,
        new=new,
        form=form,
        days=DAYS,
        scope_names={scope: scope_name(scope, visit.words) for scope in Scope},
        complaints=complaints or {},
        snippets=snippets(visit.base_url, new),
    )
    return visit.show("pages/developers.html", page, status)
