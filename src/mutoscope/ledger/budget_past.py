"""What a new budget counts from before it was made: the day or month that it begins in, so far."""

from sqlalchemy import ColumnElement, Connection, exists, func, insert, literal, select

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import budget_use, budget_window, transfer
from mutoscope.ledger.accounts import wallet
from mutoscope.ledger.closings import closings
from mutoscope.ledger.transfers import Kind


def count_past(
    tx: Connection,
    organization: OrganizationId,
    key: tuple[int, str],
    theirs: ColumnElement[bool],
    *,
    begin: Milliseconds,
) -> None:
    """Count holds since `begin`, what they were charged and what of it was refunded.

    `key` is the new budget and the name of its window, `theirs` says whose transfers count.
    """
    account = wallet(organization)
    hold, settled = transfer.alias("hold"), transfer.alias("settled")
    budget_id, name = key
    place = (literal(budget_id), literal(name))
    within = (transfer.c.id > _last_before(tx, organization, begin)) & (
        transfer.c.created_at >= begin
    )
    holds = select(transfer.c.id, *place, transfer.c.amount).where(
        (transfer.c.debit_account == account) & (transfer.c.kind == Kind.HOLD) & theirs & within
    )
    mine = (budget_use.c.budget_id == budget_id) & (budget_use.c.transfer_id == hold.c.id)
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
        tx.execute(insert(budget_use).from_select(columns, found))
    _sum_up(tx, budget_id, name)


def _sum_up(tx: Connection, budget_id: int, name: str) -> None:
    later = transfer.alias("later")
    is_hold = transfer.c.kind == Kind.HOLD
    is_open = ~exists().where(later.c.hold_id == transfer.c.id)
    uses = (
        select(func.count(), func.total(budget_use.c.amount))
        .join_from(budget_use, transfer, transfer.c.id == budget_use.c.transfer_id)
        .where(budget_use.c.budget_id == budget_id)
    )
    open_holds, held = tx.execute(uses.where(is_hold & is_open)).one()
    charges, spent = tx.execute(uses.where(~is_hold)).one()
    if open_holds or charges:
        new = {"budget_id": budget_id, "window": name, "held": int(held), "spent": int(spent)}
        tx.execute(insert(budget_window), new)


def _last_before(tx: Connection, organization: OrganizationId, begin: Milliseconds) -> int:
    """The last line of the closed months that are wholly before; what follows must be read."""
    last = 0
    for each in closings(tx, wallet(organization)):
        if each.latest_at >= begin:
            break
        last = each.span.last or last
    return last
