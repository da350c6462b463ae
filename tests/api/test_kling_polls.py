"""Polling is answered from memory while nothing was committed, and never a moment longer."""

from typing import Any

import pytest
from sqlalchemy import event
from tests.support.kling_house import KlingHouse

TEXT = "/v1/videos/text2video"


@pytest.fixture
def polled(kling: KlingHouse) -> str:
    """A task that was asked after a moment ago."""
    task_id: str = kling.client().call("POST", TEXT, {"prompt": "a cat"})["task_id"]
    path = f"{TEXT}/{task_id}"
    assert kling.ask("GET", path).status_code == 200
    return path


def statements(kling: KlingHouse) -> list[str]:
    """What the database is asked from now on."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(kling.service.rooms.database.engine, "before_cursor_execute", note)
    return asked


def test_asking_again_asks_the_database_nothing(kling: KlingHouse, polled: str) -> None:
    asked = statements(kling)
    first, second = kling.ask("GET", polled).json(), kling.ask("GET", polled).json()
    assert asked == []
    assert first["data"] == second["data"]
    assert first["request_id"] != second["request_id"]


def test_the_answer_is_the_frameworks_own(kling: KlingHouse, polled: str) -> None:
    by_memory = kling.ask("GET", polled)
    # A HEAD or a list is none of memory's business; the list's item is the same object.
    [item] = kling.ask("GET", TEXT).json()["data"]
    assert by_memory.json()["data"] == item
    assert by_memory.headers["content-type"] == "application/json"
    assert list(by_memory.json()) == ["code", "message", "request_id", "data"]


def test_a_change_shows_at_once(kling: KlingHouse, polled: str) -> None:
    assert kling.ask("GET", polled).json()["data"]["task_status"] == "submitted"
    kling.work()
    assert kling.ask("GET", polled).json()["data"]["task_status"] == "succeed"


def test_a_revoked_key_is_turned_away_at_once(kling: KlingHouse, polled: str) -> None:
    rooms, owner = kling.service.rooms, kling.service.owner()
    assert owner.key_id is not None
    with rooms.database.transaction() as tx:
        rooms.keys.revoke(tx, owner.organization_id, owner.key_id)
    assert kling.ask("GET", polled).status_code == 401


def test_what_one_was_told_is_not_told_to_another(kling: KlingHouse, polled: str) -> None:
    stranger = kling.service.stranger().headers
    for headers in (stranger, {}, {"Authorization": "Bearer mk_guess"}):
        kling.ask("GET", polled)
        assert kling.ask("GET", polled, headers=headers).json()["code"] in {1201, 1001, 1002}


def test_links_are_those_of_the_host_that_was_asked(kling: KlingHouse, polled: str) -> None:
    kling.work()
    for host in ("one.example", "two.example"):
        headers = kling.service.headers | {"Host": host}
        [video] = kling.ask("GET", polled, headers=headers).json()["data"]["task_result"]["videos"]
        assert video["url"].startswith(f"http://{host}/files/")
