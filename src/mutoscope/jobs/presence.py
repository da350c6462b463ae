"""Which workers of this machine are alive: each holds a locked file for as long as it lives.

The operating system lets the lock go when its holder dies, however it dies. So the jobs of a dead
worker need not wait for their leases to run out; the lease remains for workers that hang.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

from filelock import FileLock, Timeout

SUFFIX = ".lock"


def worker_name() -> str:
    """A name no other worker has: host, process and chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Presence:
    """The folder where workers sign in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def sign_in(self, name: str) -> Iterator[None]:
        """Be known to be alive, until this block or the process ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._path(name))
        with lock:
            yield
        self._path(name).unlink(missing_ok=True)

    def dead(self) -> list[str]:
        """Workers that signed in and are gone without a word."""
        names = (
            unquote(path.name.removesuffix(SUFFIX)) for path in self._folder.glob(f"*{SUFFIX}")
        )
        return sorted(name for name in names if not self._is_alive(name))

    def forget(self, name: str) -> None:
        """Strike out a dead worker whose jobs are dealt with."""
        self._path(name).unlink(missing_ok=True)

    def _is_alive(self, name: str) -> bool:
        lock = FileLock(self._path(name), blocking=False)
        with suppress(Timeout), lock:
            return False
        return True

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}{SUFFIX}"
