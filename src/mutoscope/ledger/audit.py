"""Proof that the books add up: every sum recomputed from the transfers themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select, union_all

from mutoscope.core.credits import Millicredits, credits_text
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
    """Compare every sum with the lines it comes from, and the wallets with their lots."""
    yield from _accounts(tx)
    yield from _zero(tx)
    yield from _overpaid(tx)
    for query, subject, words in _COMPARED:
        for row in tx.exec_driver_sql(query):
            kept, counted = (credits_text(Millicredits(each)) for each in row[1:3])
            yield Discrepancy(f"{subject} {row[0]}", words.format(kept=kept, counted=counted))


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


def _zero(tx: Connection) -> Iterator[Discrepancy]:
    """What all accounts were debited is what all were credited."""
    sums = select(
        func.sum(account.c.credits_posted - account.c.debits_posted),
        func.sum(account.c.credits_pending - account.c.debits_pending),
    )
    posted, pending = tx.execute(sums).one()
    if (posted or 0, pending or 0) != (0, 0):
        yield Discrepancy("all accounts", f"add up to {posted} and {pending} pending, not to zero")


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


# Each finds rows whose two numbers differ: what they are called, what is kept, what lines say.
_COMPARED = (
    (
        """
        SELECT lot.id, lot.amount, coalesce(transfer.amount, 0) FROM lot
        LEFT JOIN transfer ON transfer.cause = lot.cause
            AND transfer.credit_account = 'wallet:' || lot.organization_id
        WHERE lot.amount <> coalesce(transfer.amount, 0) ORDER BY lot.id
        """,
        "lot",
        "has {kept} credits, its grant {counted}",
    ),
    (
        """
        SELECT lot.id, lot.held, total(use.amount) FROM lot
        LEFT JOIN (SELECT lot_use.* FROM lot_use JOIN transfer ON transfer.id = transfer_id
            WHERE transfer.kind = 'hold' AND NOT EXISTS
                (SELECT 1 FROM transfer AS later WHERE later.hold_id = transfer.id)) AS use
            ON use.lot_id = lot.id
        GROUP BY lot.id HAVING lot.held <> total(use.amount)
        """,
        "lot",
        "keeps {kept} held, open holds say {counted}",
    ),
    (
        """
        SELECT lot.id, lot.spent, total(use.amount) FROM lot
        LEFT JOIN (SELECT lot_use.* FROM lot_use JOIN transfer ON transfer.id = transfer_id
            WHERE transfer.kind = 'post_hold' OR transfer.code = 'correction') AS use
            ON use.lot_id = lot.id
        GROUP BY lot.id HAVING lot.spent <> total(use.amount)
        """,
        "lot",
        "keeps {kept} spent, charges say {counted}",
    ),
    (
        """
        SELECT lot.id, lot.expired, total(use.amount) FROM lot
        LEFT JOIN (SELECT lot_use.* FROM lot_use JOIN transfer ON transfer.id = transfer_id
            WHERE transfer.code = 'expiry') AS use ON use.lot_id = lot.id
        GROUP BY lot.id HAVING lot.expired <> total(use.amount)
        """,
        "lot",
        "keeps {kept} expired, expiries say {counted}",
    ),
    (
        """
        SELECT transfer.id, transfer.amount, total(lot_use.amount) FROM transfer
        LEFT JOIN lot_use ON lot_use.transfer_id = transfer.id
        WHERE transfer.debit_account LIKE 'wallet:%' AND (transfer.kind <> 'hold' OR NOT EXISTS
            (SELECT 1 FROM transfer AS later WHERE later.hold_id = transfer.id))
        GROUP BY transfer.id HAVING transfer.amount <> total(lot_use.amount)
        """,
        "transfer",
        "moves {kept}, its lots {counted}",
    ),
    (
        """
        SELECT account.id, credits_posted - debits_posted, total(amount - spent - expired)
        FROM account LEFT JOIN lot ON 'wallet:' || lot.organization_id = account.id
        WHERE account.kind = 'wallet' GROUP BY account.id
        HAVING credits_posted - debits_posted <> total(amount - spent - expired)
        """,
        "account",
        "holds {kept}, its lots {counted}",
    ),
    (
        """
        SELECT account.id, debits_pending, total(held)
        FROM account LEFT JOIN lot ON 'wallet:' || lot.organization_id = account.id
        WHERE account.kind = 'wallet' GROUP BY account.id HAVING debits_pending <> total(held)
        """,
        "account",
        "has {kept} set aside, its lots {counted}",
    ),
    (
        """
        SELECT place.budget_id || ' of ' || place."window", place.held, total(use.amount)
        FROM budget_window AS place
        LEFT JOIN (SELECT budget_use.* FROM budget_use JOIN transfer ON transfer.id = transfer_id
            WHERE transfer.kind = 'hold' AND NOT EXISTS
                (SELECT 1 FROM transfer AS later WHERE later.hold_id = transfer.id)) AS use
            ON use.budget_id = place.budget_id AND use."window" = place."window"
        GROUP BY place.budget_id, place."window" HAVING place.held <> total(use.amount)
        """,
        "budget",
        "keeps {kept} held, open holds say {counted}",
    ),
    (
        """
        SELECT place.budget_id || ' of ' || place."window", place.spent, total(use.amount)
        FROM budget_window AS place
        LEFT JOIN (SELECT budget_use.* FROM budget_use JOIN transfer ON transfer.id = transfer_id
            WHERE transfer.kind <> 'hold') AS use
            ON use.budget_id = place.budget_id AND use."window" = place."window"
        GROUP BY place.budget_id, place."window" HAVING place.spent <> total(use.amount)
        """,
        "budget",
        "keeps {kept} spent, charges say {counted}",
    ),
    (
        """
        SELECT closing.account || ' up to ' || closing.last_id, kept, counted
        FROM (SELECT closing.id AS closing_id, total(change) AS kept,
                (SELECT total(amount) FROM transfer WHERE credit_account = closing.account
                    AND id > after_id AND id <= last_id AND kind IN ('posted', 'post_hold'))
                - (SELECT total(amount) FROM transfer WHERE debit_account = closing.account
                    AND id > after_id AND id <= last_id AND kind IN ('posted', 'post_hold'))
                AS counted
            FROM closing LEFT JOIN closing_sum ON closing_sum.closing_id = closing.id
            GROUP BY closing.id)
        JOIN closing ON closing.id = closing_id WHERE kept <> counted ORDER BY closing.id
        """,
        "the closing of",
        "sums up to {kept}, its lines to {counted}",
    ),
)
