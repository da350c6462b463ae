"""What `mutoscope serve` does: one server on a data folder, its address, its two children."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import typer
from filelock import FileLock, Timeout

from mutoscope import __version__
from mutoscope.cli.listening import is_loopback, listen, url_of
from mutoscope.cli.logs import set_up_logs
from mutoscope.cli.supervisor import Role, Supervisor
from mutoscope.core.errors import Conflict, NotPermitted
from mutoscope.generations import Rooms
from mutoscope.settings import Settings
from mutoscope.wiring import (
    ADDRESS,
    ADMINISTRATOR,
    CREDENTIALS,
    LOCK,
    administrator,
    open_rooms,
    open_seal,
)

log = structlog.get_logger()

WEB_STOP_SECONDS = 5.0
# Beyond its grace, a worker needs a moment to give its job back.
WORKER_STOP_SECONDS = 10.0


def run_service(settings: Settings) -> int:
    """Serve until stopped; returns the exit code."""
    set_up_logs("info")
    with _only_server(settings), listen(settings.host, settings.port) as listener:
        rooms = open_rooms(settings, open_seal(settings))
        _refuse_strangers(settings, rooms)
        service = Service(settings, rooms, listener)
        try:
            return service.run()
        finally:
            service.end()


@contextmanager
def _only_server(settings: Settings) -> Iterator[None]:
    """Hold the data folder for this server. Conflict when another one has it."""
    open_seal(settings)  # Makes the folder.
    lock = FileLock(settings.data / LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise Conflict(
            f"another server runs on {settings.data}",
            field="--data",
            fix="use that one, stop it, or choose another folder; "
            "`mutoscope worker` adds a worker to it",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _refuse_strangers(settings: Settings, rooms: Rooms) -> None:
    if is_loopback(settings.host):
        return
    with rooms.database.snapshot() as tx:
        if rooms.people.an_administrator_has_a_password(tx):
            return
    raise NotPermitted(
        f"{settings.host} can be reached by others, and no administrator has a password yet",
        field="--host",
        fix=f"mutoscope people password {ADMINISTRATOR} --data {settings.data}",
    )


class Service:
    """The web process and the worker, and the lifeline that ends them with us."""

    def __init__(self, settings: Settings, rooms: Rooms, listener: socket.socket) -> None:
        self._settings = settings
        self._rooms = rooms
        self._listener = listener
        # We alone hold the second end; it closes when we die, however we die.
        self._lifeline, self._our_end = os.pipe()
        self._has_greeted = False
        self._is_broken = False
        self._supervisor = Supervisor(
            [
                Role("web", self._start_web, WEB_STOP_SECONDS),
                Role(
                    "worker", self._start_worker, settings.stop_grace_seconds + WORKER_STOP_SECONDS
                ),
            ]
        )

    def run(self) -> int:
        """Watch over both until a signal comes; 1 if the web process never came up."""
        self._supervisor.start()
        self._supervisor.watch()
        if self._is_broken:
            typer.echo("error: the web process could not start; the log above says why", err=True)
        return 1 if self._is_broken else 0

    def end(self) -> None:
        """Stop both."""
        self._supervisor.end()

    @property
    def url(self) -> str:
        """Where to point a browser."""
        host, port = self._listener.getsockname()[:2]
        return self._settings.public_url.rstrip("/") or url_of(host, port)

    def _start_web(self) -> "subprocess.Popen[bytes]":
        answer, ready = os.pipe()
        process = self._start("web", self._lifeline, self._listener.fileno(), ready)
        os.close(ready)
        threading.Thread(target=self._await_web, args=(process, answer), daemon=True).start()
        return process

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", self._lifeline)

    def _start(self, role: str, *descriptors: int) -> "subprocess.Popen[bytes]":
        settings = self._settings
        told = {"MUTOSCOPE_DATA": str(settings.data), "MUTOSCOPE_HOST": settings.host}
        # A session of its own: Ctrl-C in the terminal is for us, and we tell the children.
        # -P: nothing in the folder we happen to be in is mistaken for a module.
        return subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "-P", "-m", "mutoscope.cli.children", role, *map(str, descriptors)],
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
            start_new_session=True,
        )

    def _await_web(self, process: "subprocess.Popen[bytes]", answer: int) -> None:
        """Greet when it answers for the first time; give up if it can't even start."""
        with os.fdopen(answer, "rb") as pipe:
            is_ready = bool(pipe.read(1))
        if self._has_greeted:
            return
        if is_ready:
            self._has_greeted = True
            self._greet()
        elif process.wait() > 0:  # It gave up by itself: nobody killed it.
            self._is_broken = True
            self._supervisor.stop()

    def _greet(self) -> None:
        (self._settings.data / ADDRESS).write_text(self.url)
        lines = [f"Mutoscope {__version__} is ready: {self.url}"]
        with self._rooms.database.transaction() as tx:
            # Until somebody can sign in with a password, every start offers a way in.
            if not self._rooms.people.an_administrator_has_a_password(tx):
                token = self._rooms.people.new_link(tx, administrator(self._rooms).id)
                lines.append(f"  sign in once:  {self.url}/sign-in?token={token}")
        lines.append(f"  API keys:      {self._settings.data / CREDENTIALS}")
        lines.append("  stop:          Ctrl-C")
        typer.echo("\n".join(lines))
        sys.stdout.flush()
