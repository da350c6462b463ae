"""The program as people run it: commands, and a server in processes of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from mutoscope.core.credits import credits_text
from mutoscope.generations import Rooms, audit_credits
from mutoscope.ledger import Discrepancy
from mutoscope.settings import Settings
from mutoscope.wiring import CREDENTIALS, administrator, open_rooms, open_seal

PROGRAM = str(Path(sys.executable).with_name("mutoscope"))
PATIENCE_SECONDS = 120
T = TypeVar("T")
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its output, which must be one JSON document."""
        return json.loads(self.out)


def environment(extra: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("MUTOSCOPE_")}
    return plain | {"NO_COLOR": "1", "COLUMNS": "200"} | dict(extra)


def run(
    *arguments: str, data: Path | None = None, env: Mapping[str, str] = NOTHING, text: str = ""
) -> Outcome:
    """Run a command to its end."""
    where = ("--data", str(data)) if data is not None else ()
    done = subprocess.run(
        [PROGRAM, *arguments, *where],
        env=environment(env),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def eventually(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


@dataclass(frozen=True)
class Service:
    """A running `mutoscope serve`."""

    process: "subprocess.Popen[str]"
    url: str
    data: Path
    greeting: str

    @property
    def headers(self) -> dict[str, str]:
        """The Authorization of the first key."""
        key = json.loads((self.data / CREDENTIALS).read_text())["api_key"]
        return {"Authorization": f"Bearer {key}"}

    @property
    def client(self) -> httpx.Client:
        """Our own API, with the first key."""
        return httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers=self.headers,
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def child(self, role: str) -> psutil.Process:
        """The web or worker process, as soon as there is one."""
        return eventually(lambda: self._child(role), f"a {role} process")

    def children(self) -> list[psutil.Process]:
        """Both."""
        return [self.child("web"), self.child("worker")]

    def stop(self) -> int:
        """As Ctrl-C would; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def _child(self, role: str) -> psutil.Process | None:
        for each in psutil.Process(self.process.pid).children():
            try:
                line = each.cmdline()
            except psutil.Error:  # Died while we looked.
                continue
            if "mutoscope.cli.children" in line and role in line:
                return each
        return None


def starting(
    data: Path, *arguments: str, env: Mapping[str, str] = NOTHING
) -> "subprocess.Popen[str]":
    """Start `mutoscope serve` and do not wait."""
    options = arguments if "--port" in arguments else ("--port", "0", *arguments)
    with (data.parent / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), *options],
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        )


@contextmanager
def serving(data: Path, *arguments: str, env: Mapping[str, str] = NOTHING) -> Iterator[Service]:
    """A server that answers; it and its children are gone at the end, whatever the test did."""
    process = starting(data, *arguments, env=env)
    patience = threading.Timer(PATIENCE_SECONDS, process.kill)
    patience.start()
    assert process.stdout is not None
    greeting = ""
    try:
        for line in process.stdout:
            greeting += line
            if "stop:" in line:
                break
        found = re.search(r"is ready: (\S+)", greeting)
        assert found, f"no greeting; log: {(data.parent / 'serve.log').read_text()}"
        patience.cancel()
        yield Service(process, found[1], data, greeting)
    finally:
        patience.cancel()
        family = _family(process)
        process.kill()
        process.wait()
        process.stdout.close()
        psutil.wait_procs(family, PATIENCE_SECONDS)


def _family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    try:
        return list(psutil.Process(process.pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


@contextmanager
def house(data: Path) -> Iterator[Rooms]:
    """The rooms of a data folder, opened beside whoever else has it open."""
    settings = Settings(data=data)
    rooms = open_rooms(settings, open_seal(settings))
    try:
        yield rooms
    finally:
        rooms.database.close()


def wallet(data: Path) -> tuple[str, str]:
    """The credits that may be spent, and those held, of the first organization."""
    with house(data) as rooms, rooms.database.snapshot() as tx:
        balance = rooms.ledger.balance(tx, administrator(rooms).organization_id)
    return credits_text(balance.available), credits_text(balance.held)


def discrepancies(data: Path) -> list[Discrepancy]:
    """What an audit finds."""
    with house(data) as rooms:
        return audit_credits(rooms)
