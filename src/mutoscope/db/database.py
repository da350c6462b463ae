"""One handle on the database: short write transactions, shorter read ones."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine


class Database:
    """A connection pool that knows the two kinds of transaction.

    `transaction()` may write; it takes the write lock at once, so that what it reads stays true
    until it commits. `snapshot()` only reads and never waits for a writer.
    """

    def __init__(
        self, engine: Engine, write_turn: AbstractContextManager[object] | None = None
    ) -> None:
        """`write_turn`: what a writer of this process holds for the length of its transaction."""
        self._engine = engine
        self._write_turn = write_turn or nullcontext()

    @property
    def engine(self) -> Engine:
        """The pool itself, for migrations."""
        return self._engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A unit of work: all of it is committed, or none of it happened."""
        with self._write_turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A consistent view that writes nothing."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(mutoscope_reads_only=True)
            yield connection

    def close(self) -> None:
        """Give back every pooled connection."""
        self._engine.dispose()
