"""Limits: of the whole house, of each plan, of each key."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Response

from mutoscope.billing import Plan, PlanKind, minor_of, money_number
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.generations import archive_plan, offer_plan
from mutoscope.identity import Key, Organization
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.views.admin.typed import amount_of
from mutoscope.studio.visit import Housekeeper, MemberVisit, Posted, PressedByMember, text_of

router = APIRouter(prefix="/admin/limits")

FIELDS = (
    "id",
    "kind",
    "title_en",
    "title_zh",
    "price",
    "currency",
    "credits",
    "credits_last_days",
    "daily_credits",
    "jobs_at_once",
    "models",
    "sizes",
    "retention_days",
)


@dataclass(frozen=True)
class HouseLimit:
    """What holds for everyone, and the variable that sets it; `value` None is no limit."""

    name: str
    value: str | None
    variable: str


@dataclass(frozen=True)
class KeyLine:
    """A key that works, with what it is limited to."""

    key: Key
    organization: Organization


@dataclass(frozen=True)
class LimitsPage:
    """Everything templates/pages/admin_limits.html may use."""

    tabs: list[Tab]
    limits: list[HouseLimit]
    plans: list[Plan]
    keys: list[KeyLine]
    typed: Mapping[str, str]
    complaints: Mapping[str, Complaint]


@router.get("")
def limits_page(visit: Housekeeper, plan: str = "") -> Response:
    """Who may have how much; `plan` fills the form with one that is there."""
    with visit.rooms.database.snapshot() as tx:
        found = [each for each in visit.rooms.billing.plans.offered(tx) if each.id == plan]
    return _show(visit, typed=_written(found[0]) if found else {})


@router.post("/plans")
def put_plan(visit: Housekeeper, posted: Posted) -> Response:
    """Offer a plan, or change it for everyone who has it."""
    typed = {name: text_of(posted, name).strip() for name in FIELDS}
    try:
        offer_plan(visit.rooms, visit.actor, _read(typed))
    except MutoscopeError as error:
        said = {"plan": complaint(error, visit.words)}
        return _show(visit, visit.house.status_of(error), typed=typed, complaints=said)
    return visit.leads_to("/admin/limits#plans")


@router.post("/plans/{plan_id}/archive", dependencies=[PressedByMember])
def put_plan_away(visit: Housekeeper, plan_id: str) -> Response:
    """Offer it no more."""
    archive_plan(visit.rooms, visit.actor, plan_id)
    return visit.leads_to("/admin/limits#plans")


def _read(typed: Mapping[str, str]) -> Plan:
    """The plan that was typed. InvalidRequest names the field."""
    if typed["kind"] not in set(PlanKind):
        raise InvalidRequest("a plan is a subscription or a pack", field="kind")
    for name in ("title_en", "title_zh"):
        if not typed[name]:
            raise InvalidRequest("a plan has a name in each language", field=name)
    return Plan(
        id=typed["id"],
        kind=PlanKind(typed["kind"]),
        title_en=typed["title_en"],
        title_zh=typed["title_zh"],
        price_minor=minor_of(typed["price"], typed["currency"], field="price"),
        currency=typed["currency"].lower(),
        credits=amount_of(typed["credits"], field="credits"),
        credits_last_days=_whole(typed, "credits_last_days"),
        daily_credits=amount_of(typed["daily_credits"], field="daily_credits"),
        jobs_at_once=_whole(typed, "jobs_at_once"),
        models=_names(typed["models"]),
        sizes=_names(typed["sizes"]),
        retention_days=_whole(typed, "retention_days"),
    )


def _written(plan: Plan) -> dict[str, str]:
    """A plan as the form has it."""
    values = {name: getattr(plan, name, None) for name in FIELDS}
    typed = {name: "" if value is None else str(value) for name, value in values.items()}
    for name in ("credits", "daily_credits"):
        typed[name] = f"{getattr(plan, name) / 1000:g}"
    for name in ("models", "sizes"):
        typed[name] = ", ".join(getattr(plan, name) or ())
    return typed | {"price": money_number(plan.price_minor, plan.currency)}


def _whole(typed: Mapping[str, str], name: str) -> int | None:
    text = typed[name]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise InvalidRequest("write a whole number, or nothing for no limit", field=name)
    return int(text)


def _names(text: str) -> tuple[str, ...] | None:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    return names or None


def _show(
    visit: MemberVisit,
    status: int = HTTPStatus.OK,
    *,
    typed: Mapping[str, str],
    complaints: Mapping[str, Complaint] | None = None,
) -> Response:
    rooms = visit.rooms
    with rooms.database.snapshot() as tx:
        plans = rooms.billing.plans.offered(tx)
        keys = [
            KeyLine(key, organization)
            for organization in rooms.projects.organizations(tx)
            for key in rooms.keys.list(tx, organization.id)
        ]
    page = LimitsPage(tabs(visit), _house(visit), plans, keys, typed, complaints or {})
    return visit.show("pages/admin_limits.html", page, status)


def _house(visit: MemberVisit) -> list[HouseLimit]:
    say, office = visit.words, visit.house.office
    at_once = visit.rooms.jobs_at_once_max
    return [
        HouseLimit(
            say("Generations under way, for each organization"),
            str(at_once) if at_once else None,
            "MUTOSCOPE_JOBS_AT_ONCE_MAX",
        ),
        HouseLimit(
            say("Requests a minute, for each key"),
            str(office.requests_per_minute) if office.requests_per_minute else None,
            "MUTOSCOPE_REQUESTS_PER_MINUTE",
        ),
        HouseLimit(
            say("Size of a request"),
            f"{office.body_bytes_max / 2**20:g} MiB",
            "MUTOSCOPE_BODY_BYTES_MAX",
        ),
        HouseLimit(
            say("Days that results are kept"),
            str(office.retention_days) if office.retention_days else None,
            "MUTOSCOPE_RETENTION_DAYS",
        ),
    ]
