"""Our own reader of MP4 boxes (ISO/IEC 14496-12), independent of the library that writes them.

It reads files of strangers too: every count and length is bounded, nothing is believed.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mutoscope.media.provenance import LABEL_BYTES_MAX

BOXES_MAX = 20_000
KEYS_BYTES_MAX = 1 << 20
_CHUNK_BYTES = 1 << 20


class MalformedFile(ValueError):
    """The file's structure contradicts itself or exceeds what we read."""


@dataclass(frozen=True)
class Box:
    """One box: its four letters, and where its contents start and end in the file."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Tag:
    """One metadata value and where it stands in the file."""

    start: int
    value: bytes


def read_boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes that lie side by side between two offsets."""
    for _ in range(BOXES_MAX):
        if start == end:
            return
        box = _read_box(file, start, end)
        yield box
        start = box.end
    raise MalformedFile(f"more than {BOXES_MAX} boxes side by side")


def top_boxes(file: BinaryIO) -> list[Box]:
    """The outermost boxes of the file."""
    return list(read_boxes(file, 0, file.seek(0, os.SEEK_END)))


def payload_digest(file: BinaryIO) -> bytes:
    """SHA-256 of the media itself: the contents of every `mdat`, in order."""
    digest = hashlib.sha256()
    for box in top_boxes(file):
        if box.kind == b"mdat":
            _update(digest, file, box)
    return digest.digest()


def is_faststart(file: BinaryIO) -> bool:
    """Whether a player can begin before the whole file has arrived: `moov` before `mdat`."""
    kinds = [box.kind for box in top_boxes(file)]
    return b"moov" in kinds and b"mdat" in kinds and kinds.index(b"moov") < kinds.index(b"mdat")


def aigc_tags(file: BinaryIO) -> list[Tag]:
    """Every value at `moov/udta/meta` whose key in the namespace `mdta` contains AIGC."""
    tags: list[Tag] = []
    metas = (
        meta
        for moov in top_boxes(file)
        if moov.kind == b"moov"
        for udta in _inside(file, moov, b"udta")
        for meta in _inside(file, udta, b"meta")
    )
    for meta in metas:
        contents = list(read_boxes(file, _contents_of_meta(file, meta), meta.end))
        keys = [key for box in contents if box.kind == b"keys" for key in _keys(file, box)]
        for ilst in contents:
            if ilst.kind == b"ilst":
                tags += _values(file, ilst, keys)
    return tags


def _inside(file: BinaryIO, outer: Box, kind: bytes) -> Iterator[Box]:
    return (box for box in read_boxes(file, outer.start, outer.end) if box.kind == kind)


def _read_box(file: BinaryIO, start: int, end: int) -> Box:
    size = int.from_bytes(_read(file, start, 4, end), "big")
    kind = _read(file, start + 4, 4, end)
    header = 8
    if size == 1:
        size = int.from_bytes(_read(file, start + 8, 8, end), "big")
        header = 16
    elif size == 0:  # to the end of what surrounds it
        size = end - start
    if size < header or start + size > end:
        raise MalformedFile(f"the box {kind!r} at {start} says it has {size} bytes")
    return Box(kind, start + header, start + size)


def _contents_of_meta(file: BinaryIO, meta: Box) -> int:
    """QuickTime's `meta` is a plain box, MP4's begins with a version: tell them apart."""
    if meta.end - meta.start >= 8 and _read(file, meta.start + 4, 4, meta.end) == b"hdlr":
        return meta.start
    return min(meta.start + 4, meta.end)


def _keys(file: BinaryIO, box: Box) -> list[bytes]:
    """The names of the values, first to last: `mdta` and the key."""
    if box.end - box.start > KEYS_BYTES_MAX:
        raise MalformedFile("the names of the metadata are too long")
    if box.end - box.start < 8:
        raise MalformedFile("the names of the metadata are cut short")
    return [
        key.kind + _read(file, key.start, key.end - key.start, key.end)
        for key in read_boxes(file, box.start + 8, box.end)
    ]


def _values(file: BinaryIO, ilst: Box, keys: list[bytes]) -> Iterator[Tag]:
    for item in read_boxes(file, ilst.start, ilst.end):
        number = int.from_bytes(item.kind, "big")
        if not 1 <= number <= len(keys):
            continue
        key = keys[number - 1]
        if not key.startswith(b"mdta") or b"AIGC" not in key[4:]:
            continue
        for data in _inside(file, item, b"data"):
            start, length = data.start + 8, data.end - data.start - 8  # after type and locale
            if not 0 <= length <= LABEL_BYTES_MAX:
                raise MalformedFile(f"a label of {length} bytes")
            yield Tag(start, _read(file, start, length, data.end))


def _read(file: BinaryIO, start: int, count: int, end: int) -> bytes:
    if start + count > end:
        raise MalformedFile(f"cut short at {end}")
    file.seek(start)
    data = file.read(count)
    if len(data) != count:
        raise MalformedFile(f"cut short at {start + len(data)}")
    return data


def _update(digest: "hashlib._Hash", file: BinaryIO, box: Box) -> None:
    file.seek(box.start)
    left = box.end - box.start
    while left:
        chunk = file.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise MalformedFile("the media is cut short")
        digest.update(chunk)
        left -= len(chunk)
