"""Pictures that callers send or name: looked at under limits, then stored."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from mutoscope.core.ids import BlobKey
from mutoscope.core.request import Reference, ReferenceRole
from mutoscope.generations.loose import drop_loose
from mutoscope.generations.rooms import Rooms
from mutoscope.media import PictureLimits, inspect_picture
from mutoscope.outbound import Purpose

# What hosts of pictures call them; which they are is told by their first bytes.
PICTURE_TYPES = (
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/webp",
    "application/octet-stream",
    "binary/octet-stream",
)


@dataclass(frozen=True)
class Upload:
    """Bytes somebody sent as a picture, and in which field of their request."""

    role: ReferenceRole
    data: bytes
    field: str


@dataclass(frozen=True)
class LinkedUpload:
    """The URL of a picture, to be fetched when everything else about the request is right."""

    role: ReferenceRole
    url: str
    field: str


def fetch_uploads(rooms: Rooms, uploads: Sequence[Upload | LinkedUpload]) -> list[Upload]:
    """Get what is only named. UrlRefused and UrlFailed name the field."""
    return [each if isinstance(each, Upload) else _fetched(rooms, each) for each in uploads]


def _fetched(rooms: Rooms, upload: LinkedUpload) -> Upload:
    data = rooms.outbound.fetch(
        upload.url,
        Purpose(upload.field, "send the picture itself, in base64"),
        bytes_max=PictureLimits().bytes_max,
        media_types=PICTURE_TYPES,
    )
    return Upload(upload.role, data, upload.field)


def expected_references(uploads: Sequence[Upload | LinkedUpload]) -> tuple[Reference, ...]:
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
    drop_loose(rooms, [reference.blob for reference in references])
