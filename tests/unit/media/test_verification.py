"""Did we make this? Files that are nearly ours, and files of others."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mutoscope.core.request import Shape
from mutoscope.media import Provenance, Verification, encode_video, verify_label
from mutoscope.media.xmp import label_packet

Draw = Callable[[Shape], Iterator[NDArray[np.uint8]]]
SHAPE = Shape(width=64, height=64, frames=3)
NOT_OURS = Verification((), is_ours=False)


@pytest.fixture
def ours(tmp_path: Path, provenance: Provenance, draw: Draw) -> Path:
    return encode_video(draw(SHAPE), SHAPE, tmp_path / "out.mp4", provenance=provenance).path


def box(kind: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def moov(label: bytes) -> bytes:
    keys = box(b"keys", struct.pack(">II", 0, 1), box(b"mdta", b"AIGC"))
    value = box(b"ilst", box(struct.pack(">I", 1), box(b"data", struct.pack(">II", 1, 0), label)))
    return box(b"moov", box(b"udta", box(b"meta", bytes(4), box(b"hdlr", bytes(25)), keys, value)))


def written(folder: Path, data: bytes) -> Path:
    path = folder / "given"
    path.write_bytes(data)
    return path


def test_a_second_label_even_a_broken_one_makes_a_file_not_ours(
    ours: Path, tmp_path: Path, provenance: Provenance
) -> None:
    data = ours.read_bytes()
    (label,) = verify_label(ours, provenance.key).labels
    for second, labels in ((label.to_json().encode(), (label, label)), (b"{", (label,))):
        found = verify_label(written(tmp_path, data + moov(second)), provenance.key)
        assert found == Verification(labels, is_ours=False)


def test_a_label_moved_to_another_film_is_not_proof(
    ours: Path, tmp_path: Path, provenance: Provenance
) -> None:
    (label,) = verify_label(ours, provenance.key).labels
    film = box(b"ftyp", b"isom") + moov(label.to_json().encode()) + box(b"mdat", b"another film")
    found = verify_label(written(tmp_path, film), provenance.key)
    assert found == Verification((label,), is_ours=False)


def test_the_label_of_another_producer_is_shown_and_not_ours(
    tmp_path: Path, provenance: Provenance
) -> None:
    film = box(b"ftyp", b"isom") + moov(b'{"Label":"1","ContentProducer":"\xe8\xb1\x86"}')
    found = verify_label(written(tmp_path, film), provenance.key)
    assert [label.content_producer for label in found.labels] == ["豆"]
    assert not found.is_ours


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        box(b"ftyp", b"isom") + box(b"mdat", b"no label at all"),
        box(b"ftyp", b"isom") + b"\0\0\0\x02moov",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"GIF89a" + label_packet('{"Label":"1"}').encode(),
    ],
)
def test_a_file_without_a_label_is_not_ours(
    tmp_path: Path, provenance: Provenance, data: bytes
) -> None:
    assert verify_label(written(tmp_path, data), provenance.key) == NOT_OURS


def test_a_labelled_picture_that_cannot_be_decoded_is_not_ours(
    tmp_path: Path, provenance: Provenance
) -> None:
    packet = label_packet(provenance.sealed(b"").to_json()).encode()
    segment = b"http://ns.adobe.com/xap/1.0/\0" + packet
    jpeg = b"\xff\xd8\xff\xe1" + struct.pack(">H", 2 + len(segment)) + segment + b"\xff\xd9"
    found = verify_label(written(tmp_path, jpeg), provenance.key)
    assert found == Verification((provenance.sealed(b""),), is_ours=False)
