"""Prices: what is asked for now, what was before, what will be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Response

from mutoscope.billing import PriceRow
from mutoscope.catalog import Model, Price, Unit, unit_of
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.core.request import Task
from mutoscope.generations import set_price
from mutoscope.ledger import today
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.views.admin.typed import amount_of, first_moment
from mutoscope.studio.visit import Housekeeper, MemberVisit, Posted, text_of

router = APIRouter(prefix="/admin/prices")

HISTORY = 100


@dataclass(frozen=True)
class PriceLine:
    """What one size of one model costs now; `own` is the catalogue's price, where it differs."""

    model: Model
    size: str
    unit: Unit
    # None where it is for whatever is made.
    task: Task | None
    amount: Millicredits
    own: Millicredits | None
    version: int


@dataclass(frozen=True)
class PricesPage:
    """Everything templates/pages/admin_prices.html may use."""

    tabs: list[Tab]
    lines: list[PriceLine]
    history: list[PriceRow]
    # Those that some model can do.
    tasks: list[Task]
    now: Milliseconds
    time_zone: str
    # As they were typed.
    typed: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, Complaint] = field(default_factory=dict)


@router.get("")
def prices_page(visit: Housekeeper) -> Response:
    """The price book."""
    return visit.show("pages/admin_prices.html", _page(visit))


@router.post("")
def put_price(visit: Housekeeper, posted: Posted) -> Response:
    """A new version, from now or from a later day on."""
    typed = {name: text_of(posted, name).strip() for name in ("what", "task", "amount", "since")}
    try:
        model, size, unit = _what(typed["what"])
        set_price(
            visit.rooms,
            visit.actor,
            model,
            size,
            unit,
            amount_of(typed["amount"] or "?", field="amount"),
            task=_task(typed["task"]),
            valid_from=_since(visit, typed["since"]),
        )
    except MutoscopeError as error:
        name = {"valid_from": "since"}.get(error.field or "", error.field or "what")
        # A unit is chosen with the size, and can only be wrong for a task.
        name = "task" if name == "unit" else name
        name = name if name in typed else "what"
        page = _page(visit, typed, {name: complaint(error, visit.words)})
        return visit.show("pages/admin_prices.html", page, visit.house.status_of(error))
    return visit.leads_to("/admin/prices#history")


def _what(text: str) -> tuple[str, str, Unit]:
    model, size, unit = [*text.rsplit(":", 2), "", ""][:3]
    if unit not in set(Unit):
        raise InvalidRequest("choose what the price is for", field="what")
    return model, size, Unit(unit)


def _task(text: str) -> Task | None:
    if text and text not in set(Task):
        raise InvalidRequest(f"there is no task {text!r}", field="task")
    return Task(text) if text else None


def _since(visit: MemberVisit, text: str) -> Milliseconds | None:
    """When that day begins; None, which is now, for today and for no day."""
    zone, now = _zone(visit), visit.rooms.clock.now()
    is_today = text == today(now, zone).isoformat()
    return None if is_today else first_moment(text, zone, field="since")


def _zone(visit: MemberVisit) -> str:
    with visit.rooms.database.snapshot() as tx:
        organization = visit.rooms.projects.organization(tx, visit.owner.organization_id)
    return organization.time_zone


def _page(
    visit: MemberVisit,
    typed: Mapping[str, str] | None = None,
    complaints: Mapping[str, Complaint] | None = None,
) -> PricesPage:
    prices, models = visit.rooms.billing.prices, visit.rooms.catalog.models()
    with visit.rooms.database.snapshot() as tx:
        lines = [line for model in models for line in _lines(model, prices.applied(tx, model))]
        history = prices.versions(tx)[:HISTORY]
    return PricesPage(
        tabs=tabs(visit),
        lines=lines,
        history=history,
        tasks=[task for task in Task if any(task in model.tasks for model in models)],
        now=visit.rooms.clock.now(),
        time_zone=_zone(visit),
        typed=typed or {},
        complaints=complaints or {},
    )


def _lines(own: Model, applied: Model) -> list[PriceLine]:
    """Each price of a model, for what it can make; those for one task last."""
    for_all = [
        _line(own, applied, size, unit, None)
        for unit in Unit
        for size in own.sizes_priced(task for task in own.tasks if unit_of(task) is unit)
    ]
    return for_all + [
        _line(own, applied, size, unit_of(task), task)
        for task, by_size in applied.price.by_task().items()
        for size in by_size
    ]


def _line(own: Model, applied: Model, size: str, unit: Unit, task: Task | None) -> PriceLine:
    def asked(price: Price) -> Millicredits:
        if task is not None:
            return price.of(task, size)
        return (price.per_second if unit is Unit.SECOND else price.per_picture)[size]

    amount, before = asked(applied.price), asked(own.price)
    version = applied.price.versions.get((task or unit, size), 0)
    return PriceLine(
        applied, size, unit, task, amount, None if amount == before else before, version
    )
