"""Statements compiled once give what SQLAlchemy would."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from mutoscope.db import Database, open_sqlite, run_prepared

tables = MetaData()
thing = Table(
    "thing",
    tables,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False, server_default="7"),
)
NEW = insert(thing).returning(thing.c.id)
NAMED = select(thing).where((thing.c.name == bindparam("name")) & (thing.c.size > 1))
GIVEN = insert(thing)
GROWN = (
    update(thing).where(thing.c.id == bindparam("of")).values(size=thing.c.size + bindparam("by"))
)
COUNTED = select(func.count()).select_from(select(thing.c.id).limit(bindparam("most")).subquery())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_sqlite(tmp_path / "test.db")
    tables.create_all(database.engine)
    yield database
    database.close()


def test_rows_counts_and_constants_are_as_ever(database: Database) -> None:
    with database.transaction() as tx:
        first = run_prepared(tx, NEW, {"name": "a"}).scalar_one()
        second = run_prepared(tx, NEW, {"name": "b"}).scalar_one()
        assert (first, second) == (1, 2)
        assert run_prepared(tx, GROWN, {"of": second, "by": 3}).rowcount == 1
        assert run_prepared(tx, GROWN, {"of": 99, "by": 3}).rowcount == 0
        row = run_prepared(tx, NAMED, {"name": "b"}).one()
        assert (row.id, row.name, row.size) == (2, "b", 10)
        assert run_prepared(tx, NAMED, {"name": "c"}).first() is None
        assert [run_prepared(tx, COUNTED, {"most": most}).scalar_one() for most in (1, 9)] == [1, 2]


def test_what_the_database_refuses_is_the_error_it_ever_was(database: Database) -> None:
    with database.transaction() as tx:
        run_prepared(tx, GIVEN, {"id": 1, "name": "a secret"})
        with pytest.raises(IntegrityError, match="UNIQUE") as refused:
            run_prepared(tx, GIVEN, {"id": 1, "name": "a secret"})
    assert "secret" not in str(refused.value)


def test_a_missing_value_is_an_error_and_not_the_last_one(database: Database) -> None:
    with database.transaction() as tx:
        run_prepared(tx, NEW, {"name": "a"})
        with pytest.raises(KeyError, match="name"):
            run_prepared(tx, NAMED, {})
