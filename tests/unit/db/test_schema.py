from pathlib import Path

from sqlalchemy import create_engine, text

from mutoscope.core.clock import ManualClock
from mutoscope.db import is_current, migrate, open_sqlite
from mutoscope.db.schema import metadata


def test_the_migrations_build_exactly_the_schema(tmp_path: Path) -> None:
    migrated = open_sqlite(tmp_path / "migrated.db")
    migrate(migrated, ManualClock())
    declared = create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(declared)
    query = text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    with migrated.engine.connect() as one, declared.connect() as other:
        built = {row.name: " ".join(row.sql.split()) for row in one.execute(query)}
        wanted = {row.name: " ".join(row.sql.split()) for row in other.execute(query)}
    migrated.close()
    declared.dispose()
    assert built == wanted


def test_migrating_twice_applies_nothing_the_second_time(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "mutoscope.db")
    assert migrate(database, ManualClock())
    assert migrate(database, ManualClock()) == []
    with database.snapshot() as tx:
        assert is_current(tx)
    database.close()
