"""Storage: what is kept, what it takes, and what goes next."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from mutoscope.generations import Heap, Kept, kept
from mutoscope.studio.views.admin.models import size_of
from mutoscope.studio.views.admin.queue import database_bytes
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.visit import Housekeeper, MemberVisit
from mutoscope.studio.words import Words

router = APIRouter(prefix="/admin/storage")

SOON_DAYS = 7


@dataclass(frozen=True)
class StoragePage:
    """Everything templates/pages/admin_storage.html may use."""

    tabs: list[Tab]
    kept: Kept
    # By kind, in words.
    kinds: Sequence[Heap]
    database_bytes: int
    models_bytes: int
    scratch_bytes: int
    free_bytes: int
    disk_bytes: int
    # 0 keeps for ever.
    retention_days: int
    soon_days: int
    # Organizations whose plan keeps results for its own number of days.
    agreed: Sequence[tuple[str, int]]


@router.get("")
def storage_page(visit: Housekeeper) -> Response:
    """Bytes by kind and by organization, and how long they stay."""
    return visit.show("pages/admin_storage.html", _page(visit))


def _page(visit: MemberVisit) -> StoragePage:
    rooms, office = visit.rooms, visit.house.office
    with rooms.database.snapshot() as tx:
        now = kept(tx, rooms, office.retention_days, soon_days=SOON_DAYS)
        names = {str(each.id): each.name for each in rooms.projects.organizations(tx)}
        agreed = rooms.billing.plans.retentions(tx)
    disk = shutil.disk_usage(office.data)
    return StoragePage(
        tabs=tabs(visit),
        kept=now,
        kinds=[Heap(_kind(h.name, visit.words), h.number, h.bytes) for h in now.by_kind],
        database_bytes=database_bytes(office.database),
        models_bytes=size_of(office.models),
        scratch_bytes=size_of(office.scratch),
        free_bytes=disk.free,
        disk_bytes=disk.total,
        retention_days=office.retention_days,
        soon_days=SOON_DAYS,
        agreed=sorted((names.get(name, name), days) for name, days in agreed.items()),
    )


def _kind(name: str, say: Words) -> str:
    match name:
        case "video":
            return say("Videos")
        case "image":
            return say("Pictures")
        case "thumbnail":
            return say("Small pictures")
        case "strip":
            return say("Strips of frames")
        case "reference":
            return say("Pictures that were sent")
        case _:
            return name
