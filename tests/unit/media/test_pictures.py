"""Pictures of strangers: good ones are read as meant, bad ones are refused with the fix."""

import base64
import io
import json
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from mutoscope.core.errors import PictureRejected
from mutoscope.media import (
    PictureFacts,
    PictureFormat,
    PictureLimits,
    decode_base64_picture,
    decode_picture,
    inspect_picture,
)
from mutoscope.media import picture_decoder as decoder_module

RED, BLUE = (255, 0, 0), (0, 0, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def red(mode: str = "RGB", size: tuple[int, int] = (400, 300)) -> Image.Image:
    return Image.new("RGB", size, RED).convert(mode)


def png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def palette(**options: Any) -> bytes:
    image = Image.new("P", (400, 300), 1)
    image.putpalette([0, 255, 0, *RED])
    return encoded(image, **options)


def oriented() -> bytes:
    """Lies on its side: red is left in the file, and on top when it is upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (400, 300), BLUE)
    image.paste(RED, (0, 0, 200, 300))
    return encoded(image, "JPEG", exif=exif, quality=95)


def two_frames(kind: str) -> bytes:
    return encoded(red(), kind, save_all=True, append_images=[Image.new("RGB", (400, 300))])


def swapped_colors() -> bytes:
    """Blue numbers under a profile whose first primary is blue: it means red."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    r, b = profile.index(b"rXYZ", 128), profile.index(b"bXYZ", 128)
    profile[r : r + 4], profile[b : b + 4] = profile[b : b + 4], profile[r : r + 4]
    return encoded(Image.new("RGB", (400, 300), BLUE), icc_profile=bytes(profile))


GOOD: dict[str, tuple[Callable[[], bytes], tuple[int, ...]]] = {
    "png": (lambda: encoded(red()), RED),
    "jpeg": (lambda: encoded(red(), "JPEG", quality=95), RED),
    "progressive jpeg": (lambda: encoded(red(), "JPEG", quality=95, progressive=True), RED),
    "webp": (lambda: encoded(red(), "WEBP", quality=95), RED),
    "lossless webp": (lambda: encoded(red(), "WEBP", lossless=True), RED),
    "webp with alpha": (
        lambda: encoded(Image.new("RGBA", (400, 300), (*RED, 128)), "WEBP"),
        (*RED, 128),
    ),
    "cmyk": (lambda: encoded(red("CMYK"), "JPEG", quality=95), RED),
    "grey": (lambda: encoded(Image.new("L", (400, 300), 77)), (77, 77, 77)),
    "grey jpeg": (lambda: encoded(Image.new("L", (400, 300), 77), "JPEG"), (77, 77, 77)),
    "one bit": (lambda: encoded(Image.new("1", (400, 300), 1)), (255, 255, 255)),
    "16 bit grey": (
        lambda: encoded(Image.fromarray(np.full((300, 400), 77 * 257, np.uint16))),
        (77, 77, 77),
    ),
    "grey with alpha": (
        lambda: encoded(Image.new("LA", (400, 300), (77, 128))),
        (77, 77, 77, 128),
    ),
    "palette": (palette, RED),
    "palette with transparency": (lambda: palette(transparency=1), (0, 0, 0, 0)),
    "sRGB profile": (
        lambda: encoded(
            red(),
            icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        ),
        RED,
    ),
    "another profile": (swapped_colors, RED),
    "broken profile": (lambda: encoded(red(), icc_profile=b"nonsense" * 40), RED),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_picture_is_read_as_it_is_meant(name: str) -> None:
    make, color = GOOD[name]
    pixels = decode_picture(make(), max_side=200)
    assert pixels.shape == (150, 200, len(color))
    assert np.abs(pixels[75, 100].astype(int) - color).max() <= 3


def test_a_picture_that_lies_on_its_side_is_stood_up() -> None:
    facts = inspect_picture(oriented())
    assert facts == PictureFacts(300, 400, PictureFormat.JPEG, has_alpha=False)
    pixels = decode_picture(oriented(), max_side=8000)
    assert pixels.shape == (400, 300, 3)
    assert np.abs(pixels[20, 150].astype(int) - RED).max() <= 3
    assert np.abs(pixels[380, 150].astype(int) - BLUE).max() <= 3


def test_decoded_pixels_can_be_drawn_on() -> None:
    pixels = decode_picture(encoded(red()), max_side=400)
    pixels[0, 0] = BLUE
    assert tuple(pixels[0, 0]) == BLUE


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "text": (lambda: b"hello", "no picture"),
    "svg": (lambda: b"\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "gif": (lambda: encoded(red("P"), "GIF"), "GIF"),
    "tiff": (lambda: encoded(red(), "TIFF"), "TIFF"),
    "bmp": (lambda: encoded(red(), "BMP"), "BMP"),
    "heic": (lambda: b"\0\0\0\x18ftypheic", "HEIC"),
    "only a beginning": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "half a png": (lambda: encoded(Image.effect_noise((400, 300), 90))[:9000], "damaged"),
    "half a jpeg": (lambda: encoded(Image.effect_noise((400, 300), 90), "JPEG")[:9000], "damaged"),
    "half a webp": (lambda: encoded(Image.effect_noise((400, 300), 90), "WEBP")[:9000], "damaged"),
    "a webp of 20 bytes": (lambda: b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0", "damaged"),
    "a png that calls itself jpeg": (lambda: b"\xff\xd8\xff" + encoded(red())[3:], "damaged"),
    "animated png": (lambda: two_frames("PNG"), "animated"),
    "animated webp": (lambda: two_frames("WEBP"), "animated"),
    "30000 x 30000": (lambda: png(30_000, 30_000, zlib.compress(bytes(9000))), "30000x30000"),
    "49 million pixels": (lambda: png(7000, 7000, zlib.compress(bytes(9000))), "million"),
    "16384 x 16384 webp": (
        lambda: b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3f\0" * 2 + bytes(8),
        "16384x16384",
    ),
    "16384 x 16384 lossless webp": (
        lambda: b"RIFF\x1a\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f" + bytes(8),
        "16384x16384",
    ),
    "a bomb in its comments": (
        lambda: (
            png(400, 300, zlib.compress(bytes(400 * 3 * 300 + 300)))[:-12]
            + struct.pack(">I", 51_000)
            + b"zTXt"
            + b"k\0\0"
            + zlib.compress(bytes(50_000_000))
            + bytes(16)
        ),
        "damaged",
    ),
    "too small": (lambda: encoded(red(size=(299, 400))), "at least 300"),
    "too narrow": (lambda: encoded(red(size=(300, 751))), "2.5 times"),
    "too flat": (lambda: encoded(red(size=(751, 300))), "2.5 times"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_refused_with_its_field_and_the_fix(name: str) -> None:
    make, reason = BAD[name]
    with pytest.raises(PictureRejected, match=reason) as refused:
        inspect_picture(make(), field="image_tail")
    assert refused.value.field == "image_tail"
    assert refused.value.fix


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    limits = PictureLimits(bytes_max=1 << 20)
    with pytest.raises(PictureRejected, match="more than 1 MiB"):
        inspect_picture(bytes((1 << 20) + 1), limits)


def test_a_picture_that_unpacks_to_more_than_it_needs_stops_at_what_it_needs() -> None:
    bomb = png(400, 300, zlib.compress(bytes(20_000_000)))
    assert inspect_picture(bomb).width == 400


@pytest.mark.parametrize(
    "limits",
    [
        PictureLimits(memory_bytes=30 << 20),
        PictureLimits(memory_bytes=1),
        PictureLimits(wall_seconds=0.001),
    ],
    ids=["out of memory", "dead at birth", "out of time"],
)
def test_a_decoder_that_dies_is_a_picture_refused(limits: PictureLimits) -> None:
    big = encoded(Image.effect_noise((2000, 1500), 90), compress_level=1)
    before = threading.enumerate()
    with pytest.raises(PictureRejected, match=r"memory|too long") as refused:
        inspect_picture(big, limits)
    assert refused.value.fix
    assert threading.enumerate() == before
    assert inspect_picture(encoded(red())).width == 400


def test_the_decoder_may_not_write_nor_have_children() -> None:
    order = {"memory_bytes": 1 << 30, "cpu_seconds": 5}
    program = (
        "import json, resource, sys; sys.path.insert(0, sys.argv[1]);"
        "from picture_decoder import limit; limit(json.loads(sys.argv[2]));"
        "limits = [resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE];"
        "print([resource.getrlimit(each) for each in limits])"
    )
    folder = str(decoder_module.__file__).rpartition("/")[0]
    command = [sys.executable, "-c", program, folder, json.dumps(order)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[(0, 0), (0, 0), (0, 0)]"


SEEDS = [encoded(red(size=(40, 30)), name) for name in ("PNG", "JPEG", "WEBP")]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.sampled_from(SEEDS),
    damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    to_side=st.sampled_from([None, 16]),
)
@pytest.mark.filterwarnings("ignore")  # what Pillow thinks of damaged EXIF
def test_the_decoder_answers_whatever_it_is_given(
    seed: bytes, damage: list[tuple[float, int]], to_side: int | None
) -> None:
    data = bytearray(seed)
    for place, byte in damage:
        data[int(place * len(data))] = byte
    kind = {b"\x89": "png", b"\xff": "jpeg", b"R": "webp"}[seed[:1]]
    order = {"format": kind, "side_max": 500, "pixels_max": 100_000, "to_side": to_side}
    target = io.BytesIO()
    decoder_module.main(order, io.BytesIO(bytes(data)), target)
    line, _, pixels = target.getvalue().partition(b"\n")
    answer = json.loads(line)
    if "problem" not in answer and to_side:
        width, height, mode = answer["pixels"]
        assert len(pixels) == width * height * len(mode)
        assert max(width, height) <= 16
    else:
        assert pixels == b""


PICTURE = encoded(red())
TEXT = base64.b64encode(PICTURE).decode()


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"  {TEXT}\n",
        f"data:image/png;base64,{TEXT}",
        f"DATA:image/png;charset=utf-8;BASE64,{TEXT}",
        base64.encodebytes(PICTURE).decode(),
        TEXT.replace("A", "A\r\n"),
    ],
)
def test_base64_is_read_with_prefix_and_line_breaks(text: str) -> None:
    assert decode_base64_picture(text) == PICTURE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("data:image/png;base64,", "empty"),
        ("data:image/png,abc", "not base64"),
        ("data:image/png;base64", "not base64"),
        ("iVBO Rw0K", "not valid base64"),
        ("iVBO-w0_", "not valid base64"),
        ("iVBORw0", "not valid base64"),
        ("iVBORw0K=", "not valid base64"),
        ("iVBORw0K====", "not valid base64"),
        ("图片", "not valid base64"),
        ("https://example.com/a.png", "not valid base64"),
    ],
)
def test_what_is_not_base64_is_refused(text: str, reason: str) -> None:
    with pytest.raises(PictureRejected, match=reason) as refused:
        decode_base64_picture(text, field="image_tail")
    assert refused.value.field == "image_tail"
    assert refused.value.fix


def test_base64_of_too_many_bytes_is_refused() -> None:
    for count, size in ((10, 12), (11, 12), (12, 13), (12, 100_000)):
        with pytest.raises(PictureRejected, match="more than"):
            decode_base64_picture(base64.b64encode(bytes(size)).decode(), bytes_max=count)
    assert len(decode_base64_picture(base64.b64encode(bytes(12)).decode(), bytes_max=12)) == 12
    with pytest.raises(PictureRejected, match="more than"):
        decode_base64_picture("\n" * 1000, bytes_max=12)


@given(data=st.binary(min_size=1, max_size=300))
def test_base64_gives_back_what_was_spelled(data: bytes) -> None:
    assert decode_base64_picture(base64.b64encode(data).decode(), bytes_max=300) == data


def test_the_door_of_the_room_is_light() -> None:
    program = (
        "import sys, mutoscope.media;"
        "mutoscope.media.inspect_picture, mutoscope.media.verify_label;"
        "print(sorted({'av', 'numpy', 'PIL', 'cv2', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_every_name_on_the_door_leads_somewhere() -> None:
    import mutoscope.media

    for name in mutoscope.media.__all__:
        assert getattr(mutoscope.media, name).__name__ == name
    with pytest.raises(AttributeError):
        mutoscope.media.nothing_of_the_kind  # noqa: B018
