"""Stored files, for those who have signed in and own them."""

from fastapi import APIRouter, Request, Response

from mutoscope.core.ids import AssetId
from mutoscope.generations import find_asset
from mutoscope.studio.visit import Member

router = APIRouter()


@router.get("/media/{asset_id}")
@router.head("/media/{asset_id}")
def stored_file(visit: Member, asset_id: str, request: Request) -> Response:
    """A file, or the range of it that a player asks for."""
    with visit.rooms.database.snapshot() as tx:
        asset = find_asset(tx, visit.owner.organization_id, AssetId(asset_id[:64]))
    return visit.house.send_file(visit.rooms, asset, request)
