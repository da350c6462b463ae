"""What is kept no longer: results past their time, bytes nobody refers to, forgotten folders."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import structlog
from sqlalchemy import Connection

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import BlobKey, GenerationId, JobId, parse_generation_id
from mutoscope.generations import store
from mutoscope.generations.loose import drop_loose
from mutoscope.generations.rooms import Rooms
from mutoscope.generations.store import Owners

log = structlog.get_logger()

DAY_MS = 86_400_000
# At once: the write lock is held for as long.
GENERATIONS = 20
BLOBS = 500
# What was thrown away can be taken back for as long.
TRASH_DAYS = 7
# Bytes are stored before the row that refers to them is written: at most a long job's time.
GRACE_MS = 2 * DAY_MS


def expire(rooms: Rooms, retention_days: int) -> int:
    """Delete generations that ended so long ago, files included; returns how many.

    Plans may say otherwise for their subscribers; 0 keeps for ever. Ledger lines stay.
    """
    with rooms.database.snapshot() as tx:
        agreed = rooms.billing.plans.retentions(tx)
    done = _expire(rooms, retention_days, Owners(frozenset(agreed), are_meant=False))
    for organization, days in agreed.items():
        done += _expire(rooms, days, Owners(frozenset({organization}), are_meant=True))
    return done + _empty_trash(rooms)


def _empty_trash(rooms: Rooms) -> int:
    moment = Milliseconds(rooms.clock.now() - TRASH_DAYS * DAY_MS)
    return _delete_all(rooms, lambda tx: store.trashed_before(tx, moment, limit=GENERATIONS))


def _expire(rooms: Rooms, days: int, owners: Owners) -> int:
    if not days:
        return 0
    moment = Milliseconds(rooms.clock.now() - days * DAY_MS)
    return _delete_all(rooms, lambda tx: store.ended_before(tx, moment, owners, limit=GENERATIONS))


def _delete_all(rooms: Rooms, choose: Callable[[Connection], list[GenerationId]]) -> int:
    """Delete what `choose` gives, a few at a time, until it gives no more; returns how many."""
    done = 0
    while True:
        with rooms.database.transaction() as tx:
            old = choose(tx)
            rooms.outbox.forget(tx, old)
            now = rooms.clock.now()
            loose = {blob for each in old for blob in store.mark_deleted(tx, each, now)}
        drop_loose(rooms, loose)
        done += len(old)
        if len(old) < GENERATIONS:
            return done


def sweep(rooms: Rooms, scratch: Path) -> tuple[int, int]:
    """Delete bytes that a crash left without an owner, and workspaces of jobs that have ended.

    Returns how many of each.
    """
    before = Milliseconds(rooms.clock.now() - GRACE_MS)
    blobs = sum(
        drop_loose(rooms, keys) for keys in _batches(rooms.blobs.written_before(before), BLOBS)
    )
    folders = [folder for folder in _workspaces(scratch) if _is_over(rooms, folder)]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return blobs, len(folders)


def _batches(keys: Iterable[BlobKey], size: int) -> Iterator[list[BlobKey]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch


def _workspaces(scratch: Path) -> list[Path]:
    """The folders that are named like jobs; nothing else there is ours."""
    if not scratch.is_dir():
        return []
    return [each for each in scratch.iterdir() if parse_generation_id(each.name) is not None]


def _is_over(rooms: Rooms, folder: Path) -> bool:
    with rooms.database.snapshot() as tx:
        try:
            return rooms.jobs.find(tx, JobId(int(folder.name))).state.is_terminal
        except NotFound:
            return True
