"""A statement as a table for accountants: CSV, as RFC 4180 has it."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import credits_text
from mutoscope.ledger.statements import Statement

COLUMNS = ("time", "transfer", "what", "generation", "project", "person", "change", "balance")


def statement_csv(statement: Statement) -> Iterator[str]:
    """One text a row: the opening, every line, the closing."""
    yield _row(*COLUMNS)
    opening, closing = credits_text(statement.opening), credits_text(statement.closing)
    yield _row(_time(statement.begins_at), "", "opening", "", "", "", "", opening)
    for line in statement.lines:
        moved = line.transfer
        yield _row(
            _time(moved.created_at),
            str(moved.id),
            moved.code,
            moved.subject,
            moved.project_id or "",
            moved.person_id or "",
            credits_text(line.change),
            credits_text(line.balance),
        )
    yield _row(_time(statement.ends_at), "", "closing", "", "", "", "", closing)


def _row(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _time(at: Milliseconds) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
