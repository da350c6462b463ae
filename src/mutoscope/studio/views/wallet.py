"""Credits: what there is, and every line that moved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from mutoscope.billing import Invoice, Order, Places, Plan
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, credits_text, parse_credits
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.identity import Permission
from mutoscope.ledger import (
    Balance,
    Budget,
    BudgetId,
    Kind,
    LotKind,
    Period,
    Scope,
    Transfer,
)
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of
from mutoscope.studio.words import Words

router = APIRouter()

PAGE_LENGTH = 50
CURSOR_MAX = 2**62
NOTHING: Mapping[str, Complaint] = MappingProxyType({})


@dataclass(frozen=True)
class StatementLine:
    """A transfer, seen from the wallet. `sign` is +, − or · for what moved nothing yet."""

    at: Milliseconds
    text: str
    generation_id: str
    amount: Millicredits
    sign: str


@dataclass(frozen=True)
class LotLine:
    """Credits that came together, and until when they last; `expires_at` None is for ever."""

    text: str
    free: Millicredits
    expires_at: Milliseconds | None


@dataclass(frozen=True)
class CreditsPage:
    """Everything templates/pages/credits.html may use."""

    balance: Balance
    lots: list[LotLine]
    lines: list[StatementLine]
    more: str
    budgets: list[Budget]
    # Whose limits can be set: `scope:id` and the name.
    subjects: list[tuple[str, str]]
    plans: list[Plan]
    plan_id: str
    orders: list[Order]
    invoices: list[Invoice]
    can_manage: bool
    # What was just redeemed.
    brought: Millicredits | None
    complaints: Mapping[str, Complaint]


@router.get("/credits")
def credits_page(
    visit: Member, before: Annotated[int | None, Query(ge=1, le=CURSOR_MAX)] = None
) -> Response:
    """The balance and the statement."""
    return visit.show("pages/credits.html", _page(visit, before=before))


@router.post("/credits/redeem")
def redeem(visit: Member, posted: Posted) -> Response:
    """Put what a code is worth into the wallet."""
    _check(visit)
    codes, owner = visit.rooms.billing.codes, visit.owner
    try:
        codes.count_try(owner.organization_id)
        with visit.rooms.database.transaction() as tx:
            code = text_of(posted, "code")
            brought = codes.redeem(tx, code, owner.organization_id, owner.person_id)
            told = credits_text(brought)
            _record(tx, visit, "credits.code.redeemed", "wallet", credits=told)
    except MutoscopeError as error:
        return _refuse(visit, "code", error)
    return visit.show("pages/credits.html", _page(visit, brought=brought))


@router.post("/credits/orders")
def place_order(visit: Member, posted: Posted) -> Response:
    """Order a plan or a pack; where somebody takes money, go there to pay."""
    _check(visit)
    orders, provider = visit.rooms.billing.orders, visit.rooms.billing.provider
    try:
        with visit.rooms.database.transaction() as tx:
            order = orders.place(
                tx,
                visit.owner.organization_id,
                text_of(posted, "plan"),
                person_id=visit.person.id,
                provider=provider.name if provider else "",
            )
            bill = orders.bill(tx, order)
            _record(tx, visit, "billing.order.placed", order.id, plan=order.plan_id)
        if provider is not None:
            back = f"{visit.base_url}/credits?order={order.id}#plans"
            return visit.leads_to(provider.checkout(bill, Places(paid=back, given_up=back)))
    except MutoscopeError as error:
        return _refuse(visit, "plan", error)
    return visit.leads_to("/credits#plans")


@router.post("/credits/orders/{order_id}/cancel", dependencies=[PressedByMember])
def cancel_order(visit: Member, order_id: str) -> Response:
    """Want it no more."""
    _check(visit)
    with visit.rooms.database.transaction() as tx:
        visit.rooms.billing.orders.cancel(tx, visit.owner.organization_id, order_id)
        _record(tx, visit, "billing.order.canceled", order_id)
    return visit.leads_to("/credits#plans")


@router.post("/credits/budgets")
def put_budget(visit: Member, posted: Posted) -> Response:
    """Set a limit, or change the one there is."""
    _check(visit)
    scope, _, subject_id = text_of(posted, "subject").partition(":")
    period = text_of(posted, "period")
    try:
        limit = parse_credits(text_of(posted, "limit"))
        with visit.rooms.database.transaction() as tx:
            visit.rooms.budgets.put(
                tx,
                visit.owner.organization_id,
                Scope(scope),
                subject_id,
                Period(period),
                limit,
            )
            told = {"period": period, "limit": credits_text(limit)}
            _record(tx, visit, "credits.budget.set", f"{scope}:{subject_id}", **told)
    except ValueError:
        wrong = InvalidRequest("a limit is a number of credits", field="limit")
        return _refuse(visit, "budget", wrong)
    except MutoscopeError as error:
        return _refuse(visit, "budget", error)
    return visit.leads_to("/credits#budgets")


@router.post("/credits/budgets/{budget_id}/remove", dependencies=[PressedByMember])
def remove_budget(visit: Member, budget_id: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """End a limit."""
    _check(visit)
    with visit.rooms.database.transaction() as tx:
        visit.rooms.budgets.remove(tx, visit.owner.organization_id, BudgetId(budget_id))
        _record(tx, visit, "credits.budget.removed", budget_id)
    return visit.leads_to("/credits#budgets")


def _check(visit: MemberVisit) -> None:
    visit.actor.check(Permission.CREDITS_MANAGE)


def _record(
    tx: Connection, visit: MemberVisit, verb: str, subject: object, **facts: object
) -> None:
    organization = visit.owner.organization_id
    visit.rooms.trail.record(tx, visit.actor, verb, subject, organization, **facts)


def _refuse(visit: MemberVisit, name: str, error: MutoscopeError) -> Response:
    page = _page(visit, complaints={name: complaint(error, visit.words)})
    return visit.show("pages/credits.html", page, visit.house.status_of(error))


def _page(
    visit: MemberVisit,
    *,
    before: int | None = None,
    brought: Millicredits | None = None,
    complaints: Mapping[str, Complaint] = NOTHING,
) -> CreditsPage:
    organization, rooms = visit.owner.organization_id, visit.rooms
    with rooms.database.snapshot() as tx:
        balance = rooms.ledger.balance(tx, organization)
        lots = [lot for lot in rooms.ledger.lots(tx, organization) if lot.free]
        found = rooms.ledger.statement(tx, organization, before=before, limit=PAGE_LENGTH + 1)
        subscription = rooms.billing.subscriptions.find(tx, organization)
        projects = rooms.projects.list(tx, organization)
        people = rooms.people.list(tx, organization)
        budgets = rooms.budgets.listing(tx, organization)
        plans = rooms.billing.plans.offered(tx)
        orders = rooms.billing.orders.listing(tx, organization)
        invoices = rooms.billing.orders.invoices(tx, organization)
    shown = found[:PAGE_LENGTH]
    return CreditsPage(
        balance=balance,
        lots=[LotLine(_lot(lot.kind, visit.words), lot.free, lot.expires_at) for lot in lots],
        lines=[_line(transfer, visit.words) for transfer in shown],
        more=f"/credits?before={shown[-1].id}" if len(found) > PAGE_LENGTH else "",
        budgets=budgets,
        subjects=[(f"project:{each.id}", each.name) for each in projects]
        + [(f"person:{each.id}", each.name) for each in people],
        plans=plans,
        plan_id=subscription.plan_id if subscription else "",
        orders=orders,
        invoices=invoices,
        can_manage=visit.may(Permission.CREDITS_MANAGE),
        brought=brought,
        complaints=complaints,
    )


def _lot(kind: LotKind, say: Words) -> str:
    match kind:
        case LotKind.DAILY:
            return say("Credits of the day")
        case LotKind.PLAN:
            return say("From the plan")
        case LotKind.TOPUP:
            return say("Bought")
        case LotKind.REDEEM:
            return say("Redeemed")
        case LotKind.REFUND:
            return say("Refunded")
        case LotKind.WELCOME:
            return say("Welcome credits")
        case LotKind.GIFT | LotKind.MANUAL:
            return say("Credits added")


def _line(transfer: Transfer, say: Words) -> StatementLine:
    is_out = transfer.debit_account.startswith("wallet:")
    match transfer.kind:
        case Kind.HOLD:
            text, sign = say("Set aside for a generation"), "·"
        case Kind.POST_HOLD:
            text, sign = say("Charged for a generation"), "−"
        case Kind.VOID_HOLD:
            text, sign = say("Returned in full"), "·"
        case Kind.POSTED:
            text, sign = _grant(transfer.code, say), "−" if is_out else "+"
    return StatementLine(transfer.created_at, text, transfer.subject, transfer.amount, sign)


def _grant(code: str, say: Words) -> str:
    return say("Welcome credits") if code == "welcome" else say("Credits added")
