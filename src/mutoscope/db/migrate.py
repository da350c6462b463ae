"""Numbered, forward-only migrations: `migrations/NNNN_name.py`, each with `upgrade(tx)`."""

import importlib
import pkgutil
import re

from sqlalchemy import Connection, inspect, select

from mutoscope.core.clock import Clock
from mutoscope.core.errors import Conflict
from mutoscope.db import migrations
from mutoscope.db.database import Database
from mutoscope.db.schema import schema_version

_NAME = re.compile(r"m(\d{4})_\w+")


def migration_names() -> list[str]:
    """Module names of all migrations, in order."""
    return sorted(m.name for m in pkgutil.iter_modules(migrations.__path__) if _NAME.match(m.name))


def migrate(database: Database, clock: Clock) -> list[str]:
    """Bring the database up to this version; returns the names of what was applied.

    All in one transaction: two processes that start together apply it once.
    """
    with database.transaction() as tx:
        schema_version.create(tx, checkfirst=True)
        applied = set(tx.scalars(select(schema_version.c.number)))
        names = migration_names()
        known = {_number(name) for name in names}
        if applied - known:
            raise Conflict(
                f"the database is at version {max(applied)}, newer than this program knows "
                f"({max(known)})",
                fix="start the newer Mutoscope, or restore the backup made before the update",
            )
        missing = [name for name in names if _number(name) not in applied]
        for name in missing:
            _apply(tx, name, clock)
        return missing


def _apply(tx: Connection, name: str, clock: Clock) -> None:
    importlib.import_module(f"mutoscope.db.migrations.{name}").upgrade(tx)
    tx.execute(
        schema_version.insert().values(number=_number(name), name=name, applied_at=clock.now())
    )


def _number(name: str) -> int:
    match = _NAME.match(name)
    assert match is not None
    return int(match.group(1))


def is_current(tx: Connection) -> bool:
    """Whether every migration has been applied (asked by the readiness check)."""
    if not inspect(tx).has_table("schema_version"):
        return False
    applied = set(tx.scalars(select(schema_version.c.number)))
    return applied == {_number(name) for name in migration_names()}
