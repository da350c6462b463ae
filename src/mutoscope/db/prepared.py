"""Statements of the busiest paths, compiled once and given to the driver: a fifth of the time.

SQLAlchemy spends more on finding the compiled form of a statement, and on making a result of what
comes back, than SQLite on running it. Here the compiled text is kept with the statement, the driver
runs it, and rows come back as it gives them: booleans are 0 and 1.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler

MakeRow = Callable[[Iterable[Any]], Any]


class _Ready:
    """A statement's text, the names of its places in order, and the values it brings along."""

    def __init__(self, tx: Connection, statement: Executable, given: Mapping[str, Any]) -> None:
        # An insert names the columns that it is given, the first time as ever after.
        compiled: Any = statement.compile(tx, column_keys=list(given))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None, "the driver takes parameters by position"
        self.statement = statement  # kept, so that its id stays its own
        self.text = str(compiled)
        self.names = tuple(compiled.positiontup)
        self.constants = {k: v for k, v in compiled.params.items() if k not in given}
        self.make_row: MakeRow | None = None

    def row_maker(self, cursor: sqlite3.Cursor) -> MakeRow:
        """What names the columns of a row; known once the statement has run."""
        if self.make_row is None:
            names = [column[0] for column in cursor.description]
            row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
            self.make_row = row._make
        assert self.make_row is not None
        return self.make_row


class Answer:
    """What a prepared statement gave: rows with the columns as attributes, or a count of rows."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        """`rowcount`: how many rows an update or a delete concerned."""
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        """The rows."""
        return iter(self._rows)

    def all(self) -> list[Any]:
        """The rows."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row. NoResultFound or MultipleResultsFound when it is not."""
        if len(self._rows) == 1:
            return self._rows[0]
        raise MultipleResultsFound if self._rows else NoResultFound

    def scalar_one(self) -> Any:
        """The first value of the only row."""
        return self.one()[0]


_ready: dict[int, _Ready] = {}


def run_prepared(tx: Connection, statement: Executable, given: Mapping[str, Any]) -> Answer:
    """Execute a statement that lives as long as the process, with one set of values.

    Raises what SQLAlchemy would: IntegrityError, OperationalError.
    """
    ready = _ready.get(id(statement))
    if ready is None:
        ready = _ready[id(statement)] = _Ready(tx, statement, given)
    values = {**ready.constants, **given} if ready.constants else given
    places = tuple([values[name] for name in ready.names])
    driver: Any = tx.connection.dbapi_connection
    listeners = tx.dispatch.before_cursor_execute
    if listeners:
        listeners(tx, None, ready.text, places, None, False)
    try:
        cursor = driver.execute(ready.text, places)
        # All of them at once: a statement that is not done would keep the commit from happening.
        rows = cursor.fetchall()
    except sqlite3.Error as error:
        # No more than its kind and the statement: the values are somebody's.
        raise DBAPIError.instance(
            ready.text, None, error, sqlite3.Error, hide_parameters=True, dialect=tx.dialect
        ) from error
    return Answer(list(map(ready.row_maker(cursor), rows)) if rows else rows, cursor.rowcount)
