"""Proof that the books add up: every sum recomputed from the transfers themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select, union_all

from mutoscope.core.credits import Millicredits
from mutoscope.db.schema import account, transfer
from mutoscope.ledger.transfers import Kind


@dataclass(frozen=True)
class Discrepancy:
    """Something that does not add up."""

    subject: str
    problem: str


@dataclass(frozen=True)
class OpenHold:
    """A hold that has been neither charged nor returned."""

    subject: str
    amount: Millicredits


def audit(tx: Connection) -> Iterator[Discrepancy]:
    """Compare every account with the sum of its transfers, and all of them with each other."""
    yield from _accounts(tx)
    yield from _overpaid(tx)


def open_holds(tx: Connection) -> list[OpenHold]:
    """All holds that still stand; the caller knows which of them should."""
    settled = transfer.alias()
    rows = tx.execute(
        select(transfer.c.subject, transfer.c.amount)
        .outerjoin_from(transfer, settled, settled.c.hold_id == transfer.c.id)
        .where((transfer.c.kind == Kind.HOLD) & settled.c.id.is_(None))
        .order_by(transfer.c.id)
    )
    return [OpenHold(row.subject, row.amount) for row in rows]


def _accounts(tx: Connection) -> Iterator[Discrepancy]:
    """Each account's four sums against its lines."""
    settled = transfer.alias("settled")
    lines = (
        select(
            transfer.c.debit_account,
            transfer.c.credit_account,
            case(
                ((transfer.c.kind == Kind.HOLD) & settled.c.id.is_(None), transfer.c.amount),
                else_=0,
            ).label("pending"),
            case(
                (transfer.c.kind.in_([Kind.POSTED, Kind.POST_HOLD]), transfer.c.amount), else_=0
            ).label("posted"),
        )
        .outerjoin_from(transfer, settled, settled.c.hold_id == transfer.c.id)
        .subquery()
    )
    zero = (0 * lines.c.pending).label("zero")
    sides = union_all(
        select(
            lines.c.debit_account.label("id"),
            lines.c.pending.label("dp"),
            lines.c.posted.label("d"),
            zero.label("cp"),
            zero.label("c"),
        ),
        select(lines.c.credit_account, zero, zero, lines.c.pending, lines.c.posted),
    ).subquery()
    sums = (
        select(sides.c.id, *(func.sum(sides.c[n]).label(n) for n in ("dp", "d", "cp", "c")))
        .group_by(sides.c.id)
        .subquery()
    )
    rows = tx.execute(
        select(account, sums.c.dp, sums.c.d, sums.c.cp, sums.c.c).outerjoin_from(
            account, sums, sums.c.id == account.c.id
        )
    )
    for row in rows:
        kept = (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)
        counted = (row.dp or 0, row.d or 0, row.cp or 0, row.c or 0)
        if kept != counted:
            yield Discrepancy(
                row.id, f"keeps (held out, paid out, held in, paid in) {kept}, lines say {counted}"
            )
        if not row.may_overdraw and row.debits_pending + row.debits_posted > row.credits_posted:
            yield Discrepancy(row.id, "is overdrawn")


def _overpaid(tx: Connection) -> Iterator[Discrepancy]:
    """No hold was charged more than it held."""
    hold = transfer.alias("hold")
    rows = tx.execute(
        select(transfer.c.subject, transfer.c.amount, hold.c.amount.label("held"))
        .join_from(transfer, hold, transfer.c.hold_id == hold.c.id)
        .where(transfer.c.amount > hold.c.amount)
    )
    for row in rows:
        yield Discrepancy(row.subject, f"was charged {row.amount}, more than its hold {row.held}")
