"""What is kept, what it takes, and what is deleted soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import OrganizationId, first_id_at
from mutoscope.db.schema import asset, generation, job, organization
from mutoscope.generations.expire import DAY_MS, TRASH_DAYS
from mutoscope.generations.rooms import Rooms
from mutoscope.generations.store import Owners

LARGEST = 20


@dataclass(frozen=True)
class Heap:
    """How many, and how many bytes. A file that is kept for several is counted for each."""

    name: str
    number: int
    bytes: int


@dataclass(frozen=True)
class Kept:
    """Everything in the store, seen from several sides."""

    by_kind: Sequence[Heap]
    by_organization: Sequence[Heap]
    # What the files really take: each once.
    bytes: int
    in_bin: Heap
    # Generations that reach the end of their time within `soon_days`, if nobody asks otherwise.
    soon: Heap


def kept(tx: Connection, rooms: Rooms, retention_days: int, *, soon_days: int) -> Kept:
    """Count and weigh it; `retention_days` 0 keeps for ever where no plan says otherwise."""
    return Kept(
        by_kind=_by_kind(tx),
        by_organization=_by_organization(tx),
        bytes=_bytes_once(tx),
        in_bin=_heap(tx, "bin", generation.c.trashed_at.is_not(None)),
        soon=_soon(tx, rooms, retention_days, soon_days),
    )


def _by_kind(tx: Connection) -> list[Heap]:
    query = select(asset.c.kind, *_NUMBERS).group_by(asset.c.kind).order_by(_BYTES.desc())
    return [Heap(row.kind, row.number, row.bytes) for row in tx.execute(query)]


def _by_organization(tx: Connection) -> list[Heap]:
    query = (
        select(organization.c.name, *_NUMBERS)
        .join_from(asset, organization, organization.c.id == asset.c.organization_id)
        .group_by(organization.c.id)
        .order_by(_BYTES.desc())
        .limit(LARGEST)
    )
    return [Heap(row.name, row.number, row.bytes) for row in tx.execute(query)]


def _bytes_once(tx: Connection) -> int:
    once = select(func.max(asset.c.size_bytes).label("bytes")).group_by(asset.c.blob).subquery()
    return int(tx.scalar(select(func.coalesce(func.sum(once.c.bytes), 0))) or 0)


def _soon(tx: Connection, rooms: Rooms, retention_days: int, soon_days: int) -> Heap:
    agreed = rooms.billing.plans.retentions(tx)
    terms: list[tuple[int, Owners]] = [
        (days, Owners(frozenset({OrganizationId(name)}), are_meant=True))
        for name, days in agreed.items()
    ]
    if retention_days:
        terms.append((retention_days, Owners(frozenset(agreed), are_meant=False)))
    now, number, size = rooms.clock.now(), 0, 0
    for days, owners in terms:
        moment = Milliseconds(now - max(0, days - soon_days) * DAY_MS)
        due = (
            (generation.c.id < first_id_at(moment))
            & (job.c.ended_at < moment)
            & owners.of(generation.c.organization_id)
            & generation.c.trashed_at.is_(None)
        )
        heap = _heap(tx, "", due)
        number, size = number + heap.number, size + heap.bytes
    # The bin is emptied sooner than that.
    moment = Milliseconds(now - max(0, TRASH_DAYS - soon_days) * DAY_MS)
    binned = _heap(tx, "", generation.c.trashed_at < moment)
    return Heap("soon", number + binned.number, size + binned.bytes)


def _heap(tx: Connection, name: str, which: ColumnElement[bool]) -> Heap:
    """Generations that are still there, and the bytes of their files."""
    query: Any = (
        select(
            func.count(generation.c.id.distinct()).label("number"),
            func.coalesce(func.sum(asset.c.size_bytes), 0).label("bytes"),
        )
        .join_from(generation, job, job.c.id == generation.c.id)
        .outerjoin(asset, asset.c.generation_id == generation.c.id)
        .where(generation.c.deleted_at.is_(None) & which)
    )
    row = tx.execute(query).one()
    return Heap(name, row.number, row.bytes)


_BYTES = func.coalesce(func.sum(asset.c.size_bytes), 0)
_NUMBERS = (func.count().label("number"), _BYTES.label("bytes"))
