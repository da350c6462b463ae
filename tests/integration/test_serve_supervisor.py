"""Children die, are started again, and all end together."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from mutoscope.cli import supervisor as room
from mutoscope.cli.supervisor import Role, Supervisor

SLEEP = "import time; time.sleep(600)"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
HANDLERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stage:
    """Starts real processes and remembers them."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", self.program], stdout=subprocess.PIPE
        )
        self.started.append(process)
        return process


@pytest.fixture
def stage() -> Iterator[Callable[[str], Stage]]:
    """Makes stages; what was started on them and lives is killed at the end."""
    stages: list[Stage] = []
    before = {number: signal.getsignal(number) for number in HANDLERS}

    def make(program: str) -> Stage:
        stages.append(Stage(program))
        return stages[-1]

    yield make
    for process in (p for stage in stages for p in stage.started):
        process.kill()
        process.communicate()
    for number, handler in before.items():
        signal.signal(number, handler)


def watch_in_thread(supervisor: Supervisor) -> threading.Thread:
    thread = threading.Thread(target=supervisor.watch, daemon=True)
    thread.start()
    return thread


def wait_for(claim: Callable[[], bool]) -> None:
    for _ in range(3000):
        if claim():
            return
        threading.Event().wait(0.01)
    raise AssertionError("waited in vain")


def test_a_child_that_dies_is_started_again(stage: Callable[[str], Stage]) -> None:
    child = stage(SLEEP)
    supervisor = Supervisor([Role("worker", child.start, 10)])
    supervisor.start()
    thread = watch_in_thread(supervisor)
    child.started[0].kill()
    wait_for(lambda: len(child.started) == 2)
    assert child.started[1].poll() is None
    supervisor.stop()
    thread.join()
    supervisor.end()
    assert child.started[1].returncode == -signal.SIGTERM


def test_a_child_that_keeps_dying_is_started_later_and_later(
    stage: Callable[[str], Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "FIRST_PAUSE_SECONDS", 0.01)
    child = stage("raise SystemExit(3)")
    pauses: list[float] = []
    monkeypatch.setattr(
        room.log, "error", lambda _event, **fields: pauses.append(fields["again_in_seconds"])
    )
    supervisor = Supervisor([Role("web", child.start, 10)])
    supervisor.start()
    thread = watch_in_thread(supervisor)
    wait_for(lambda: len(pauses) >= 4)
    supervisor.stop()
    thread.join()
    supervisor.end()
    assert pauses[:4] == [0.02, 0.04, 0.08, 0.16]


def test_a_child_that_does_not_listen_is_killed(stage: Callable[[str], Stage]) -> None:
    child = stage(DEAF)
    supervisor = Supervisor([Role("worker", child.start, 0.05)])
    supervisor.start()
    stdout = child.started[0].stdout
    assert stdout is not None
    assert stdout.readline() == b"deaf\n"
    supervisor.end()
    assert child.started[0].returncode == -signal.SIGKILL


def test_a_signal_ends_the_watch(stage: Callable[[str], Stage]) -> None:
    child = stage(SLEEP)
    supervisor = Supervisor([Role("web", child.start, 10)])
    supervisor.start()
    signal.raise_signal(signal.SIGTERM)
    supervisor.watch()
    supervisor.end()
    assert child.started[0].returncode == -signal.SIGTERM
