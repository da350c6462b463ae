"""One handle on the database: short write transactions, shorter read ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from mutoscope.db.group_commit import GroupCommit

# Said here and not in a listener of the engine's: with one, every statement asks for listeners.
READ = "BEGIN"


class Database:
    """A connection pool that knows the two kinds of transaction.

    `transaction()` may write; it takes the write lock at once, so that what it reads stays true
    until it commits. `snapshot()` only reads and never waits for a writer.
    """

    def __init__(self, engine: Engine, changes: Callable[[], int]) -> None:
        """`changes`: a number that is another one after every commit, whoever made it."""
        self._engine = engine
        self._changes = changes
        self._writers = GroupCommit(engine)

    @property
    def engine(self) -> Engine:
        """The pool itself, for migrations."""
        return self._engine

    @property
    def writers_waiting(self) -> int:
        """How many writers of this process wait for their turn."""
        return self._writers.waiting

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A unit of work: on the disk when this returns, or none of it happened."""
        with self._writers.member() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A consistent view that writes nothing."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql(READ)
            yield connection

    def changes(self) -> int:
        """A number that is another one once anybody, in any process, has committed.

        What was read after asking for it is still true while it stays the same.
        """
        return self._changes()

    def close(self) -> None:
        """Give back every pooled connection."""
        self._engine.dispose()
