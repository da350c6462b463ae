"""What budgets count from before: the day or month one begins in, or is moved to by a time zone."""

from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import budget_use, budget_window, transfer
from mutoscope.ledger.accounts import wallet
from mutoscope.ledger.closings import closings
from mutoscope.ledger.transfers import Kind


@dataclass(frozen=True)
class Window:
    """A day or month of a budget."""

    budget_id: int
    name: str
    begin: Milliseconds
    end: Milliseconds


def count_past(
    tx: Connection, organization: OrganizationId, window: Window, theirs: ColumnElement[bool]
) -> None:
    """Count holds since the window began, what they were charged and what of it was refunded.

    `theirs` says whose transfers count. What the budget counted already is not counted again.
    """
    account = wallet(organization)
    hold, settled = transfer.alias("hold"), transfer.alias("settled")
    place = (literal(window.budget_id), literal(window.name))
    within = (transfer.c.id > _last_before(tx, organization, window.begin)) & (
        transfer.c.created_at >= window.begin
    )
    holds = select(transfer.c.id, *place, transfer.c.amount).where(
        (transfer.c.debit_account == account) & (transfer.c.kind == Kind.HOLD) & theirs & within
    )
    mine = (
        (budget_use.c.budget_id == window.budget_id)
        & (budget_use.c.window == window.name)
        & (budget_use.c.transfer_id == hold.c.id)
    )
    charges = (
        select(settled.c.id, *place, settled.c.amount)
        .join_from(budget_use, hold, mine)
        .join(settled, settled.c.hold_id == hold.c.id)
        .where((settled.c.kind == Kind.POST_HOLD) & (settled.c.amount > 0))
    )
    counted = exists().where(mine & (hold.c.cause == "hold:" + transfer.c.subject))
    refunds = select(transfer.c.id, *place, -transfer.c.amount).where(
        (transfer.c.credit_account == account)
        & (transfer.c.code == "refund")
        & (transfer.c.kind == Kind.POSTED)
        & theirs
        & within
        & counted
    )
    columns = ["transfer_id", "budget_id", "window", "amount"]
    for found in (holds, charges, refunds):
        new = found.where(_uncounted(found, window.budget_id))
        tx.execute(insert(budget_use).from_select(columns, new))
    sum_up(tx, window.budget_id, window.name)


def move_window(tx: Connection, window: Window, *, before: str, after: str) -> None:
    """Let a window that begins elsewhere now hold what was held within it, and no more.

    What was held earlier and is counted there or later goes `before`, and the other way round for a
    clock that was ahead. Charges and refunds count where their hold does.
    """
    mine, name = budget_use.c.budget_id == window.budget_id, budget_use.c.window
    held_at = _held_at()
    inside = (held_at >= window.begin) & (held_at < window.end)
    changed = {window.name}
    for which, new in (
        (inside & (name != window.name), window.name),
        ((held_at < window.begin) & (name >= window.name), before),
        ((held_at >= window.end) & (name <= window.name), after),
    ):
        changed |= {new, *tx.scalars(select(name).where(mine & which).distinct())}
        tx.execute(update(budget_use).where(mine & which).values(window=new))
    for each in changed:
        sum_up(tx, window.budget_id, each)


def sum_up(tx: Connection, budget_id: int, name: str) -> None:
    """Write what a window's uses come to."""
    later = transfer.alias("later")
    is_hold = transfer.c.kind == Kind.HOLD
    is_open = ~exists().where(later.c.hold_id == transfer.c.id)
    uses = (
        select(func.count(), func.total(budget_use.c.amount))
        .join_from(budget_use, transfer, transfer.c.id == budget_use.c.transfer_id)
        .where((budget_use.c.budget_id == budget_id) & (budget_use.c.window == name))
    )
    open_holds, held = tx.execute(uses.where(is_hold & is_open)).one()
    charges, spent = tx.execute(uses.where(~is_hold)).one()
    place = (budget_window.c.budget_id == budget_id) & (budget_window.c.window == name)
    tx.execute(delete(budget_window).where(place))
    if open_holds or charges:
        new = {"budget_id": budget_id, "window": name, "held": int(held), "spent": int(spent)}
        tx.execute(insert(budget_window), new)


def _held_at() -> ScalarSelect[Milliseconds]:
    """When the hold of a use was made: the use's own, or that of its charge or refund."""
    own, hold = transfer.alias("own"), transfer.alias("held")
    return (
        select(hold.c.created_at)
        .join_from(own, hold, hold.c.cause == "hold:" + own.c.subject)
        .where(own.c.id == budget_use.c.transfer_id)
        .correlate(budget_use)
        .scalar_subquery()
    )


def _uncounted(found: Select[tuple[int]], budget_id: int) -> ColumnElement[bool]:
    use = budget_use.alias("counted")
    line = found.selected_columns[0]
    return ~exists().where((use.c.budget_id == budget_id) & (use.c.transfer_id == line))


def _last_before(tx: Connection, organization: OrganizationId, begin: Milliseconds) -> int:
    """The last line of the closed months that are wholly before; what follows must be read."""
    last = 0
    for each in closings(tx, wallet(organization)):
        if each.latest_at >= begin:
            break
        last = each.span.last or last
    return last
