"""The pictures of the create form: which fields there are, what was sent, what is kept."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile

from mutoscope.core.ids import AssetId, OrganizationId
from mutoscope.core.request import Reference, ReferenceRole
from mutoscope.generations import Asset, AssetKind, Generation, Upload, find_asset

STILL_KINDS = (AssetKind.REFERENCE, AssetKind.IMAGE)
SUBJECTS_MAX = 4
MASKS_MAX = 6
PATH_POINTS_MAX = 77


@dataclass(frozen=True)
class Slot:
    """A field for pictures: what they are there for, and how many there may be."""

    role: ReferenceRole
    most: int = 1


SLOTS: Mapping[str, Slot] = {
    "picture": Slot(ReferenceRole.FIRST_FRAME),
    "last_picture": Slot(ReferenceRole.LAST_FRAME),
    "subject": Slot(ReferenceRole.SUBJECT, SUBJECTS_MAX),
    "static_mask": Slot(ReferenceRole.STATIC_MASK),
    "dynamic_mask": Slot(ReferenceRole.DYNAMIC_MASK, MASKS_MAX),
}


def sent_pictures(posted: FormData) -> dict[str, list[bytes]]:
    """The pictures that were sent, by field."""
    sent = {
        name: [each.file.read() for each in posted.getlist(name) if isinstance(each, UploadFile)]
        for name in SLOTS
    }
    whole = {name: [data for data in pictures if data] for name, pictures in sent.items()}
    return {name: pictures for name, pictures in whole.items() if pictures}


def uploads_of(sent: Mapping[str, list[bytes]]) -> list[Upload]:
    """What was sent, for the use case; a refusal names the form's field."""
    return [
        Upload(SLOTS[name].role, data, name) for name, pictures in sent.items() for data in pictures
    ]


def kept_assets(
    tx: Connection, organization_id: OrganizationId, kept: Mapping[str, tuple[str, ...]]
) -> dict[str, list[Asset]]:
    """The pictures that are here already and that the form keeps, by field."""
    found: dict[str, list[Asset]] = {}
    for name, ids in kept.items():
        for asset_id in ids:
            asset = find_asset(tx, organization_id, AssetId(asset_id))
            if asset.kind in STILL_KINDS:
                found.setdefault(name, []).append(asset)
    return found


def kept_references(
    kept: Mapping[str, list[Asset]], *, without: Container[str]
) -> tuple[Reference, ...]:
    """The same for the use case; of one picture, what was sent goes before what was kept."""
    return tuple(
        Reference(
            role=SLOTS[name].role,
            blob=asset.blob,
            media_type=asset.media_type,
            width=asset.width,
            height=asset.height,
        )
        for name, assets in kept.items()
        if SLOTS[name].most > 1 or name not in without
        for asset in assets
    )


def kept_of(generation: Generation) -> dict[str, tuple[str, ...]]:
    """The ids of the pictures that a generation was given, by the field they would fill."""
    return {
        name: ids for name, slot in SLOTS.items() if (ids := tuple(_files(generation, slot.role)))
    }


def _files(generation: Generation, role: ReferenceRole) -> list[str]:
    files = (
        generation.asset(AssetKind.REFERENCE, position)
        for position, reference in enumerate(generation.request.references)
        if reference.role is role
    )
    return [str(file.id) for file in files if file]


def read_paths(text: str) -> list[list[dict[str, int]]]:
    """Paths, a line each: "12,30 40,55". ValueError says which line can't be read."""
    paths = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        pairs = [point.split(",") for point in line.split()]
        if not 2 <= len(pairs) <= PATH_POINTS_MAX or any(len(pair) != 2 for pair in pairs):
            raise ValueError(number)
        if not all(
            each.isascii() and each.isdigit() and len(each) < 6 for p in pairs for each in p
        ):
            raise ValueError(number)
        paths.append([{"x": int(x), "y": int(y)} for x, y in pairs])
    return paths


def write_paths(paths: Any) -> str:
    """The same lines for paths as a request has them."""
    return "\n".join(" ".join(f"{p['x']},{p['y']}" for p in path) for path in paths or ())
