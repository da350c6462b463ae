"""Organizations on this service, and everybody who may sign in to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from mutoscope.billing import Plan, PlanKind, SubscriptionStatus
from mutoscope.core.actor import Actor
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.core.ids import OrganizationId, PersonId
from mutoscope.generations import (
    Rooms,
    acting_in,
    dismiss,
    found_organization,
    give_plan,
    grant_credits,
    new_sign_in_link,
    readmit,
)
from mutoscope.identity import Organization, Person, Role
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.views.admin.typed import amount_of
from mutoscope.studio.views.team import role_name
from mutoscope.studio.visit import Housekeeper, MemberVisit, Posted, text_of

router = APIRouter(prefix="/admin/people")

DAYS_MAX = 36_500


@dataclass(frozen=True)
class Tenant:
    """An organization, with what those who run the service need to know of it."""

    organization: Organization
    people: list[Person]
    available: Millicredits
    held: Millicredits
    plan_id: str


@dataclass(frozen=True)
class PeoplePage:
    """Everything templates/pages/admin_people.html may use."""

    tabs: list[Tab]
    me: Person
    tenants: list[Tenant]
    plans: list[Plan]
    role_names: Mapping[Role, str]
    # A link that was made just now, and whom it lets in: shown this once.
    link: str
    link_for: str
    typed: Mapping[str, str]
    complaints: Mapping[str, Complaint]


@router.get("")
def people_page(visit: Housekeeper) -> Response:
    """Everybody."""
    return _show(visit)


@router.post("/organizations")
def add_organization(visit: Housekeeper, posted: Posted) -> Response:
    """Take a tenant in; the link for its owner is shown this once."""
    typed = {name: text_of(posted, name).strip() for name in ("name", "owner", "email")}
    try:
        founded = found_organization(
            visit.rooms,
            visit.actor,
            name=typed["name"],
            owner_name=typed["owner"],
            owner_email=typed["email"],
        )
    except MutoscopeError as error:
        return _refuse(visit, "organization", error, typed)
    return _show(visit, link=_link(visit, founded.link_token), link_for=founded.owner.email)


@router.post("/credits")
def grant(visit: Housekeeper, posted: Posted) -> Response:
    """Put credits into an organization's wallet."""
    typed = {name: text_of(posted, name).strip() for name in ("whose", "amount", "days")}

    def act() -> None:
        days = typed["days"]
        if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= DAYS_MAX):
            raise InvalidRequest(f"days are 1 to {DAYS_MAX}", field="days", fix="or leave it out")
        amount = amount_of(typed["amount"], field="amount")
        whose = OrganizationId(typed["whose"])
        grant_credits(visit.rooms, visit.actor, whose, amount, days=int(days) if days else None)

    return _do(visit, "credits", act, typed)


@router.post("/plan")
def change_plan(visit: Housekeeper, posted: Posted) -> Response:
    """Give an organization a plan, or end the one it has."""
    typed = {name: text_of(posted, name) for name in ("subscriber", "plan")}
    whose, plan = OrganizationId(typed["subscriber"]), typed["plan"] or None
    return _do(visit, "plan", lambda: give_plan(visit.rooms, visit.actor, whose, plan), typed)


@router.post("/disable")
def disable(visit: Housekeeper, posted: Posted) -> Response:
    """Show somebody the door, whichever organization they are in."""
    return _change(visit, posted, dismiss)


@router.post("/enable")
def enable(visit: Housekeeper, posted: Posted) -> Response:
    """Let them in again."""
    return _change(visit, posted, readmit)


@router.post("/link")
def make_link(visit: Housekeeper, posted: Posted) -> Response:
    """A link that lets somebody in who forgot their password."""
    whose, whom = _whom(posted)
    try:
        token = new_sign_in_link(visit.rooms, acting_in(visit.rooms, visit.actor, whose), whom)
    except MutoscopeError as error:
        return _refuse(visit, "people", error)
    with visit.rooms.database.snapshot() as tx:
        person = visit.rooms.people.find(tx, whose, whom)
    return _show(visit, link=_link(visit, token), link_for=person.email)


def _change(
    visit: MemberVisit, posted: FormData, act: Callable[[Rooms, Actor, PersonId], object]
) -> Response:
    whose, whom = _whom(posted)

    def do() -> object:
        return act(visit.rooms, acting_in(visit.rooms, visit.actor, whose), whom)

    return _do(visit, "people", do)


def _whom(posted: FormData) -> tuple[OrganizationId, PersonId]:
    return OrganizationId(text_of(posted, "organization")), PersonId(text_of(posted, "person"))


def _link(visit: MemberVisit, token: str) -> str:
    return f"{visit.base_url}/sign-in?token={token}"


def _do(
    visit: MemberVisit,
    name: str,
    act: Callable[[], object],
    typed: Mapping[str, str] | None = None,
) -> Response:
    try:
        act()
    except MutoscopeError as error:
        return _refuse(visit, name, error, typed)
    return visit.leads_to("/admin/people")


def _refuse(
    visit: MemberVisit, name: str, error: MutoscopeError, typed: Mapping[str, str] | None = None
) -> Response:
    said = {name: complaint(error, visit.words)}
    return _show(visit, visit.house.status_of(error), typed=typed, complaints=said)


def _show(
    visit: MemberVisit,
    status: int = HTTPStatus.OK,
    *,
    link: str = "",
    link_for: str = "",
    typed: Mapping[str, str] | None = None,
    complaints: Mapping[str, Complaint] | None = None,
) -> Response:
    page = PeoplePage(
        tabs=tabs(visit),
        me=visit.person,
        tenants=_tenants(visit),
        plans=_plans(visit),
        role_names={role: role_name(role, visit.words) for role in Role},
        link=link,
        link_for=link_for,
        typed=typed or {},
        complaints=complaints or {},
    )
    return visit.show("pages/admin_people.html", page, status)


def _plans(visit: MemberVisit) -> list[Plan]:
    """What can be given: packs are bought."""
    with visit.rooms.database.snapshot() as tx:
        offered = visit.rooms.billing.plans.offered(tx)
    return [plan for plan in offered if plan.kind is PlanKind.SUBSCRIPTION]


def _tenants(visit: MemberVisit) -> list[Tenant]:
    rooms = visit.rooms
    tenants = []
    with rooms.database.snapshot() as tx:
        for each in rooms.projects.organizations(tx):
            balance = rooms.ledger.balance(tx, each.id)
            held = rooms.billing.subscriptions.find(tx, each.id)
            has_plan = held is not None and held.status is not SubscriptionStatus.CANCELED
            tenants.append(
                Tenant(
                    organization=each,
                    people=rooms.people.list(tx, each.id),
                    available=balance.available,
                    held=balance.held,
                    plan_id=held.plan_id if held and has_plan else "",
                )
            )
    return tenants
