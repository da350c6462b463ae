"""Statements: where the balance stood, every line that moved it, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId
from mutoscope.db.schema import transfer
from mutoscope.ledger.accounts import wallet
from mutoscope.ledger.transfers import Kind, Transfer, from_row

# Holds and what returns them move nothing: they only set aside.
_MOVES = transfer.c.kind.in_([Kind.POSTED, Kind.POST_HOLD]) & (transfer.c.amount > 0)


@dataclass(frozen=True)
class Line:
    """One transfer: what it changed, and what there was after it."""

    transfer: Transfer
    change: Millicredits
    balance: Millicredits


@dataclass(frozen=True)
class Statement:
    """Of an organization: what its wallet held. Of a project or a person: what they had spent.

    `opening` and the changes of all lines make `closing`.
    """

    begins_at: Milliseconds
    ends_at: Milliseconds
    opening: Millicredits
    lines: tuple[Line, ...]
    closing: Millicredits


def statement_of(
    tx: Connection,
    organization: OrganizationId,
    span: tuple[Milliseconds, Milliseconds],
    *,
    project_id: ProjectId | None = None,
    person_id: PersonId | None = None,
) -> Statement:
    """What moved between two moments; of the project and the person alone, where one is named."""
    mine = wallet(organization)
    paid = transfer.c.debit_account == mine
    touches = paid | (transfer.c.credit_account == mine)
    change: ColumnElement[Any] = case((paid, -transfer.c.amount), else_=transfer.c.amount)
    if project_id is not None:
        touches &= transfer.c.project_id == project_id
    if person_id is not None:
        touches &= transfer.c.person_id == person_id
    if project_id is not None or person_id is not None:
        change = -change
    begin, end = span
    moved = _MOVES & touches
    before = tx.scalar(select(func.sum(change)).where(moved & (transfer.c.created_at < begin)))
    within = moved & (transfer.c.created_at >= begin) & (transfer.c.created_at < end)
    query = select(transfer, change.label("change")).where(within)
    rows = tx.execute(query.order_by(transfer.c.created_at, transfer.c.id))
    lines = tuple(_lines(rows, before or 0))
    opening = Millicredits(before or 0)
    return Statement(begin, end, opening, lines, lines[-1].balance if lines else opening)


def _lines(rows: Any, opening: int) -> Iterator[Line]:
    balance = opening
    for row in rows:
        balance += row.change
        yield Line(from_row(row), row.change, Millicredits(balance))
