"""Stored files over HTTP: whole, or the range a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from mutoscope.api.access import RoomsHere
from mutoscope.api.links import Links, file_name
from mutoscope.generations import Asset, Rooms, find_linked_asset

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

router = APIRouter(tags=["files"])


@router.get("/files/{token}/{name}", response_class=StreamingResponse, include_in_schema=False)
@router.head("/files/{token}/{name}", include_in_schema=False)
def linked_file(token: str, request: Request, rooms: RoomsHere) -> Response:
    """A file by its signed link; its name is only for people."""
    links: Links = request.app.state.links
    with rooms.database.snapshot() as tx:
        asset = find_linked_asset(tx, links.read(token))
    return send(rooms, asset, request)


def send(rooms: Rooms, asset: Asset, request: Request) -> Response:
    """Answer with the file, or the part of it that the Range header asks for."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{asset.blob}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": f'inline; filename="{file_name(asset)}"',
        "X-Content-Type-Options": "nosniff",
        # A stored file is never a page: nothing in it may run.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    size = rooms.blobs.size(asset.blob)
    asked = _asked_range(request, headers["ETag"])
    if asked is None:
        span = range(size)
        status = 200
    else:
        span = _span(asked, size)
        if not span:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
        status = 206
    headers["Content-Length"] = str(len(span))
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=asset.media_type)
    return StreamingResponse(
        _chunks(rooms.blobs.open(asset.blob), span),
        status_code=status,
        headers=headers,
        media_type=asset.media_type,
    )


def _asked_range(request: Request, etag: str) -> tuple[str, str] | None:
    """The two ends of a single range; None for the whole file, also for what we don't support."""
    if request.headers.get("if-range", etag) != etag:
        return None
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    return match[1], match[2]


def _span(asked: tuple[str, str], size: int) -> range:
    """The bytes asked for; empty when they lie outside the file."""
    first, last = asked
    if first == "":
        return range(max(0, size - int(last)), size)
    end = size if last == "" else min(size, int(last) + 1)
    return range(int(first), end)


def _chunks(file: BinaryIO, span: range) -> Iterator[bytes]:
    with file:
        file.seek(span.start)
        left = len(span)
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
