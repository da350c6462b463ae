"""Lines of the ledger: written once, never edited, each with the cause that makes it unique."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InsufficientCredits
from mutoscope.db.schema import account, transfer
from mutoscope.ledger.accounts import AccountId


class Kind(StrEnum):
    """How a transfer counts."""

    POSTED = "posted"  # moves credits now
    HOLD = "hold"  # sets credits aside
    POST_HOLD = "post_hold"  # charges part or all of a hold, and returns the rest
    VOID_HOLD = "void_hold"  # returns all of a hold


@dataclass(frozen=True)
class Transfer:
    """One line of the ledger."""

    id: int
    cause: str
    kind: Kind
    code: str
    debit_account: AccountId
    credit_account: AccountId
    amount: Millicredits
    hold_id: int | None
    subject: str
    created_at: Milliseconds


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A line about to be written."""

    cause: str
    kind: Kind
    code: str
    debit_account: AccountId
    credit_account: AccountId
    amount: Millicredits
    subject: str
    hold_id: int | None = None


def write(tx: Connection, draft: Draft, now: Milliseconds) -> Transfer:
    """Write the line. The sums are moved by `move`, in the same transaction."""
    number = tx.execute(
        insert(transfer).values(**draft.__dict__, created_at=now).returning(transfer.c.id)
    ).scalar_one()
    return Transfer(id=number, created_at=now, **draft.__dict__)


def move(tx: Connection, draft: Draft, *, pending: int, posted: int) -> None:
    """Add to the pending and posted sums of both accounts.

    Raises InsufficientCredits when the table's CHECK finds the debited account overdrawn.
    """
    debited = {
        "debits_pending": account.c.debits_pending + pending,
        "debits_posted": account.c.debits_posted + posted,
    }
    credited = {
        "credits_pending": account.c.credits_pending + pending,
        "credits_posted": account.c.credits_posted + posted,
    }
    # A savepoint: a refusal undoes this step and leaves the caller's transaction usable.
    try:
        with tx.begin_nested():
            _update(tx, draft.debit_account, debited)
    except IntegrityError as error:
        if "not_overdrawn" not in str(error.orig):
            raise
        raise InsufficientCredits from error
    _update(tx, draft.credit_account, credited)


def by_cause(tx: Connection, cause: str) -> Transfer | None:
    """The line that this cause has written, if it has."""
    row = tx.execute(select(transfer).where(transfer.c.cause == cause)).first()
    return None if row is None else from_row(row)


def resolution(tx: Connection, hold_id: int) -> Transfer | None:
    """What became of a hold: its charge or its return, or None while it stands."""
    row = tx.execute(select(transfer).where(transfer.c.hold_id == hold_id)).first()
    return None if row is None else from_row(row)


def from_row(row: Row[Any]) -> Transfer:
    """Read a `transfer` row."""
    return Transfer(
        id=row.id,
        cause=row.cause,
        kind=Kind(row.kind),
        code=row.code,
        debit_account=row.debit_account,
        credit_account=row.credit_account,
        amount=row.amount,
        hold_id=row.hold_id,
        subject=row.subject,
        created_at=row.created_at,
    )


def _update(tx: Connection, account_id: AccountId, values: dict[str, Any]) -> None:
    changed = tx.execute(update(account).where(account.c.id == account_id).values(values))
    assert changed.rowcount == 1, f"no account {account_id}"
