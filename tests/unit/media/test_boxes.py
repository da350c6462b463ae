"""Our reader of MP4 boxes, on boxes made by hand: right ones, and those of somebody hostile."""

import hashlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutoscope.media.boxes import (
    BOXES_MAX,
    MalformedFile,
    aigc_tags,
    is_faststart,
    payload_digest,
    top_boxes,
)


def box(kind: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def data(value: bytes) -> bytes:
    return box(b"data", struct.pack(">II", 1, 0), value)


def keys(*names: bytes) -> bytes:
    return box(b"keys", struct.pack(">II", 0, len(names)), *(box(b"mdta", name) for name in names))


def ilst(*values: bytes) -> bytes:
    return box(b"ilst", *(box(struct.pack(">I", n + 1), data(v)) for n, v in enumerate(values)))


def tagged(*meta: bytes, version: bytes = b"\0\0\0\0") -> bytes:
    handler = box(b"hdlr", bytes(25))
    return box(b"moov", box(b"udta", box(b"meta", version, handler, *meta)))


def values(file: bytes) -> list[bytes]:
    return [tag.value for tag in aigc_tags(io.BytesIO(file))]


def test_a_label_is_found_by_its_key() -> None:
    file = box(b"ftyp") + tagged(keys(b"title", b"AIGC"), ilst(b"a film", b"the label"))
    (tag,) = aigc_tags(io.BytesIO(file))
    assert tag.value == b"the label"
    assert file[tag.start :].startswith(b"the label")


def test_quicktime_writes_its_meta_without_a_version() -> None:
    assert values(tagged(keys(b"AIGC"), ilst(b"the label"), version=b"")) == [b"the label"]


def test_every_label_is_found_wherever_it_hides() -> None:
    twice = tagged(keys(b"AIGC", b"com.example.AIGC"), ilst(b"one", b"two")) + tagged(
        keys(b"AIGC"), ilst(b"three")
    )
    assert values(twice) == [b"one", b"two", b"three"]


def test_a_label_in_another_place_is_not_the_label() -> None:
    meta = box(b"meta", bytes(4), box(b"hdlr", bytes(25)), keys(b"AIGC"), ilst(b"x"))
    assert values(box(b"moov", meta) + box(b"free", tagged(keys(b"AIGC"), ilst(b"y")))) == []


def test_the_payload_is_the_contents_of_every_mdat() -> None:
    one = box(b"mdat", b"first ") + box(b"free", b"ignored") + box(b"mdat", b"second")
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 12) + b"first second"
    endless = struct.pack(">I4s", 0, b"mdat") + b"first second"
    expected = hashlib.sha256(b"first second").digest()
    for file in (one, large, endless):
        assert payload_digest(io.BytesIO(file)) == expected


def test_faststart_is_moov_before_mdat() -> None:
    assert is_faststart(io.BytesIO(box(b"moov") + box(b"mdat")))
    assert not is_faststart(io.BytesIO(box(b"mdat") + box(b"moov")))
    assert not is_faststart(io.BytesIO(box(b"mdat")))


@pytest.mark.parametrize(
    "file",
    [
        b"\0\0\0\x07moov",
        b"\0\0\0\x10moov",
        b"\0\0\0\x01moov" + b"\xff" * 8,
        b"\0\0\0\x01moov",
        b"\0\0",
        box(b"free") * (BOXES_MAX + 1),
        box(b"moov", b"\0\0\0\xffudta"),
        tagged(box(b"keys", bytes(4)), ilst(b"x")),
        tagged(box(b"keys", bytes(2 << 20)), ilst(b"x")),
        tagged(keys(b"AIGC"), box(b"ilst", box(b"\0\0\0\x01", box(b"data", bytes(4))))),
        tagged(keys(b"AIGC"), ilst(bytes((1 << 20) + 1))),
    ],
)
def test_a_file_that_lies_about_its_boxes_is_malformed(file: bytes) -> None:
    with pytest.raises(MalformedFile):
        aigc_tags(io.BytesIO(file))


GOOD = box(b"ftyp") + tagged(keys(b"title", b"AIGC"), ilst(b"a film", b"label")) + box(b"mdat")


@given(position=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_file_is_read_or_malformed_and_nothing_else(
    position: int, byte: int, cut: bool
) -> None:
    rest = b"" if cut else GOOD[position + 1 :]
    file = io.BytesIO(GOOD[:position] + bytes([byte]) + rest)
    for read in (aigc_tags, top_boxes, payload_digest, is_faststart):
        try:
            read(file)
        except MalformedFile:
            continue
