"""Prices: what is asked for now, what was before, what will be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Response

from mutoscope.billing import PriceRow
from mutoscope.catalog import Model, Unit
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, MutoscopeError
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
    amount: Millicredits
    own: Millicredits | None
    version: int


@dataclass(frozen=True)
class PricesPage:
    """Everything templates/pages/admin_prices.html may use."""

    tabs: list[Tab]
    lines: list[PriceLine]
    history: list[PriceRow]
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
    typed = {name: text_of(posted, name).strip() for name in ("what", "amount", "since")}
    try:
        model, size, unit = _what(typed["what"])
        set_price(
            visit.rooms,
            visit.actor,
            model,
            size,
            unit,
            amount_of(typed["amount"] or "?", field="amount"),
            valid_from=_since(visit, typed["since"]),
        )
    except MutoscopeError as error:
        name = {"valid_from": "since"}.get(error.field or "", error.field or "what")
        name = name if name in typed else "what"
        page = _page(visit, typed, {name: complaint(error, visit.words)})
        return visit.show("pages/admin_prices.html", page, visit.house.status_of(error))
    return visit.leads_to("/admin/prices#history")


def _what(text: str) -> tuple[str, str, Unit]:
    model, size, unit = [*text.rsplit(":", 2), "", ""][:3]
    if unit not in set(Unit):
        raise InvalidRequest("choose what the price is for", field="what")
    return model, size, Unit(unit)


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
    prices = visit.rooms.billing.prices
    with visit.rooms.database.snapshot() as tx:
        lines = [
            line
            for model in visit.rooms.catalog.models()
            for line in _lines(model, prices.applied(tx, model))
        ]
        history = prices.versions(tx)[:HISTORY]
    return PricesPage(
        tabs=tabs(visit),
        lines=lines,
        history=history,
        now=visit.rooms.clock.now(),
        time_zone=_zone(visit),
        typed=typed or {},
        complaints=complaints or {},
    )


def _lines(own: Model, applied: Model) -> list[PriceLine]:
    """Each price of a model, for what it can make."""
    books = [(Unit.SECOND, own.price.per_second, applied.price.per_second, True)]
    books.append((Unit.PICTURE, own.price.per_picture, applied.price.per_picture, False))
    kinds = {task.is_video for task in own.tasks}
    return [
        PriceLine(
            applied,
            size,
            unit,
            amount,
            None if amount == before[size] else before[size],
            applied.price.versions.get((unit, size), 0),
        )
        for unit, before, after, is_video in books
        if is_video in kinds
        for size, amount in after.items()
        if size in own.sizes()
    ]
