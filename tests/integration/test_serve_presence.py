"""Workers that go, by order or by accident, and what becomes of their jobs."""

import subprocess
import sys
from pathlib import Path

from tests.support.world import World

from mutoscope.core.ids import JobId
from mutoscope.core.state import JobState
from mutoscope.jobs import Presence, worker_name
from mutoscope.settings import Settings
from mutoscope.worker import Workbench

SIGNED_IN = """
import pathlib, sys, time
from mutoscope.jobs import Presence
with Presence(pathlib.Path(sys.argv[1])).sign_in("host:1:a"):
    print("here", flush=True)
    time.sleep(600)
"""


def test_a_worker_is_alive_until_it_signs_out(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "workers")
    assert presence.dead() == []
    with presence.sign_in("host:1:a"), presence.sign_in("host:2:b"):
        assert presence.dead() == []
    assert presence.dead() == []


def test_a_worker_that_was_killed_is_found_until_it_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "workers"
    presence = Presence(folder)
    with subprocess.Popen(
        [sys.executable, "-c", SIGNED_IN, str(folder)], stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"here\n"
        assert presence.dead() == []
        worker.kill()
        worker.wait()
    assert presence.dead() == ["host:1:a"]
    presence.forget("host:1:a")
    assert presence.dead() == []


def test_a_worker_hears_the_last_wish_until_it_is_granted(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "workers")
    with presence.sign_in("host:1:a"):
        assert presence.wishes("host:1:a") == {}
        presence.wish("host:1:a", "mini", is_loaded=True)
        presence.wish("host:1:a", "wan", is_loaded=True)
        presence.wish("host:1:a", "mini", is_loaded=False)
        presence.grant("host:1:a", "mini", is_loaded=True)
        assert presence.wishes("host:1:a") == {"mini": False, "wan": True}
        presence.grant("host:1:a", "mini", is_loaded=False)
        assert presence.wishes("host:1:a") == {"wan": True}
        assert presence.wishes("host:2:b") == {}
        assert list(presence.alive()) == ["host:1:a"]
    assert presence.wishes("host:1:a") == {}


def test_no_two_workers_share_a_name() -> None:
    assert worker_name() != worker_name()


def test_a_job_given_back_may_be_tried_as_often_as_before(world: World) -> None:
    generation = world.submit()
    for turn in range(1, 6):
        claim = world.claim()
        assert claim is not None
        assert (claim.attempt, claim.attempts_max) == (turn, 2 + turn)
        with world.rooms.database.transaction() as tx:
            world.rooms.jobs.give_back(tx, claim, "its worker was stopped")
        assert world.state(generation.id) is JobState.QUEUED


def test_a_stopped_worker_gives_back_what_it_has_claimed_but_not_begun_with(
    world: World, tmp_path: Path
) -> None:
    mine, others = world.submit(), world.submit()
    bench = Workbench(Settings(data=tmp_path), world.rooms)
    assert world.claim(bench.name) is not None
    assert world.claim("another") is not None
    bench.give_back()
    assert world.state(mine.id) is JobState.QUEUED
    assert world.state(others.id) is JobState.RUNNING
    with world.rooms.database.snapshot() as tx:
        assert world.rooms.jobs.history(tx, JobId(mine.id))[-1].detail == "its worker was stopped"


def test_the_jobs_of_a_dead_worker_are_recovered_before_their_leases_run_out(world: World) -> None:
    mine, others = world.submit(), world.submit()
    assert world.claim("dead") is not None
    assert world.claim("alive") is not None
    assert world.recover() == 0
    with world.rooms.database.transaction() as tx:
        assert world.rooms.jobs.end_leases(tx, owner="dead") == 1
    assert world.recover() == 1
    assert world.state(mine.id) is JobState.QUEUED
    assert world.state(others.id) is JobState.RUNNING
    with world.rooms.database.snapshot() as tx:
        assert world.rooms.jobs.history(tx, JobId(mine.id))[-1].detail == "its worker fell silent"
