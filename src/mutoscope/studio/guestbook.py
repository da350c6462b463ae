"""Addresses for guests: a link's id with a seal of ours; the database alone opens none."""

import hashlib
import hmac

from mutoscope.core.errors import NotFound
from mutoscope.generations import GuestLink
from mutoscope.studio.house import House

SEAL_LENGTH = 32


def guest_path(house: House, link: GuestLink) -> str:
    """Where a guest comes in."""
    return f"/review/{link.id}.{_seal(house, link.id)}"


def link_id_of(house: House, token: str) -> str:
    """The id of the link that a guest's address names. NotFound when the seal is not ours."""
    link_id, _, seal = token[:200].partition(".")
    if not hmac.compare_digest(_seal(house, link_id).encode(), seal.encode()):
        raise NotFound("this link has expired or was revoked")
    return link_id


def _seal(house: House, link_id: str) -> str:
    message = f"guest\0{link_id}".encode()
    return hmac.new(house.key, message, hashlib.sha256).hexdigest()[:SEAL_LENGTH]
