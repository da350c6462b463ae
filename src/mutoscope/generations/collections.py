"""Collections: shelves with names, on which an organization puts what belongs together."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import GenerationId, OrganizationId, new_opaque_id
from mutoscope.db.schema import collection, collection_item
from mutoscope.generations import store
from mutoscope.generations.rooms import Rooms

NAME_LENGTH_MAX = 80
COLLECTIONS_MAX = 500


@dataclass(frozen=True)
class Collection:
    """A shelf, and how much stands on it."""

    id: str
    name: str
    count: int


def collections(tx: Connection, organization_id: OrganizationId) -> list[Collection]:
    """The organization's, by name."""
    size = (
        select(func.count())
        .where(collection_item.c.collection_id == collection.c.id)
        .scalar_subquery()
    )
    mine = (
        select(collection.c.id, collection.c.name, size.label("size"))
        .where(collection.c.organization_id == organization_id)
        .order_by(collection.c.name)
    )
    return [Collection(row.id, row.name, row.size) for row in tx.execute(mine)]


def begin_collection(rooms: Rooms, organization_id: OrganizationId, name: str) -> str:
    """A new empty one; returns its id."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InvalidRequest(f"a name has 1 to {NAME_LENGTH_MAX} characters", field="name")
    with rooms.database.transaction() as tx:
        if len(collections(tx, organization_id)) >= COLLECTIONS_MAX:
            raise InvalidRequest(f"at most {COLLECTIONS_MAX} collections", field="name")
        new = {
            "id": new_opaque_id(),
            "organization_id": organization_id,
            "name": name,
            "created_at": rooms.clock.now(),
        }
        tx.execute(insert(collection), new)
    return str(new["id"])


def drop_collection(rooms: Rooms, organization_id: OrganizationId, collection_id: str) -> None:
    """Take down a shelf; what stood on it stays in the library."""
    with rooms.database.transaction() as tx:
        _check(tx, organization_id, collection_id)
        tx.execute(delete(collection_item).where(collection_item.c.collection_id == collection_id))
        tx.execute(delete(collection).where(collection.c.id == collection_id))


def collect(
    rooms: Rooms,
    organization_id: OrganizationId,
    collection_id: str,
    ids: Iterable[GenerationId],
) -> None:
    """Put generations on a shelf; what stands there already stays."""
    with rooms.database.transaction() as tx:
        _check(tx, organization_id, collection_id)
        there = set(
            tx.scalars(
                select(collection_item.c.generation_id).where(
                    collection_item.c.collection_id == collection_id
                )
            )
        )
        for each in set(ids) - there:
            store.find(tx, organization_id, each)
            tx.execute(
                insert(collection_item), {"collection_id": collection_id, "generation_id": each}
            )


def uncollect(
    rooms: Rooms,
    organization_id: OrganizationId,
    collection_id: str,
    ids: Iterable[GenerationId],
) -> None:
    """Take generations off a shelf."""
    with rooms.database.transaction() as tx:
        _check(tx, organization_id, collection_id)
        off = (collection_item.c.collection_id == collection_id) & (
            collection_item.c.generation_id.in_(set(ids))
        )
        tx.execute(delete(collection_item).where(off))


def _check(tx: Connection, organization_id: OrganizationId, collection_id: str) -> None:
    mine = (collection.c.id == collection_id) & (collection.c.organization_id == organization_id)
    if tx.scalar(select(collection.c.id).where(mine)) is None:
        raise NotFound("there is no such collection")
