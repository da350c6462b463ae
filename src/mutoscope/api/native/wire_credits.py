"""What goes over the wire about credits, budgets, plans and payments. Amounts are strings."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mutoscope.api.native.wire import TaskName, time_text
from mutoscope.billing import Batch, Invoice, Order, Plan, PriceRow
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import credits_text
from mutoscope.ledger import Budget, Line, Lot, Statement

Amount = Annotated[str, Field(max_length=30, examples=["12.5"])]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Minor = Annotated[int, Field(ge=0, le=10**12)]


class Body(BaseModel):
    """What callers send: exactly this, in these types."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _when(at: Milliseconds | None) -> str | None:
    return None if at is None else time_text(at)


class LotReply(BaseModel):
    """Credits that came together and expire together; `free` of them may be spent."""

    id: str
    kind: str
    amount: str
    held: str
    spent: str
    expired: str
    free: str
    expires_at: str | None
    created_at: str


class LotList(BaseModel):
    """The lots with something left, in the order in which they are spent."""

    items: list[LotReply]


def lot_reply(lot: Lot) -> LotReply:
    """A lot, for its owner."""
    return LotReply(
        id=str(lot.id),
        kind=lot.kind,
        amount=credits_text(lot.amount),
        held=credits_text(lot.held),
        spent=credits_text(lot.spent),
        expired=credits_text(lot.expired),
        free=credits_text(lot.free),
        expires_at=_when(lot.expires_at),
        created_at=time_text(lot.created_at),
    )


class LineReply(BaseModel):
    """A line of a statement: what it changed, and the balance after it."""

    id: str
    code: str
    generation_id: str | None
    project_id: str | None
    person_id: str | None
    change: str
    balance: str
    created_at: str


class StatementReply(BaseModel):
    """`opening` and the changes of all lines make `closing`."""

    begins_at: str
    ends_at: str
    opening: str
    lines: list[LineReply]
    closing: str


def statement_reply(statement: Statement) -> StatementReply:
    """A statement, line by line."""
    return StatementReply(
        begins_at=time_text(statement.begins_at),
        ends_at=time_text(statement.ends_at),
        opening=credits_text(statement.opening),
        lines=[_line(line) for line in statement.lines],
        closing=credits_text(statement.closing),
    )


def _line(line: Line) -> LineReply:
    moved = line.transfer
    return LineReply(
        id=str(moved.id),
        code=moved.code,
        generation_id=moved.subject or None,
        project_id=moved.project_id,
        person_id=moved.person_id,
        change=credits_text(line.change),
        balance=credits_text(line.balance),
        created_at=time_text(moved.created_at),
    )


class RedeemBody(Body):
    """A code, however it was typed."""

    code: Annotated[str, Field(min_length=1, max_length=100)]


class RedeemReply(BaseModel):
    """What the code brought, and what there is now."""

    credits: str
    available: str


class GrantBody(Body):
    """Credits for an organization: our own when none is named."""

    amount: Amount
    organization_id: Name | None = None
    expires_in_days: Days | None = None


class RefundBody(Body):
    """What a generation was charged, or a part of it."""

    generation_id: Name
    amount: Amount


class MovedReply(BaseModel):
    """The transfer that was written."""

    transfer_id: str
    amount: str


class BudgetBody(Body):
    """What a project or a person may spend in a day, a month or at all."""

    scope: Literal["project", "person"]
    subject_id: Name
    period: Literal["day", "month", "total"]
    limit: Amount


class BudgetReply(BaseModel):
    """A limit, and where it stands in the day or month that it is."""

    id: str
    scope: str
    subject_id: str
    subject_name: str
    period: str
    limit: str
    window: str
    held: str
    spent: str
    left: str
    frees_at: str | None


class AlertReply(BaseModel):
    """A budget of which so much was spent."""

    budget_id: str
    window: str
    percent: int
    at: str


class BudgetList(BaseModel):
    """The limits in force, and the latest alerts."""

    items: list[BudgetReply]
    alerts: list[AlertReply]


def budget_reply(budget: Budget) -> BudgetReply:
    """A budget, for those who mind it."""
    return BudgetReply(
        id=str(budget.id),
        scope=budget.scope,
        subject_id=budget.subject_id,
        subject_name=budget.subject_name,
        period=budget.period,
        limit=credits_text(budget.limit),
        window=budget.window,
        held=credits_text(budget.held),
        spent=credits_text(budget.spent),
        left=credits_text(budget.left),
        frees_at=_when(budget.frees_at),
    )


class PlanBody(Body):
    """A plan, or a pack that is bought once. What is left out is as the house has it."""

    kind: Literal["subscription", "pack"] = "subscription"
    title_zh: Name
    title_en: Name
    price_minor: Minor
    currency: Annotated[str, Field(pattern="^[a-z]{3}$")]
    credits: Amount
    credits_last_days: Days | None = None
    daily_credits: Amount = "0"
    jobs_at_once: Annotated[int, Field(ge=1, le=10**6)] | None = None
    models: Annotated[list[Name], Field(max_length=1000)] | None = None
    sizes: Annotated[list[Name], Field(max_length=100)] | None = None
    retention_days: Days | None = None


class PlanReply(BaseModel):
    """Something to buy."""

    id: str
    kind: str
    title_zh: str
    title_en: str
    price_minor: int
    currency: str
    credits: str
    credits_last_days: int | None
    daily_credits: str
    jobs_at_once: int | None
    models: list[str] | None
    sizes: list[str] | None
    retention_days: int | None


class SubscriptionReply(BaseModel):
    """The organization's own plan."""

    plan_id: str
    status: str
    period_start: str
    period_end: str


class PlanList(BaseModel):
    """What is on offer, the cheapest first, and the plan that the organization has."""

    items: list[PlanReply]
    subscription: SubscriptionReply | None


def plan_reply(plan: Plan) -> PlanReply:
    """A plan, for buyers."""
    shown = plan.__dict__ | {
        "credits": credits_text(plan.credits),
        "daily_credits": credits_text(plan.daily_credits),
        "models": None if plan.models is None else list(plan.models),
        "sizes": None if plan.sizes is None else list(plan.sizes),
    }
    return PlanReply(**shown)


class SubscribeBody(Body):
    """Which organization gets which plan, without paying here."""

    organization_id: Name
    plan_id: Name


class OrderBody(Body):
    """What to buy."""

    plan_id: Name


class PaidBody(Body):
    """The payment by which the house knows that it has the money."""

    reference: Name


class OrderReply(BaseModel):
    """An order; while it is pending, `payment_url` is where to pay it, if not by hand."""

    id: str
    plan_id: str
    kind: str
    credits: str
    price_minor: int
    currency: str
    status: str
    created_at: str
    paid_at: str | None
    payment_url: str | None = None


class OrderList(BaseModel):
    """The organization's orders, the latest first."""

    items: list[OrderReply]


def order_reply(order: Order, payment_url: str | None = None) -> OrderReply:
    """An order, for its buyer."""
    return OrderReply(
        id=order.id,
        plan_id=order.plan_id,
        kind=order.kind,
        credits=credits_text(order.credits),
        price_minor=order.price_minor,
        currency=order.currency,
        status=order.status,
        created_at=time_text(order.created_at),
        paid_at=_when(order.paid_at),
        payment_url=payment_url,
    )


class InvoiceReply(BaseModel):
    """What was paid, by whom, for what."""

    number: int
    order_id: str
    buyer: str
    item: str
    amount_minor: int
    currency: str
    issued_at: str


class InvoiceList(BaseModel):
    """The organization's invoices, the latest first."""

    items: list[InvoiceReply]


def invoice_reply(invoice: Invoice) -> InvoiceReply:
    """An invoice, for its buyer."""
    return InvoiceReply(**(invoice.__dict__ | {"issued_at": time_text(invoice.issued_at)}))


class PriceBody(Body):
    """A new version of a price, in force from now on."""

    model: Name
    size: Annotated[str, Field(max_length=20, examples=["720p"])]
    unit: Literal["second", "picture"]
    amount: Amount
    task: Annotated[TaskName | None, Field(description="For this task only; else for all.")] = None


class PriceVersionReply(BaseModel):
    """One version of one price."""

    version: int
    model: str
    size: str
    unit: str
    task: str | None
    amount: str
    valid_from: str


class PriceVersionList(BaseModel):
    """Every version, the latest first. What is not here costs what the model says."""

    items: list[PriceVersionReply]


def price_reply(row: PriceRow) -> PriceVersionReply:
    """A version of a price."""
    return PriceVersionReply(
        version=row.version,
        model=row.model,
        size=row.size,
        unit=row.unit,
        task=row.task,
        amount=credits_text(row.amount),
        valid_from=time_text(row.valid_from),
    )


class BatchBody(Body):
    """Codes to make."""

    name: Name
    count: Annotated[int, Field(ge=1, le=10_000)]
    credits: Amount
    credits_last_days: Days | None = None
    valid_days: Days | None = None


class NewBatchReply(BaseModel):
    """A batch, and its codes: they are shown this once."""

    id: str
    codes: list[str]


class BatchReply(BaseModel):
    """A batch of codes, which are not shown again."""

    id: str
    name: str
    credits: str
    count: int
    redeemed: int
    expires_at: str | None
    ended_at: str | None
    created_at: str


class BatchList(BaseModel):
    """Every batch, the latest first."""

    items: list[BatchReply]


def batch_reply(batch: Batch) -> BatchReply:
    """A batch, for the house."""
    return BatchReply(
        id=batch.id,
        name=batch.name,
        credits=credits_text(batch.credits),
        count=batch.count,
        redeemed=batch.redeemed,
        expires_at=_when(batch.expires_at),
        ended_at=_when(batch.ended_at),
        created_at=time_text(batch.created_at),
    )
