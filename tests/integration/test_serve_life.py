"""A server's life: start, answer, stop, and what happens when parts of it are killed."""

import re
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests.support.program import (
    PATIENCE_SECONDS,
    PROGRAM,
    Service,
    discrepancies,
    environment,
    eventually,
    house,
    run,
    serving,
)

from mutoscope.core.ids import GenerationId, JobId
from mutoscope.core.request import Task, Wish
from mutoscope.core.state import JobState
from mutoscope.generations import Rooms, Submission, submit
from mutoscope.wiring import local_owner

LONG_JOB = {"prompt": "a red car in the desert", "size": "480p", "seconds": 4, "seed": 7}
SHORT_JOB = {"prompt": "月亮下的猫", "size": "480p", "seconds": 1, "seed": 7}


def begin(service: Service) -> str:
    """Ask for a video and wait until the worker has begun with it; freezes the worker there."""
    with service.client as client:
        job_id = client.post("/generations", json=LONG_JOB).raise_for_status().json()["id"]
        eventually(lambda: client.get(f"/generations/{job_id}").json()["state"] == "running", "it")
    worker = service.child("worker")
    worker.send_signal(signal.SIGSTOP)
    eventually(lambda: worker.status() == psutil.STATUS_STOPPED, "the worker to freeze")
    return str(job_id)


def end_of(service: Service, job_id: str) -> dict[str, object]:
    """How the job ended."""

    def ended() -> dict[str, object] | None:
        reply = dict(client.get(f"/generations/{job_id}").json())
        return reply if reply["state"] in {"succeeded", "failed", "canceled"} else None

    with service.client as client:
        return eventually(ended, "the job's end")


def is_gone(process: psutil.Process) -> bool:
    """It has ended, even if nobody has buried it yet."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def is_told_to_stop(process: psutil.Process) -> bool:
    """A SIGTERM waits for this frozen process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    pending = re.search(r"^ShdPnd:\s*(\w+)", status, re.MULTILINE)
    assert pending is not None
    return bool(int(pending[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_a_server_answers_and_leaves_nothing_running_when_stopped(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        with service.client as client:
            assert client.get("/models").raise_for_status().json()["items"][0]["id"] == "storyboard"
            assert client.get("/ready").json()["status"] == "ok"
        family = service.children()
        assert service.stop() == 0
        assert all(is_gone(process) for process in family)
        with pytest.raises(httpx.ConnectError):
            httpx.get(service.url, trust_env=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One server for the tests that leave it running."""
    with serving(tmp_path_factory.mktemp("server") / "data") as service:
        yield service


def test_the_first_start_gives_credentials_and_a_link_that_signs_in_once(server: Service) -> None:
    token = re.search(r"/sign-in\?token=(\S+)", server.greeting)
    assert token is not None
    assert stat.S_IMODE((server.data / "credentials.json").stat().st_mode) == 0o600
    with house(server.data) as rooms, rooms.database.transaction() as tx:
        assert rooms.people.use_link(tx, token[1]).email == "admin@localhost"


def test_commands_beside_the_server_print_links_that_lead_to_it(server: Service) -> None:
    taken = run("organizations", "create", "Acme", "--owner", "ann@example.org", data=server.data)
    link = taken.out.splitlines()[1]
    assert link.startswith(f"{server.url}/sign-in?token=")
    assert "This link signs you in" in httpx.get(link, trust_env=False).text
    elsewhere = {"MUTOSCOPE_PUBLIC_URL": "https://video.example.org/"}
    again = run("people", "link", "ann@example.org", data=server.data, env=elsewhere)
    assert again.out.startswith("https://video.example.org/sign-in?token=")


def test_a_second_server_on_the_same_data_is_refused_and_harms_nothing(server: Service) -> None:
    second = run("serve", "--port", "0", data=server.data)
    assert second.code == 1
    assert "another server runs on" in second.err
    assert "Traceback" not in second.err
    with server.client as client:
        client.get("/models").raise_for_status()


def test_a_port_in_use_is_named_with_the_way_out(server: Service, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    second = run("serve", "--port", port, data=tmp_path / "other")
    assert second.code == 1
    assert f"port {port} on 127.0.0.1 is in use" in second.err
    assert f"--port {int(port) + 1}" in second.err


def test_a_killed_web_process_comes_back_at_the_same_address(server: Service) -> None:
    killed = server.child("web")
    killed.kill()
    with server.client as client:
        # The supervisor keeps the socket: who connects now is answered by the successor.
        assert client.get("/health").is_success
    assert server.child("web").pid != killed.pid


def test_a_public_address_is_refused_until_an_administrator_has_a_password(tmp_path: Path) -> None:
    data = tmp_path / "data"
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", data=data)
    assert refused.code == 1
    assert "no administrator has a password" in refused.err
    assert "mutoscope people password admin@localhost" in refused.err
    assert run("people", "password", "admin@localhost", data=data, text="correct horse\n").code == 0
    with serving(data, "--host", "0.0.0.0") as service:
        assert httpx.get(f"{service.url}/api/v1/health", trust_env=False).status_code == 200
        assert "sign-in" not in service.greeting


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        family = service.children()
        service.process.kill()
        _, alive = psutil.wait_procs(family, PATIENCE_SECONDS)
        assert not alive
        port = service.url.rpartition(":")[2]
        with serving(tmp_path / "data", "--port", port) as successor, successor.client as client:
            client.get("/models").raise_for_status()


def test_a_killed_worker_is_replaced_and_its_job_is_done_by_the_next(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        job_id = begin(service)
        service.child("worker").kill()
        done = end_of(service, job_id)
        assert (done["state"], done["attempt"]) == ("succeeded", 2)
    assert discrepancies(tmp_path / "data") == []


def test_a_stopped_server_gives_its_job_back_and_does_it_after_the_restart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # One try is all it gets: being stopped must not count as one.
    env = {"MUTOSCOPE_STOP_GRACE_SECONDS": "0", "MUTOSCOPE_ATTEMPTS_MAX": "1"}
    with serving(data, env=env) as service:
        job_id = begin(service)
        worker = service.child("worker")
        service.process.send_signal(signal.SIGTERM)
        eventually(lambda: is_told_to_stop(worker), "the signal to reach the worker")
        worker.send_signal(signal.SIGCONT)
        assert service.process.wait(PATIENCE_SECONDS) == 0
    given_back = run("jobs", "show", job_id, "--json", data=data).document
    assert given_back["state"] == "queued"
    assert given_back["history"][-1]["detail"] == "its worker was stopped"
    with serving(data, env=env) as service:
        assert end_of(service, job_id)["state"] == "succeeded"
    assert discrepancies(data) == []


def test_speech_does_not_stand_behind_a_film(server: Service) -> None:
    film = {"prompt": "rain over a city", "size": "1080p", "seconds": 15, "seed": 7}
    speech = {"text": "Quiet, please.", "voice_id": "oversea_male1", "voice_language": "en"}
    with server.client as client:
        job = client.post("/generations", json=film).raise_for_status().json()["id"]
        eventually(lambda: client.get(f"/generations/{job}").json()["state"] == "running", "it")
        reply = client.post(f"{server.url}/v1/audio/tts", json=speech)
        assert client.get(f"/generations/{job}").json()["state"] == "running"
        client.post(f"/generations/{job}/cancel").raise_for_status()
    assert reply.json()["code"] == 0, reply.text
    assert reply.json()["data"]["task_status"] == "succeed"


def test_a_stopped_server_lets_a_short_job_finish(tmp_path: Path) -> None:
    with serving(tmp_path / "data", env={"MUTOSCOPE_STOP_GRACE_SECONDS": "100"}) as service:
        with service.client as client:
            job_id = client.post("/generations", json=SHORT_JOB).raise_for_status().json()["id"]
            path = f"/generations/{job_id}"
            eventually(lambda: client.get(path).json()["state"] != "queued", "a claim")
        assert service.stop() == 0
    assert run("jobs", "show", job_id, "--json", data=tmp_path / "data").document["state"] == (
        "succeeded"
    )


def test_one_more_worker_takes_jobs_and_leaves_when_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with house(data) as rooms:
        wish = Wish(prompt="a cat", task=Task.TEXT_TO_VIDEO, size="480p", seconds=1)
        job_id = submit(rooms, Submission(wish=wish), local_owner(rooms)).id
        worker = subprocess.Popen([PROGRAM, "worker", "--data", str(data)], env=environment())
        try:
            eventually(lambda: state_of(rooms, job_id) is JobState.SUCCEEDED, "the video")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE_SECONDS) == 0
        finally:
            worker.kill()
            worker.wait()
    assert list((data / "workers").iterdir()) == []


def state_of(rooms: Rooms, job_id: GenerationId) -> JobState:
    """Where a job is."""
    with rooms.database.snapshot() as tx:
        return rooms.jobs.find(tx, JobId(job_id)).state
