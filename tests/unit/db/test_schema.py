from pathlib import Path

from sqlalchemy import create_engine, text

from mutoscope.core.clock import ManualClock
from mutoscope.db import is_current, migrate, open_sqlite
from mutoscope.db.migrations import m0001_first, m0010_marks_and_sounds
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


def test_files_outlive_the_change_of_their_kinds(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "mutoscope.db")
    old = ("a", "o", 7, 0, "video", "blob", "video/mp4", 9, 2, 4, 6, 24, '{"x": 1}', 99)
    with database.transaction() as tx:
        for statement in m0001_first.STATEMENTS:
            tx.exec_driver_sql(statement)
        tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        marks = ", ".join("?" * len(old))
        tx.exec_driver_sql(f"INSERT INTO asset VALUES ({marks})", old)
        m0010_marks_and_sounds.upgrade(tx)
        kept = tx.exec_driver_sql("SELECT * FROM asset").all()
        tx.exec_driver_sql("DELETE FROM asset")  # its owner was never written
    assert [tuple(row) for row in kept] == [old]
    database.close()
