"""SQLite: one file, many readers, one writer at a time."""

import sqlite3
import threading
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from mutoscope.db.database import Database

BUSY_TIMEOUT_SECONDS = 30
PRAGMAS = (
    "journal_mode=wal",
    # FULL: a commit that was answered survives a power cut, not only a crash.
    "synchronous=full",
    "foreign_keys=on",
    "temp_store=memory",
    "cache_size=-8000",
)


def open_sqlite(path: Path) -> Database:
    """Open (or create) the database file. The folder must exist and be on a local disk."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        # Autocommit in the driver: transactions begin where `Database` says so.
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None},
        pool_size=16,
        max_overflow=48,
    )

    @event.listens_for(engine, "connect")
    def _on_connect(dbapi: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}")

    return Database(engine, DataVersion(engine))


class DataVersion:
    """SQLite's own count of other connections' commits, asked of a connection that never writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: PoolProxiedConnection | None = None
        self._turn = threading.Lock()

    def __call__(self) -> int:
        """The count now; comparable only with what this object said before."""
        with self._turn:
            if self._connection is None:
                # Never given back: another connection's count is another one.
                self._connection = self._engine.raw_connection()
                self._connection.detach()
            cursor = self._connection.cursor()
            try:
                return int(cursor.execute("PRAGMA data_version").fetchone()[0])
            finally:
                cursor.close()
