"""The use cases, one verb a file. Here jobs, credits, models and files meet."""

from mutoscope.generations.audit import audit_credits
from mutoscope.generations.cancel import cancel, delete
from mutoscope.generations.generation import Asset, AssetKind, Failure, Generation, Owner
from mutoscope.generations.recover import recover
from mutoscope.generations.rooms import Rooms
from mutoscope.generations.store import (
    Filter,
    Preview,
    find,
    find_asset,
    find_by_external_id,
    find_linked_asset,
    listing,
    read_preview,
)
from mutoscope.generations.submit import Submission, submit
from mutoscope.generations.uploads import Upload

__all__ = [
    "Asset",
    "AssetKind",
    "Failure",
    "Filter",
    "Generation",
    "Owner",
    "Preview",
    "Rooms",
    "Submission",
    "Upload",
    "audit_credits",
    "cancel",
    "delete",
    "find",
    "find_asset",
    "find_by_external_id",
    "find_linked_asset",
    "listing",
    "read_preview",
    "recover",
    "submit",
]
