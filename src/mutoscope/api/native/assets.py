"""Download files."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from mutoscope.api.access import FileReader, RoomsHere
from mutoscope.api.files import send
from mutoscope.api.native.addresses import AddressesHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import AssetId
from mutoscope.generations import AssetKind, find, find_asset
from mutoscope.media import StripIndex

router = APIRouter(prefix="/assets", tags=["assets"], responses=REFUSALS)

AssetText = Annotated[str, Path(max_length=64)]
FILE: dict[int | str, dict[str, object]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file."},
    206: {"description": "The part that the Range header asks for."},
    416: {"description": "The range lies outside the file."},
}


@router.get("/{asset_id}", response_class=StreamingResponse, responses=FILE)
def download(
    asset_id: AssetText, request: Request, rooms: RoomsHere, owner: FileReader
) -> Response:
    """A file, or the part of it that the Range header asks for."""
    with rooms.database.snapshot() as tx:
        asset = find_asset(tx, owner.organization_id, AssetId(asset_id))
    return send(rooms, asset, request)


@router.get("/{asset_id}/thumbnail", response_class=StreamingResponse, responses=FILE)
def thumbnail(
    asset_id: AssetText, request: Request, rooms: RoomsHere, owner: FileReader
) -> Response:
    """A small picture of a result."""
    with rooms.database.snapshot() as tx:
        asset = find_asset(tx, owner.organization_id, AssetId(asset_id))
        generation = find(tx, owner.organization_id, asset.generation_id)
    small = generation.asset(AssetKind.THUMBNAIL, asset.position)
    if small is None:
        raise NotFound("this file has no thumbnail")
    return send(rooms, small, request)


@router.get(
    "/{asset_id}/strip.vtt",
    response_class=Response,
    responses={200: {"content": {"text/vtt": {}}, "description": "Where each moment stands."}},
)
def strip_index(
    asset_id: AssetText, rooms: RoomsHere, owner: FileReader, addresses: AddressesHere
) -> Response:
    """The preview strip of a result as WebVTT: which part of the sheet shows which moment."""
    with rooms.database.snapshot() as tx:
        asset = find_asset(tx, owner.organization_id, AssetId(asset_id))
        generation = find(tx, owner.organization_id, asset.generation_id)
    strip = generation.asset(AssetKind.STRIP, asset.position)
    if strip is None:
        raise NotFound("this file has no preview strip")
    index = StripIndex.from_json(strip.facts)
    return Response(index.to_webvtt(addresses.asset(strip)), media_type="text/vtt")
