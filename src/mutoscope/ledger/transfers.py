"""Lines of the ledger: written once, never edited, each with the cause that makes it unique."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InsufficientCredits, NotFound
from mutoscope.core.ids import PersonId, ProjectId
from mutoscope.db import run_prepared
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
    project_id: ProjectId | None = None
    person_id: PersonId | None = None


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
    project_id: ProjectId | None = None
    person_id: PersonId | None = None


def write(tx: Connection, draft: Draft, now: Milliseconds) -> Transfer:
    """Write the line. The sums are moved by `move`, in the same transaction."""
    number = run_prepared(tx, _NEW, draft.__dict__ | {"created_at": now}).scalar_one()
    return Transfer(id=number, created_at=now, **draft.__dict__)


def move(tx: Connection, draft: Draft, *, pending: int, posted: int) -> None:
    """Add to the pending and posted sums of both accounts.

    Raises InsufficientCredits, with nothing moved, when the debited account would be overdrawn.
    """
    amounts = {"pending": pending, "posted": posted}
    if run_prepared(tx, _debited(), {"account": draft.debit_account, **amounts}).rowcount != 1:
        raise InsufficientCredits
    if run_prepared(tx, _credited(), {"account": draft.credit_account, **amounts}).rowcount != 1:
        raise NotFound(f"there is no account {draft.credit_account}")


def by_cause(tx: Connection, cause: str) -> Transfer | None:
    """The line that this cause has written, if it has."""
    row = run_prepared(tx, _by_cause(), {"cause": cause}).first()
    return None if row is None else from_row(row)


def resolution(tx: Connection, hold_id: int) -> Transfer | None:
    """What became of a hold: its charge or its return, or None while it stands."""
    row = run_prepared(tx, _resolution(), {"hold": hold_id}).first()
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
        project_id=row.project_id,
        person_id=row.person_id,
    )


_NEW = insert(transfer).returning(transfer.c.id)


@cache
def _debited() -> Update:
    pending = account.c.debits_pending + bindparam("pending")
    posted = account.c.debits_posted + bindparam("posted")
    # The table's CHECK says the same; asked here, so that a refusal breaks no transaction.
    covered = account.c.may_overdraw | (pending + posted <= account.c.credits_posted)
    mine = account.c.id == bindparam("account")
    return (
        update(account).where(mine & covered).values(debits_pending=pending, debits_posted=posted)
    )


@cache
def _credited() -> Update:
    return (
        update(account)
        .where(account.c.id == bindparam("account"))
        .values(
            credits_pending=account.c.credits_pending + bindparam("pending"),
            credits_posted=account.c.credits_posted + bindparam("posted"),
        )
    )


@cache
def _by_cause() -> Select[Any]:
    return select(transfer).where(transfer.c.cause == bindparam("cause"))


@cache
def _resolution() -> Select[Any]:
    return select(transfer).where(transfer.c.hold_id == bindparam("hold"))
