"""The use cases, one verb a file. Here jobs, credits, models and files meet."""

from mutoscope.generations.audit import audit_credits
from mutoscope.generations.cancel import cancel, delete
from mutoscope.generations.deliver import Messenger
from mutoscope.generations.expire import expire, sweep
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
from mutoscope.generations.submit import CallbackWish, Submission, submit
from mutoscope.generations.uploads import LinkedUpload, Upload

__all__ = [
    "Asset",
    "AssetKind",
    "CallbackWish",
    "Failure",
    "Filter",
    "Generation",
    "LinkedUpload",
    "Messenger",
    "Owner",
    "Preview",
    "Rooms",
    "Submission",
    "Upload",
    "audit_credits",
    "cancel",
    "delete",
    "expire",
    "find",
    "find_asset",
    "find_by_external_id",
    "find_linked_asset",
    "listing",
    "read_preview",
    "recover",
    "submit",
    "sweep",
]
