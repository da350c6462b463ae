import pytest
from tests.support.flat_renderer import IMPOSSIBLE
from tests.support.kling_house import KlingHouse

from mutoscope.core.state import JobState

PATH = "/v1/videos/text2video"


@pytest.mark.parametrize("base", ["", "/kling"])
def test_a_client_that_signs_its_own_tokens_gets_its_video(kling: KlingHouse, base: str) -> None:
    client = kling.client(base)
    task = client.call("POST", PATH, {"prompt": "a red balloon over the sea", "duration": "5"})
    assert task["task_status"] == "submitted"
    assert task["task_id"].isdigit()
    assert len(task["task_id"]) == 18
    assert kling.work() is JobState.SUCCEEDED
    done = client.call("GET", f"{PATH}/{task['task_id']}")
    assert done["task_status"] == "succeed"
    assert done["final_unit_deduction"] == "1"
    [video] = done["task_result"]["videos"]
    assert video["duration"] == "5"
    assert client.sha256(video["url"]) == kling.find(task["task_id"]).results[0].blob


def test_a_task_is_found_by_the_name_its_caller_gave_it(kling: KlingHouse) -> None:
    client = kling.client()
    task = client.call("POST", PATH, {"prompt": "a cat", "external_task_id": "cat-1"})
    assert task["task_info"] == {"external_task_id": "cat-1"}
    assert client.call("GET", f"{PATH}/cat-1")["task_id"] == task["task_id"]


def test_a_name_is_given_once_and_charged_once(kling: KlingHouse) -> None:
    body = {"prompt": "a cat", "external_task_id": "cat-1"}
    assert kling.ask("POST", PATH, body).status_code == 200
    again = kling.ask("POST", PATH, body)
    assert again.status_code == 400
    assert again.json()["code"] == 1201
    assert again.json()["message"] == "External_task_id cat-1 already exists"
    assert kling.held() == 10_000


def test_a_task_that_fails_says_why_and_costs_nothing(kling: KlingHouse) -> None:
    client = kling.client()
    task = client.call("POST", PATH, {"prompt": f"something {IMPOSSIBLE}"})
    assert kling.work() is JobState.FAILED
    failed = client.call("GET", f"{PATH}/{task['task_id']}")
    assert failed["task_status"] == "failed"
    assert failed["task_status_msg"] == "the prompt asks for the impossible"
    assert failed["final_unit_deduction"] == "0"
    assert "task_result" not in failed


def test_a_canceled_task_is_a_failed_one(kling: KlingHouse) -> None:
    client = kling.client()
    task = client.call("POST", PATH, {"prompt": "a cat"})
    assert kling.ask("POST", f"/api/v1/generations/{task['task_id']}/cancel").status_code == 200
    canceled = client.call("GET", f"{PATH}/{task['task_id']}")
    assert canceled["task_status"] == "failed"
    assert canceled["task_status_msg"] == "canceled by its owner"


def test_a_task_that_is_tried_again_stays_processing(kling: KlingHouse) -> None:
    client = kling.client()
    task = client.call("POST", PATH, {"prompt": "a cat"})
    with kling.service.rooms.database.transaction() as tx:
        claim = kling.service.rooms.jobs.claim(tx, owner="test", lanes=["storyboard"])
        assert claim is not None
    assert client.call("GET", f"{PATH}/{task['task_id']}")["task_status"] == "processing"
    with kling.service.rooms.database.transaction() as tx:
        kling.service.rooms.jobs.put_back(tx, claim, "its worker fell silent")
    assert client.call("GET", f"{PATH}/{task['task_id']}")["task_status"] == "processing"


def test_pages_are_newest_first_and_hold_only_their_own_collection(kling: KlingHouse) -> None:
    client = kling.client()
    names = [f"task-{number}" for number in range(5)]
    for name in names:
        client.call("POST", PATH, {"prompt": "a cat", "external_task_id": name})
    kling.ask("POST", "/api/v1/generations", {"prompt": "not Kling's"})

    def page(number: int) -> list[str]:
        items = client.call("GET", f"{PATH}?pageNum={number}&pageSize=2")
        return [item["task_info"]["external_task_id"] for item in items]

    assert page(1) == ["task-4", "task-3"]
    assert page(2) == ["task-2", "task-1"]
    assert page(3) == ["task-0"]
    assert page(4) == []


@pytest.mark.parametrize("query", ["pageNum=0", "pageNum=1001", "pageSize=0", "pageSize=501"])
def test_a_page_that_is_none_is_refused_by_name(shared_kling: KlingHouse, query: str) -> None:
    reply = shared_kling.ask("GET", f"{PATH}?{query}")
    assert reply.status_code == 400
    assert reply.json()["code"] == 1201
    assert query.partition("=")[0] in reply.json()["message"]


def test_what_is_another_tenants_is_not_found(kling: KlingHouse) -> None:
    task = kling.client().call("POST", PATH, {"prompt": "a cat", "external_task_id": "mine"})
    stranger = kling.service.stranger()
    for name in (task["task_id"], "mine"):
        reply = kling.ask("GET", f"{PATH}/{name}", headers=stranger.headers)
        assert (reply.status_code, reply.json()["code"]) == (400, 1201)
        assert reply.json()["message"] == f"Task not found by id/external id: {name}"
    assert kling.ask("GET", PATH, headers=stranger.headers).json()["data"] == []
    theirs = {"prompt": "a cat", "external_task_id": "mine"}
    assert kling.ask("POST", PATH, theirs, headers=stranger.headers).status_code == 200


def test_an_empty_wallet_is_a_used_up_pack(kling: KlingHouse) -> None:
    kling.service.spend_everything()
    status, code, message = kling.refusal(PATH, {"prompt": "a cat"})
    assert (status, code) == (429, 1102)
    assert message.startswith("this may cost 10 credits and 0 are available")
    assert kling.client().call("GET", PATH) == []
