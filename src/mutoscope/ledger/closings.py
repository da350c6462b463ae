"""Closings: lines of a wallet that are summed up once their month is over. Nothing is edited.

A closing is told by the ids of its lines, which only rise, and keeps the earliest and latest time
among them: so a statement knows which closings lie wholly before it, and reads none of their lines,
even where a clock jumped while they were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    insert,
    literal,
    select,
    union_all,
)

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId
from mutoscope.db.schema import closing, closing_sum, organization, transfer
from mutoscope.ledger.accounts import AccountId, wallet
from mutoscope.ledger.calendar import Period, window_end
from mutoscope.ledger.transfers import Kind

# Holds and what returns them move nothing: they only set aside.
MOVES = transfer.c.kind.in_([Kind.POSTED, Kind.POST_HOLD]) & (transfer.c.amount > 0)


@dataclass(frozen=True)
class Span:
    """Lines by their ids: those above `after`, up to `last`; to the end when that is None."""

    after: int
    last: int | None

    def holds(self) -> ColumnElement[bool]:
        """Whether a line is in it."""
        inside = transfer.c.id > self.after
        return inside if self.last is None else inside & (transfer.c.id <= self.last)


@dataclass(frozen=True)
class Closing:
    """Lines summed up, and when the earliest and the latest of them were written."""

    id: int
    span: Span
    earliest_at: Milliseconds
    latest_at: Milliseconds


@dataclass(frozen=True)
class Draft:
    """A closing about to be written: what each project and person changed the wallet by."""

    account: AccountId
    span: Span
    earliest_at: Milliseconds
    latest_at: Milliseconds
    sums: tuple[tuple[str | None, str | None, int], ...]


def closings(tx: Connection, account: AccountId) -> list[Closing]:
    """All of a wallet's, in the order of their lines."""
    query = select(closing).where(closing.c.account == account).order_by(closing.c.after_id)
    return [
        Closing(row.id, Span(row.after_id, row.last_id), row.earliest_at, row.latest_at)
        for row in tx.execute(query)
    ]


def closed_sum(
    tx: Connection,
    ids: list[int],
    *,
    project_id: ProjectId | None = None,
    person_id: PersonId | None = None,
) -> int:
    """What these closings changed the wallet by; of the project and the person alone, if named."""
    query = select(func.sum(closing_sum.c.change)).where(closing_sum.c.closing_id.in_(ids))
    if project_id is not None:
        query = query.where(closing_sum.c.project_id == project_id)
    if person_id is not None:
        query = query.where(closing_sum.c.person_id == person_id)
    return int(tx.scalar(query) or 0)


def moves(account: AccountId, span: Span) -> Select[Any]:
    """The lines that moved a wallet, with the `change` of each.

    One side after the other: asked for both at once, SQLite reads the whole history.
    """
    sides = (
        (transfer.c.debit_account, -transfer.c.amount),
        (transfer.c.credit_account, transfer.c.amount),
    )
    parts = union_all(
        *(
            select(transfer, change.label("change")).where((side == account) & span.holds() & MOVES)
            for side, change in sides
        )
    ).subquery("moved")
    return select(parts)


def due(tx: Connection, now: Milliseconds) -> Iterator[Draft]:
    """What can be closed: of each wallet the oldest month that is over and not yet summed up."""
    homes = tx.execute(select(organization.c.id, organization.c.time_zone)).all()
    for home in homes:
        found = _next(tx, wallet(OrganizationId(home.id)), home.time_zone, now)
        if found is not None:
            yield found


def write(tx: Connection, draft: Draft, now: Milliseconds) -> bool:
    """Write a closing; False when another process was first."""
    if _last_id(tx, draft.account) != draft.span.after:
        return False
    new = {
        "account": draft.account,
        "after_id": draft.span.after,
        "last_id": draft.span.last,
        "earliest_at": draft.earliest_at,
        "latest_at": draft.latest_at,
        "created_at": now,
    }
    number = tx.execute(insert(closing).returning(closing.c.id), new).scalar_one()
    names = ("project_id", "person_id", "change")
    rows = [{"closing_id": number} | dict(zip(names, each, strict=True)) for each in draft.sums]
    tx.execute(insert(closing_sum), rows)
    return True


def _next(tx: Connection, account: AccountId, time_zone: str, now: Milliseconds) -> Draft | None:
    after = _last_id(tx, account)
    rest = Span(after, None)
    first = _first(tx, account, rest, literal(True))
    if first is None:
        return None
    end = window_end(Period.MONTH, first.created_at, time_zone)
    assert end is not None, "a month ends"
    if end > now:
        return None
    beyond = _first(tx, account, rest, transfer.c.created_at >= end)
    last = tx.scalar(select(func.max(transfer.c.id))) if beyond is None else beyond.id - 1
    span = Span(after, last)
    lines = moves(account, span).subquery("lines")
    columns = (lines.c.project_id, lines.c.person_id)
    rows = tx.execute(
        select(
            *columns,
            func.sum(lines.c.change),
            func.min(lines.c.created_at),
            func.max(lines.c.created_at),
        ).group_by(*columns)
    ).all()
    return Draft(
        account,
        span,
        Milliseconds(min(row[3] for row in rows)),
        Milliseconds(max(row[4] for row in rows)),
        tuple((row[0], row[1], row[2]) for row in rows),
    )


def _last_id(tx: Connection, account: AccountId) -> int:
    query = select(func.max(closing.c.last_id)).where(closing.c.account == account)
    return int(tx.scalar(query) or 0)


def _first(tx: Connection, account: AccountId, span: Span, which: ColumnElement[bool]) -> Any:
    """The first line, by its id, that moved the wallet and is such a one."""
    found = []
    for side in (transfer.c.debit_account, transfer.c.credit_account):
        query = select(transfer.c.id, transfer.c.created_at).where(
            (side == account) & span.holds() & MOVES & which
        )
        row = tx.execute(query.order_by(transfer.c.id).limit(1)).first()
        if row is not None:
            found.append(row)
    return min(found, key=lambda row: row.id, default=None)
