"""One frame becomes one labelled picture, or nothing."""

import io
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, features

from mutoscope.core.errors import GenerationFailed
from mutoscope.media import PictureFormat, Provenance, encode_picture, verify_label
from mutoscope.media.boxes import MalformedFile
from mutoscope.media.picture_encoder import read_back
from mutoscope.media.provenance import parse_label
from mutoscope.media.xmp import aigc_values, label_packet, xmp_packets

LeftBehind = Callable[[], list[str]]
AIGC = "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC"
SOURCE_TYPE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


@pytest.fixture
def frame() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:90, :121]
    return np.stack([columns * 2, rows * 2, (rows + columns) % 256], -1).astype(np.uint8)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(text: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"iTXt", text) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", PictureFormat)
def test_a_frame_becomes_a_picture_that_says_who_made_it(
    tmp_path: Path,
    provenance: Provenance,
    frame: NDArray[np.uint8],
    left_behind: LeftBehind,
    kind: PictureFormat,
) -> None:
    made = encode_picture(frame, tmp_path / "out", picture_format=kind, provenance=provenance)
    assert left_behind() == ["out"]
    data = made.path.read_bytes()
    assert len(data) == made.bytes
    assert data.count(b"TC260:AIGC>{") == 1
    (packet,) = xmp_packets(data)
    described = ET.fromstring(packet)
    (value,) = described.iter(AIGC)
    assert parse_label(value.text or "") == made.label
    (source_type,) = described.iter(SOURCE_TYPE)
    assert (source_type.text or "").endswith("/trainedAlgorithmicMedia")
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == kind.name
        assert (image.width, image.height, image.mode) == (121, 90, "RGB")
        seen = np.asarray(image).astype(int)
    assert np.abs(seen - frame).mean() < (4 if kind is not PictureFormat.PNG else 1e-9)


@pytest.mark.parametrize("kind", PictureFormat)
def test_we_know_our_own_picture_and_only_while_its_pixels_are_ours(
    tmp_path: Path, provenance: Provenance, frame: NDArray[np.uint8], kind: PictureFormat
) -> None:
    made = encode_picture(frame, tmp_path / "out", picture_format=kind, provenance=provenance)
    found = verify_label(made.path, provenance.key)
    assert (found.labels, found.is_ours) == ((made.label,), True)
    other = encode_picture(
        np.flipud(frame), tmp_path / "other", picture_format=kind, provenance=provenance
    )
    ours, theirs = (label_packet(label.to_json()).encode() for label in (made.label, other.label))
    assert len(ours) == len(theirs)
    swapped = other.path.read_bytes().replace(theirs, ours)
    if kind is PictureFormat.PNG:  # the checksum of the text goes with the text
        swapped = swapped.replace(checksum(theirs), checksum(ours))
    other.path.write_bytes(swapped)
    found = verify_label(other.path, provenance.key)
    assert (found.labels, found.is_ours) == ((made.label,), False)


def checksum(packet: bytes) -> bytes:
    """The checksum of the PNG chunk that holds a packet."""
    body = b"XML:com.adobe.xmp" + bytes(5) + packet
    return struct.pack(">I", zlib.crc32(b"iTXt" + body))


def test_reading_back_notices_another_label_and_other_pixels(
    tmp_path: Path, provenance: Provenance, frame: NDArray[np.uint8]
) -> None:
    made = encode_picture(
        frame, tmp_path / "out", picture_format=PictureFormat.PNG, provenance=provenance
    )
    read_back(made.path, made.label, provenance)
    with pytest.raises(GenerationFailed, match="could not be read back"):
        read_back(made.path, provenance.unsealed(), provenance)
    Image.fromarray(frame).save(made.path, "PNG")
    with pytest.raises(GenerationFailed, match="could not be read back"):
        read_back(made.path, made.label, provenance)
    stranger = Provenance(producer="mutoscope", produce_id="asset-1", key=bytes(32))
    again = encode_picture(
        frame, tmp_path / "out", picture_format=PictureFormat.PNG, provenance=provenance
    )
    with pytest.raises(GenerationFailed, match="pixels"):
        read_back(again.path, again.label, stranger)


def test_a_picture_that_cannot_be_encoded_leaves_nothing(
    tmp_path: Path, provenance: Provenance, left_behind: LeftBehind
) -> None:
    too_wide = np.zeros((1, 16_384 + 1, 3), np.uint8)  # a WebP has no words for it
    assert features.check("webp")
    with pytest.raises(GenerationFailed, match="could not be encoded"):
        encode_picture(
            too_wide, tmp_path / "out", picture_format=PictureFormat.WEBP, provenance=provenance
        )
    with pytest.raises(GenerationFailed, match="announced"):
        encode_picture(
            np.zeros((8, 8, 4), np.uint8),
            tmp_path / "out",
            picture_format=PictureFormat.PNG,
            provenance=provenance,
        )
    assert left_behind() == []


def test_a_packed_text_chunk_is_read_too() -> None:
    packed = zlib.compress(label_packet('{"Label":"1"}').encode())
    assert aigc_values(png_with(b"XML:com.adobe.xmp\0\1\0\0\0" + packed)) == ['{"Label":"1"}']


def test_every_label_of_a_packet_is_counted() -> None:
    packet = label_packet('{"a":"<&>"}') + label_packet("{}")
    assert aigc_values(png_with(b"XML:com.adobe.xmp\0\0\0\0\0" + packet.encode())) == [
        '{"a":"<&>"}',
        "{}",
    ]


@pytest.mark.parametrize(
    "picture",
    [
        png_with(b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(50 << 20))),
        png_with(b"XML:com.adobe.xmp\0\1\0\0\0not zlib"),
        png_with(b"XML:com.adobe.xmp\0\0\0cut"),
        png_with(b"XML:com.adobe.xmp\0"),
        b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffiTXt",
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"tEXt", b"") * 100_001,
        b"\xff\xd8\xff\xe1\xff\xffcut short",
        b"\xff\xd8\xff\xe1\0\0",
        b"\xff\xd8" + b"\xff\xe2\0\2" * 100_001,
        b"RIFF\0\0\0\0WEBPXMP \xff\xff\xff\xff",
        b"RIFF\0\0\0\0WEBP" + b"ABCD\0\0\0\0" * 100_001,
    ],
    ids=lambda picture: f"{picture[:8]!r}, {len(picture)} bytes",
)
def test_a_picture_that_lies_about_its_chunks_is_malformed(picture: bytes) -> None:
    with pytest.raises(MalformedFile):
        aigc_values(picture)


def test_a_label_opened_a_hundred_thousand_times_is_read_at_once() -> None:
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + b"<TC260:AIGC>" * 80_000
    assert aigc_values(png_with(body)) == []


@given(data=st.binary(max_size=200), kind=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]))
def test_noise_is_malformed_or_has_no_label(data: bytes, kind: bytes) -> None:
    try:
        assert aigc_values(kind + data) == []
    except MalformedFile:
        return
