"""A dead worker's job does not wait for the queue of the living to be empty."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import psutil
from tests.support.program import PROGRAM, Service, environment, eventually, serving
from tests.support.program import wallet as wallet_of

BODY = {"prompt": "a red balloon over the sea", "seconds": 3, "size": "480p"}


def test_a_killed_workers_job_is_taken_up_though_others_wait(tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = {"MUTOSCOPE_HEARTBEAT_SECONDS": "1"}
    with serving(data, env=env) as service, service.client as api:
        # The first job is in the hands of a worker that will die; the queue stays long.
        eventually(lambda: _suspended_between_writes(service, data), "a worker at rest")
        more = psutil.Popen([PROGRAM, "worker", "--data", str(data)], env=environment(env))
        try:
            first = api.post("/generations", json=BODY).json()["id"]
            eventually(
                lambda: api.get(f"/generations/{first}").json()["state"] == "running", "a start"
            )
        finally:
            more.kill()
            more.wait()
        rest = [api.post("/generations", json=BODY).json()["id"] for _ in range(6)]
        service.child("worker").resume()

        eventually(lambda: _attempts(api, first) == 2, "a second attempt")
        states = {api.get(f"/generations/{each}").json()["state"] for each in rest}
        assert "queued" in states
        for each in (first, *rest):
            api.post(f"/generations/{each}/cancel")
        eventually(lambda: wallet_of(data)[1] == "0", "all credits back or spent")


def _suspended_between_writes(service: Service, data: Path) -> bool:
    """Stop the worker; let it go on when that caught it holding the database's write lock."""
    worker = service.child("worker")
    worker.suspend()
    eventually(lambda: worker.status() == psutil.STATUS_STOPPED, "a stopped worker")
    with closing(sqlite3.connect(data / "mutoscope.db", timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            worker.resume()
            return False
        db.execute("ROLLBACK")
    return True


def _attempts(api: httpx.Client, generation: str) -> int:
    reply = api.get(f"/generations/{generation}").json()
    return int(reply["attempt"])
