"""The use cases, one verb a file. Here jobs, credits, models and files meet."""

from mutoscope.generations.audit import audit_credits
from mutoscope.generations.board import Board, LaneCount, UnderWay, board, ended_since
from mutoscope.generations.cancel import cancel, cancel_for_house, delete
from mutoscope.generations.close_months import close_months
from mutoscope.generations.collections import (
    Collection,
    begin_collection,
    collect,
    collections,
    drop_collection,
    uncollect,
)
from mutoscope.generations.deliver import Messenger
from mutoscope.generations.dismiss import dismiss, readmit, set_role
from mutoscope.generations.expire import expire, sweep
from mutoscope.generations.generation import Asset, AssetKind, Failure, Generation, Owner
from mutoscope.generations.guests import (
    GuestLink,
    GuestPurpose,
    Remark,
    ReviewNote,
    Verdict,
    admit_guest,
    guest_links,
    invite_guest,
    remark,
    remarks_by,
    remarks_on,
    revoke_guest,
)
from mutoscope.generations.housekeeping import (
    acting_in,
    archive_plan,
    give_plan,
    grant_credits,
    new_sign_in_link,
    offer_plan,
)
from mutoscope.generations.invite import invite, join, take_back
from mutoscope.generations.join_videos import join_videos
from mutoscope.generations.kept import Heap, Kept, kept
from mutoscope.generations.keyring import (
    draw_callback_secret,
    make_key,
    restrict_key,
    revoke_key,
)
from mutoscope.generations.models import choose_default_model
from mutoscope.generations.organize import (
    Founded,
    archive_project,
    begin_project,
    change_organization,
    found_organization,
    rename_project,
    restore_project,
)
from mutoscope.generations.pricing import set_price
from mutoscope.generations.recover import recover
from mutoscope.generations.refused_words import allow_word, refuse_words
from mutoscope.generations.replay import replay_callback
from mutoscope.generations.rooms import Rooms
from mutoscope.generations.set_up import is_set_up, set_up
from mutoscope.generations.shelving import put_back, rate, throw_away
from mutoscope.generations.sign_on import finish_sign_on, sign_on_of
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
    "Board",
    "CallbackWish",
    "Collection",
    "Failure",
    "Filter",
    "Founded",
    "Generation",
    "GuestLink",
    "GuestPurpose",
    "Heap",
    "Kept",
    "LaneCount",
    "LinkedUpload",
    "Messenger",
    "Owner",
    "Preview",
    "Remark",
    "ReviewNote",
    "Rooms",
    "Submission",
    "UnderWay",
    "Upload",
    "Verdict",
    "acting_in",
    "admit_guest",
    "allow_word",
    "archive_plan",
    "archive_project",
    "audit_credits",
    "begin_collection",
    "begin_project",
    "board",
    "cancel",
    "cancel_for_house",
    "change_organization",
    "choose_default_model",
    "close_months",
    "collect",
    "collections",
    "delete",
    "dismiss",
    "draw_callback_secret",
    "drop_collection",
    "ended_since",
    "expire",
    "find",
    "find_asset",
    "find_by_external_id",
    "find_linked_asset",
    "finish_sign_on",
    "found_organization",
    "give_plan",
    "grant_credits",
    "guest_links",
    "invite",
    "invite_guest",
    "is_set_up",
    "join",
    "join_videos",
    "kept",
    "listing",
    "make_key",
    "new_sign_in_link",
    "offer_plan",
    "put_back",
    "rate",
    "read_preview",
    "readmit",
    "recover",
    "refuse_words",
    "remark",
    "remarks_by",
    "remarks_on",
    "rename_project",
    "replay_callback",
    "restore_project",
    "restrict_key",
    "revoke_guest",
    "revoke_key",
    "set_price",
    "set_role",
    "set_up",
    "sign_on_of",
    "submit",
    "sweep",
    "take_back",
    "throw_away",
    "uncollect",
]
