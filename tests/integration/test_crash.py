"""Kill web and worker at random points of 50 jobs: nothing is lost, doubled or lied about."""

import random
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
from tests.support.program import Service, serving

from mutoscope.core.ids import GenerationId, JobId
from mutoscope.core.state import JobState
from mutoscope.generations.audit import audit_credits
from mutoscope.settings import Settings
from mutoscope.wiring import open_rooms, open_seal

JOBS = 50
KILLS = 25
PATIENCE_SECONDS = 240
SETTINGS = {"MUTOSCOPE_ATTEMPTS_MAX": "20", "MUTOSCOPE_WELCOME_CREDITS": str(JOBS)}
BODY = {"prompt": "a red balloon over the sea", "seconds": 1, "size": "480p"}


def persistently(service: Service, method: str, path: str, **options: object) -> httpx.Response:
    """Ask again until somebody answers: the server may just have been killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            return httpx.request(
                method,
                service.url + path,
                timeout=10,
                **options,  # type: ignore[arg-type]
            )
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("nobody answers any more")


def submit(service: Service, number: int) -> GenerationId:
    """Ask once, however often it takes: the key makes the repeats harmless."""
    headers = service.headers | {"Idempotency-Key": f"job-{number}"}
    body = BODY | {"seed": number}
    answer = persistently(service, "POST", "/api/v1/generations", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return GenerationId(int(answer.json()["id"]))


def kill_now_and_then(service: Service, stop: threading.Event) -> None:
    chance = random.Random(20261123)
    for _ in range(KILLS):
        if stop.wait(chance.uniform(0.2, 1.6)):
            return
        with suppress(psutil.Error):  # It may have died of the last kill only now.
            service.child(chance.choice(["web", "worker"])).kill()


def wait_for_the_end(service: Service, ids: list[GenerationId]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    left = set(ids)
    while left and time.monotonic() < deadline:
        for generation_id in sorted(left):
            path = f"/api/v1/generations/{generation_id}"
            answer = persistently(service, "GET", path, headers=service.headers)
            if JobState(answer.json()["state"]).is_terminal:
                left.discard(generation_id)
        time.sleep(0.2)
    assert not left, f"{len(left)} jobs never ended"


def test_nothing_is_lost_or_doubled_when_everything_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, env=SETTINGS) as service:
        stop = threading.Event()
        killer = threading.Thread(target=kill_now_and_then, args=(service, stop))
        killer.start()
        ids = [submit(service, number) for number in range(JOBS)]
        again = [submit(service, number) for number in range(0, JOBS, 7)]
        wait_for_the_end(service, ids)
        stop.set()
        killer.join()

    assert len(set(ids)) == JOBS
    assert again == ids[::7]
    settings = Settings(data=data)
    rooms = open_rooms(settings, open_seal(settings))
    with rooms.database.snapshot() as tx:
        states = [rooms.jobs.find(tx, JobId(generation_id)).state for generation_id in ids]
        videos = tx.exec_driver_sql(
            "SELECT generation_id, count(*) FROM asset WHERE kind = 'video' GROUP BY 1"
        ).all()
        charges = tx.exec_driver_sql(
            "SELECT subject, count(*), sum(amount) FROM transfer"
            " WHERE kind = 'post_hold' GROUP BY 1"
        ).all()
    wrong = audit_credits(rooms)
    rooms.database.close()
    assert states == [JobState.SUCCEEDED] * JOBS
    assert sorted(videos) == [(generation_id, 1) for generation_id in sorted(ids)]
    assert sorted(charges) == sorted((str(generation_id), 1, 1000) for generation_id in ids)
    assert wrong == []
