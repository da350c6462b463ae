"""Which workers of this machine are alive: each holds a locked file for as long as it lives.

The operating system lets the lock go when its holder dies, however it dies. So the jobs of a dead
worker need not wait for their leases to run out; the lease remains for workers that hang.
Beside its lock a worker may leave a card that says what it serves, for those who look; and others
leave it wishes, which it grants between its jobs.
"""

import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from filelock import FileLock, Timeout

from mutoscope.core.clock import Milliseconds

SUFFIX = ".lock"
CARD_SUFFIX = ".json"
WISHES_SUFFIX = ".wishes"
WISHES_GUARD = "wishes.guard"


def worker_name() -> str:
    """A name no other worker has: host, process and chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class WorkerCard:
    """What a worker says of itself."""

    lanes: tuple[str, ...]
    since: Milliseconds
    # The models it holds in memory: the next job with one of them need not load it.
    loaded: tuple[str, ...] = ()
    # Models that it was to load and could not, and why.
    unloadable: Mapping[str, str] = field(default_factory=dict)


class Presence:
    """The folder where workers sign in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def sign_in(self, name: str, card: WorkerCard | None = None) -> Iterator[None]:
        """Be known to be alive, until this block or the process ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._path(name))
        with lock:
            if card is not None:
                self.tell(name, card)
            yield
        self.forget(name)

    def tell(self, name: str, card: WorkerCard) -> None:
        """Write the card, whole or not at all; whoever has not signed in has none."""
        if not self._path(name).exists():
            return
        path = self._path(name, CARD_SUFFIX)
        _write(path, asdict(card))

    def wish(self, name: str, model: str, *, is_loaded: bool) -> None:
        """Ask a worker to hold a model in memory, or to let it go; the last wish counts."""
        with self._wishes_guard():
            _write(self._path(name, WISHES_SUFFIX), self.wishes(name) | {model: is_loaded})

    def wishes(self, name: str) -> dict[str, bool]:
        """What a worker was asked for and has not done yet, by model."""
        with suppress(OSError, ValueError):
            told = json.loads(self._path(name, WISHES_SUFFIX).read_text(encoding="utf-8"))
            return {str(model): bool(is_loaded) for model, is_loaded in told.items()}
        return {}

    def grant(self, name: str, model: str, *, is_loaded: bool) -> None:
        """Strike out a wish that was dealt with, unless another has been made since."""
        with self._wishes_guard():
            left = self.wishes(name)
            if left.get(model) is is_loaded:
                del left[model]
            _write(self._path(name, WISHES_SUFFIX), left)

    def alive(self) -> dict[str, WorkerCard | None]:
        """Workers that live now, by name, and what each says of itself, where it does."""
        return {name: self._card(name) for name in self._signed_in() if self._is_alive(name)}

    def dead(self) -> list[str]:
        """Workers that signed in and are gone without a word."""
        return [name for name in self._signed_in() if not self._is_alive(name)]

    def forget(self, name: str) -> None:
        """Strike out a worker that is gone and whose jobs are dealt with."""
        for suffix in (CARD_SUFFIX, WISHES_SUFFIX, SUFFIX):
            self._path(name, suffix).unlink(missing_ok=True)

    def _signed_in(self) -> list[str]:
        return sorted(
            unquote(path.name.removesuffix(SUFFIX)) for path in self._folder.glob(f"*{SUFFIX}")
        )

    def _is_alive(self, name: str) -> bool:
        lock = FileLock(self._path(name), blocking=False)
        with suppress(Timeout), lock:
            return False
        return True

    def _card(self, name: str) -> WorkerCard | None:
        # It may end while we look, and an older worker leaves none.
        with suppress(OSError, ValueError, TypeError):
            told = json.loads(self._path(name, CARD_SUFFIX).read_text(encoding="utf-8"))
            return WorkerCard(
                tuple(told["lanes"]),
                told["since"],
                tuple(told["loaded"]),
                told.get("unloadable", {}),
            )
        return None

    def _wishes_guard(self) -> FileLock:
        return FileLock(self._folder / WISHES_GUARD)

    def _path(self, name: str, suffix: str = SUFFIX) -> Path:
        return self._folder / f"{quote(name, safe='')}{suffix}"


def _write(path: Path, told: object) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(f"{path.suffix}.draft")
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(path)
