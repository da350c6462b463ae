"""Statements: where the balance stood, every line that moved it, and where it stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId
from mutoscope.ledger.accounts import wallet
from mutoscope.ledger.closings import Span, closed_sum, closings, moves
from mutoscope.ledger.transfers import Transfer, from_row


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
    """What moved between two moments; of the project and the person alone, where one is named.

    Lines of closed months before it are not read: their sums are.
    """
    begin, end = span
    mine = wallet(organization)
    known = closings(tx, mine)
    before = [each.id for each in known if each.latest_at < begin]
    opening = closed_sum(tx, before, project_id=project_id, person_id=person_id)
    spans = [each.span for each in known if each.earliest_at < end and each.latest_at >= begin]
    spans.append(Span(known[-1].span.last or 0 if known else 0, None))
    rows: list[Row[Any]] = []
    for each in spans:
        lines = moves(mine, each).subquery("lines")
        wanted = lines.c.created_at < end
        if project_id is not None:
            wanted &= lines.c.project_id == project_id
        if person_id is not None:
            wanted &= lines.c.person_id == person_id
        earlier = lines.c.created_at < begin
        opening += tx.scalar(select(func.sum(lines.c.change)).where(wanted & earlier)) or 0
        rows += tx.execute(select(lines).where(wanted & ~earlier)).all()
    rows.sort(key=lambda row: (row.created_at, row.id))
    # What a wallet paid is what a project or a person has spent.
    sign = 1 if project_id is None and person_id is None else -1
    moved = tuple(_lines(rows, sign * opening, sign))
    opened = Millicredits(sign * opening)
    return Statement(begin, end, opened, moved, moved[-1].balance if moved else opened)


def _lines(rows: Iterable[Row[Any]], opening: int, sign: int) -> Iterator[Line]:
    balance = opening
    for row in rows:
        change = Millicredits(sign * row.change)
        balance += change
        yield Line(from_row(row), change, Millicredits(balance))
