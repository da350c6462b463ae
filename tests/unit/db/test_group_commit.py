"""Writers who arrive together are committed together, and fail alone."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError

from mutoscope.db import open_sqlite
from mutoscope.db.database import Database

WRITERS = 8


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_sqlite(tmp_path / "test.db")
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        tx.execute(
            text(
                "CREATE TABLE line (id INTEGER PRIMARY KEY, parent INTEGER"
                " REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
            )
        )
    yield database
    database.close()


def write(database: Database, number: int, parent: int | None = None) -> None:
    with database.transaction() as tx:
        values = {"id": number, "parent": parent}
        tx.execute(text("INSERT INTO line VALUES (:id, :parent)"), values)
        if number < 0:
            raise ValueError(number)


def lines(database: Database) -> set[int]:
    with database.snapshot() as tx:
        return set(tx.scalars(text("SELECT id FROM line")))


def together(database: Database, works: Sequence[Callable[[], None]]) -> list[Future[None]]:
    """Run the works in threads of their own, all at the door before the first may leave."""
    at_the_door = threading.Event()
    with ThreadPoolExecutor(len(works) + 1) as pool:

        def first() -> None:
            with database.transaction() as tx:
                at_the_door.set()
                while database.writers_waiting < len(works):
                    threading.Event().wait(0.001)
                tx.execute(text("INSERT INTO line VALUES (1000, NULL)"))

        leader = pool.submit(first)
        at_the_door.wait()
        return [leader, *(pool.submit(work) for work in works)]


def test_writers_at_the_door_are_committed_at_once(database: Database) -> None:
    commits: list[Connection] = []
    event.listen(database.engine, "commit", commits.append)
    works = [partial(write, database, number) for number in range(1, WRITERS + 1)]
    futures = together(database, works)
    assert [future.exception() for future in futures] == [None] * (WRITERS + 1)
    assert lines(database) == {1000, *range(1, WRITERS + 1)}
    assert len(commits) == 1


def test_a_writer_that_fails_is_undone_alone(database: Database) -> None:
    works = [partial(write, database, number) for number in (1, -2, 3)]
    futures = together(database, works)
    assert [type(future.exception()) for future in futures] == [
        type(None), type(None), ValueError, type(None),
    ]  # fmt: skip
    assert lines(database) == {1, 3, 1000}


def test_nobody_is_answered_when_the_commit_fails(database: Database) -> None:
    works = [lambda: write(database, 1), lambda: write(database, 2, parent=77)]
    futures = together(database, works)
    assert [type(future.exception()) for future in futures] == [IntegrityError] * 3
    assert lines(database) == set()
    write(database, 3)
    assert lines(database) == {3}


def test_a_writer_alone_is_committed_when_it_leaves(database: Database) -> None:
    write(database, 1)
    with pytest.raises(ValueError, match="-2"):
        write(database, -2)
    assert lines(database) == {1}


def test_writers_go_in_in_the_order_of_coming(database: Database) -> None:
    order: list[int] = []
    with ThreadPoolExecutor(WRITERS) as pool:

        def enter(number: int) -> None:
            with database.transaction():
                order.append(number)

        with database.transaction():
            for number in range(WRITERS):
                pool.submit(enter, number)
                while database.writers_waiting <= number:
                    threading.Event().wait(0.001)
    assert order == list(range(WRITERS))
