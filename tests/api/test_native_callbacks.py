"""Callbacks and limits of our own API."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.elsewhere import Elsewhere, elsewhere, reply
from tests.support.web import Service, open_service

from mutoscope.worker import Workbench

BODY = {"prompt": "a red car", "seconds": 1, "size": "480p"}
GENERATIONS = "/api/v1/generations"


@pytest.fixture
def place() -> Iterator[Elsewhere]:
    """Where callbacks go."""
    with elsewhere(reply()) as place:
        yield place


def hook(place: Elsewhere, path: str = "/hook") -> str:
    return f"http://127.0.0.1:{place.port}{path}"


@pytest.fixture
def open_house(place: Elsewhere, tmp_path: Path) -> Iterator[Service]:
    """A house that may reach that place."""
    allowed = f"127.0.0.1:{place.port}+private"
    with open_service(tmp_path / "data", allowed_hosts=allowed) as service:
        yield service


def test_the_callback_is_what_a_get_answers(open_house: Service, place: Elsewhere) -> None:
    client, headers = open_house.client, open_house.headers
    body = BODY | {"callback_url": hook(place)}
    made = client.post(GENERATIONS, json=body, headers=headers).json()
    open_house.work()
    messenger = Workbench(open_house.settings, open_house.rooms).messenger()
    while messenger.deliver_one():
        pass
    told = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in place.requests]
    assert [each["state"] for each in told] == ["queued", "running", "succeeded"]
    final = client.get(f"{GENERATIONS}/{made['id']}", headers=headers).json()
    assert told[-1] == final
    # Told late, when the film was made already: what came later is not in it.
    for early in told[:2]:
        assert (early["results"], early["notes"], early["timings"]) == ([], [], {})
        assert (early["progress"]["share"], early["credits"]["cost"]) == (0, None)
    assert client.get(told[-1]["results"][0]["link"]).status_code == 200


def test_an_offline_service_refuses_callbacks(service: Service) -> None:
    body = BODY | {"callback_url": "https://example.com/hook"}
    answer = service.client.post(GENERATIONS, json=body, headers=service.headers)
    assert answer.status_code == 400
    problem = answer.json()
    assert (problem["code"], problem["field"]) == ("url_refused", "callback_url")
    assert "MUTOSCOPE_ALLOWED_HOSTS" in problem["fix"]


def test_a_key_that_asks_too_often_is_slowed_down(tmp_path: Path) -> None:
    with open_service(tmp_path / "data", requests_per_minute=3) as service:
        stranger = service.stranger()
        answers = [service.client.get(GENERATIONS, headers=service.headers) for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        problem = answers[-1].json()
        assert problem["code"] == "rate_limited"
        assert "3 requests a minute" in problem["detail"]
        assert service.client.get(GENERATIONS, headers=stranger.headers).status_code == 200
        assert service.client.get("/api/v1/health").status_code == 200


def test_more_generations_than_may_be_under_way_are_refused(tmp_path: Path) -> None:
    with open_service(tmp_path / "data", jobs_at_once_max=1) as service:
        first = service.client.post(GENERATIONS, json=BODY, headers=service.headers)
        second = service.client.post(GENERATIONS, json=BODY, headers=service.headers)
    assert (first.status_code, second.status_code) == (202, 429)
    assert second.json()["code"] == "too_many_jobs"
