"""Starts child processes, starts them again when they die, and stops them all together."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import structlog

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
# A child that lived this long did not die of how it was started.
SETTLED_SECONDS = 10.0
KILL_AFTER_SECONDS = 5.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Role:
    """A child to keep alive: its name, how it is started, how long it may take to stop."""

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    stop_seconds: float


@dataclass(frozen=True)
class Death:
    """A child has ended."""

    role: Role
    process: "subprocess.Popen[bytes]"


@dataclass
class Child:
    """A role, the process that plays it now, and how it went so far."""

    role: Role
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_again_at: float | None = None
    quick_deaths: int = field(default=0)


class Supervisor:
    """Watches its children from the main thread until a signal, or `stop()`, ends it all."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self._children = {role.name: Child(role) for role in roles}
        # Deaths, and None for a wish to stop. A SimpleQueue may be filled by a signal handler.
        self._news: SimpleQueue[Death | None] = SimpleQueue()

    def start(self) -> None:
        """Start every child, and hear signals from now on."""
        for number in STOP_SIGNALS:
            # What nohup or a shell had us ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda *_: self._news.put(None))
        for child in self._children.values():
            self._start(child)

    def stop(self) -> None:
        """Make `watch` return."""
        self._news.put(None)

    def watch(self) -> None:
        """Keep the children alive until a stop is asked for."""
        while True:
            try:
                news = self._news.get(timeout=self._pause())
            except Empty:
                self._start_due()
                continue
            if news is None:
                return
            self._mourn(news)

    def end(self) -> None:
        """Stop every child: politely, and after a while for good."""
        living = [c for c in self._children.values() if c.process and c.process.poll() is None]
        for child in living:
            assert child.process is not None
            child.process.terminate()
        for child in living:
            assert child.process is not None
            try:
                child.process.wait(child.role.stop_seconds)
            except subprocess.TimeoutExpired:
                log.warning("child does not stop; killed", child=child.role.name)
                child.process.kill()
                child.process.wait(KILL_AFTER_SECONDS)

    def _start(self, child: Child) -> None:
        child.process = child.role.start()
        child.started_at = time.monotonic()
        child.start_again_at = None
        log.info("started", child=child.role.name, pid=child.process.pid)
        threading.Thread(
            target=self._await_death, args=(child.role, child.process), daemon=True
        ).start()

    def _await_death(self, role: Role, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        self._news.put(Death(role, process))

    def _mourn(self, death: Death) -> None:
        """Plan the next start: soon after a long life, later and later after short ones."""
        child = self._children[death.role.name]
        lived = time.monotonic() - child.started_at
        child.quick_deaths = 0 if lived > SETTLED_SECONDS else child.quick_deaths + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**child.quick_deaths)
        child.start_again_at = time.monotonic() + pause
        log.error(
            "died",
            child=death.role.name,
            pid=death.process.pid,
            code=death.process.returncode,
            again_in_seconds=pause,
        )

    def _pause(self) -> float | None:
        """Seconds until the next start is due; None when none is planned."""
        due = [c.start_again_at for c in self._children.values() if c.start_again_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.start_again_at is not None and child.start_again_at <= now:
                self._start(child)
