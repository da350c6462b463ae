"""A disk that is full: the caller is told, nothing is charged, nothing is half there."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import event
from tests.support.web import Service

BODY = {"prompt": "a red car", "seconds": 1, "size": "480p"}


@pytest.fixture
def full(service: Service) -> Iterator[Service]:
    """SQLite itself says "database or disk is full" as soon as a page more is needed."""
    engine = service.rooms.database.engine

    def no_page_more(connection: sqlite3.Connection, *_: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "checkout", no_page_more)
    yield service
    event.remove(engine, "checkout", no_page_more)


def test_a_full_disk_refuses_new_work_and_keeps_the_books_whole(full: Service) -> None:
    statuses = set()
    for _ in range(400):
        answer = full.client.post("/api/v1/generations", json=BODY, headers=full.headers)
        statuses.add(answer.status_code)
        if answer.status_code != 202:
            break
    assert statuses == {202, 507}
    assert answer.json()["code"] == "storage_full"
    listed = full.client.get(
        "/api/v1/generations", params={"limit": 100}, headers=full.headers
    ).json()
    balance = full.client.get("/api/v1/credits", headers=full.headers).json()
    held = int(balance["held"])
    assert 10_000 - held == int(balance["available"])
    assert len(listed["items"]) == min(100, held)
