from pathlib import Path

import pytest
from sqlalchemy import insert

from mutoscope.core.clock import ManualClock
from mutoscope.core.errors import Conflict
from mutoscope.db import is_current, migrate, open_sqlite
from mutoscope.db.schema import schema_version


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "mutoscope.db")
    migrate(database, ManualClock())
    with database.transaction() as tx:
        tx.execute(insert(schema_version).values(number=9999, name="m9999_later", applied_at=1))
    with pytest.raises(Conflict, match="newer than this program knows"):
        migrate(database, ManualClock())
    with database.snapshot() as tx:
        assert not is_current(tx)
    database.close()


def test_a_database_that_was_never_migrated_is_not_current(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "mutoscope.db")
    with database.snapshot() as tx:
        assert not is_current(tx)
    database.close()
