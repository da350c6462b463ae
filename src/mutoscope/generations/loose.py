"""Bytes that nothing refers to any more."""

from collections.abc import Collection

from mutoscope.core.ids import BlobKey
from mutoscope.generations import store
from mutoscope.generations.rooms import Rooms


def drop_loose(rooms: Rooms, blobs: Collection[BlobKey]) -> int:
    """Delete those of `blobs` that no generation refers to; returns how many.

    Under the write lock: whoever stores the same bytes again writes the row that refers to them
    either before this, and they stay, or after it, and sees that they are gone.
    """
    if not blobs:
        return 0
    with rooms.database.transaction() as tx:
        loose = store.unreferenced(tx, blobs)
        for blob in loose:
            rooms.blobs.delete(blob)
    return len(loose)
