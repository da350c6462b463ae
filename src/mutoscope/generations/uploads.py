"""Pictures that callers send: looked at under limits, then stored."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from mutoscope.core.ids import BlobKey
from mutoscope.core.request import Reference, ReferenceRole
from mutoscope.generations import store
from mutoscope.generations.rooms import Rooms
from mutoscope.media import inspect_picture


@dataclass(frozen=True)
class Upload:
    """Bytes somebody sent as a picture, and in which field of their request."""

    role: ReferenceRole
    data: bytes
    field: str


def expected_references(uploads: Sequence[Upload]) -> tuple[Reference, ...]:
    """What the uploads will be to the request, with nothing known of their pictures yet."""
    return tuple(Reference(role=u.role, blob=BlobKey(""), media_type="") for u in uploads)


def keep_uploads(rooms: Rooms, uploads: Sequence[Upload]) -> tuple[Reference, ...]:
    """Check and store each picture. PictureRejected names the field; then nothing is kept."""
    checked = [(upload, inspect_picture(upload.data, field=upload.field)) for upload in uploads]
    return tuple(
        Reference(
            role=upload.role,
            blob=rooms.blobs.put(io.BytesIO(upload.data)),
            media_type=facts.format.media_type,
            width=facts.width,
            height=facts.height,
        )
        for upload, facts in checked
    )


def discard_uploads(rooms: Rooms, references: Sequence[Reference]) -> None:
    """Remove pictures of a request that was refused, unless a generation shares them."""
    if not references:
        return
    with rooms.database.snapshot() as tx:
        loose: list[BlobKey] = store.unreferenced(tx, [r.blob for r in references])
    for blob in loose:
        rooms.blobs.delete(blob)
