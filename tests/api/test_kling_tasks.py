"""Asking after tasks of any kind, as the new standard does."""

from typing import Any

import pytest
from tests.support.kling_house import KlingHouse

TEXT = "/v1/videos/text2video"
IMAGES = "/v1/images/generations"


def create(kling: KlingHouse, *names: str, path: str = TEXT) -> list[str]:
    """Tasks with these names; their ids, oldest first."""
    client = kling.client()
    wishes = [{"prompt": "a cat", "external_task_id": name} for name in names]
    return [client.call("POST", path, wish)["task_id"] for wish in wishes]


def by_time(kling: KlingHouse, **query: Any) -> dict[str, Any]:
    reply = kling.ask("POST", "/tasks", query)
    assert reply.status_code == 200, reply.json()
    page: dict[str, Any] = reply.json()["data"]
    assert page["count"] == len(page["result"])
    return page


def names(page: dict[str, Any]) -> list[str]:
    return [task["external_id"] for task in page["result"]]


def test_pages_hang_together_and_end(kling: KlingHouse) -> None:
    create(kling, "1", "2", "3", "4", "5")
    first = by_time(kling, limit=2)
    assert (names(first), first["has_more"]) == (["5", "4"], True)
    # What is new meanwhile does not shift the pages.
    create(kling, "6")
    second = by_time(kling, limit=2, cursor=first["next_cursor"])
    assert (names(second), second["has_more"]) == (["3", "2"], True)
    last = by_time(kling, limit=2, cursor=second["next_cursor"])
    assert (names(last), last["has_more"], last["next_cursor"]) == (["1"], False, "")


def test_filters_choose_by_status_and_product(kling: KlingHouse) -> None:
    create(kling, "film")
    kling.work()
    create(kling, "later")
    create(kling, "picture", path=IMAGES)

    def found(key: str, *values: str) -> list[str]:
        return names(by_time(kling, filters=[{"key": key, "values": list(values)}]))

    assert found("status", "succeeded") == ["film"]
    assert found("status", "submitted", "processing") == ["picture", "later"]
    assert found("product_type", "image") == ["picture"]
    assert found("product_type", "try_on") == []
    both = [
        {"key": "status", "values": ["submitted"]},
        {"key": "product_type", "values": ["video"]},
    ]
    assert names(by_time(kling, filters=both)) == ["later"]


@pytest.mark.parametrize("spell", [int, str])
def test_times_are_milliseconds_as_numbers_or_strings(kling: KlingHouse, spell: Any) -> None:
    [task_id] = create(kling, "now")
    made = kling.find(task_id).created_at
    assert names(by_time(kling, start_time=spell(made), end_time=spell(made))) == ["now"]
    assert names(by_time(kling, end_time=spell(made - 1))) == []
    assert names(by_time(kling, start_time=spell(made + 1))) == []


def test_tasks_are_found_by_either_id_and_unknown_ones_left_out(kling: KlingHouse) -> None:
    first, second = create(kling, "a", "b")

    def found(query: str) -> list[str]:
        return [task["id"] for task in kling.ask("GET", f"/tasks?{query}").json()["data"]]

    assert found(f"task_ids={second},{first},7,nonsense,{second}") == [second, first]
    assert found("external_task_ids=a,nobody") == [first]
    assert found("task_ids=a") == []


def test_up_to_twenty_ids_are_asked_after(kling: KlingHouse) -> None:
    for count, status in ((20, 200), (21, 400)):
        ids = ",".join(str(number + 1) for number in range(count))
        assert kling.ask("GET", f"/tasks?task_ids={ids}").status_code == status
    for query in ("", "?task_ids=1&external_task_ids=a"):
        assert kling.ask("GET", f"/tasks{query}").json()["code"] == 1201


def test_nobody_sees_anothers_tasks_nor_what_is_not_klings(kling: KlingHouse) -> None:
    [mine] = create(kling, "mine")
    native = kling.ask("POST", "/api/v1/generations", {"prompt": "a dog"}).json()["id"]
    assert names(by_time(kling)) == ["mine"]
    assert kling.ask("GET", f"/tasks?task_ids={native}").json()["data"] == []
    stranger = kling.service.stranger().headers
    for query in (f"task_ids={mine}", "external_task_ids=mine"):
        assert kling.ask("GET", f"/tasks?{query}", headers=stranger).json()["data"] == []
    assert kling.ask("POST", "/tasks", {}, headers=stranger).json()["data"]["result"] == []


def test_a_task_is_found_only_in_its_own_collection(kling: KlingHouse) -> None:
    [mine] = create(kling, "mine")
    native = kling.ask("POST", "/api/v1/generations", {"prompt": "a dog"}).json()["id"]
    for path in (f"{IMAGES}/{mine}", f"{IMAGES}/mine", f"{TEXT}/{native}"):
        reply = kling.ask("GET", path)
        assert (reply.status_code, reply.json()["code"]) == (400, 1201)
