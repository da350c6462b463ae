"""Pictures of strangers: looked at and decoded in a process of their own, under limits.

Light: the web process imports this. No image library is loaded on this side of the pipe.
"""

import binascii
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutoscope.core.errors import PictureRejected, TooManyRequests

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DECODER = Path(__file__).with_name("picture_decoder.py")
_AT_ONCE = threading.BoundedSemaphore(2)
_NEEDED_TO_START = ("LD_LIBRARY_PATH",)  # where some builds of Python find themselves
_ANSWER_BYTES_MAX = 4096
_DIED = {"problem": "died"}
_AS_PICTURE = "send it as PNG, JPEG or WebP"


class PictureFormat(StrEnum):
    """The formats that go in and out."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        return f"image/{self.value}"


@dataclass(frozen=True, kw_only=True)
class PictureLimits:
    """What a picture may be, and what looking at it may cost. The defaults follow Kling's rules."""

    bytes_max: int = 10 * 1024 * 1024
    side_min: int = 300
    side_max: int = 8000
    aspect_max: float = 2.5
    pixels_max: int = 40_000_000
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 10
    wall_seconds: float = 20.0


@dataclass(frozen=True)
class PictureFacts:
    """A picture that can be decoded: upright, it has these sides."""

    width: int
    height: int
    format: PictureFormat
    has_alpha: bool


DEFAULT_LIMITS = PictureLimits()


def inspect_picture(
    data: bytes, limits: PictureLimits = DEFAULT_LIMITS, *, field: str = "image"
) -> PictureFacts:
    """Decode the picture once, elsewhere, and say what it is. PictureRejected names the fix."""
    facts, _, _ = _decode(data, limits, field, to_side=None)
    return facts


def decode_picture(
    data: bytes,
    limits: PictureLimits = DEFAULT_LIMITS,
    *,
    max_side: int,
    field: str = "image",
) -> "NDArray[np.uint8]":
    """The pixels: upright, sRGB, (height, width, 3) or 4 with alpha, no side over `max_side`."""
    import numpy as np  # only workers need pixels

    _, (width, height, mode), pixels = _decode(data, limits, field, to_side=max_side)
    return np.frombuffer(bytearray(pixels), np.uint8).reshape(height, width, len(mode))


def decode_rgb(data: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB pixels of a picture of any size we make, not scaled; for checking."""
    limits = PictureLimits(bytes_max=len(data), side_min=1, side_max=16384, aspect_max=16384)
    _, (width, height, mode), pixels = _decode(data, limits, "file", to_side=limits.side_max)
    if mode != "RGB":
        raise PictureRejected("the picture has transparency", field="file")
    return width, height, pixels


def decode_base64_picture(
    text: str, *, bytes_max: int = DEFAULT_LIMITS.bytes_max, field: str = "image"
) -> bytes:
    """The bytes that `text` spells in standard base64, padding included.

    A leading `data:...;base64,` is dropped, so are line breaks and space around it. Anything else
    outside the alphabet is refused: a space within was most likely a plus sign.
    """
    text_max = bytes_max // 3 * 4 + 4
    if len(text) > text_max * 1.1 + 200:  # line breaks and the prefix take some room too
        raise _too_many_bytes(bytes_max, field)
    text = text.strip()
    if text[:5].lower() == "data:":
        prefix, comma, text = text.partition(",")
        if not comma or not prefix.lower().endswith(";base64"):
            raise PictureRejected(
                "the data URL is not base64", field=field, fix="send data:image/png;base64,..."
            )
    text = text.replace("\r", "").replace("\n", "")
    if len(text) > text_max:
        raise _too_many_bytes(bytes_max, field)
    try:
        if len(text) % 4 or text.endswith("==="):  # binascii lets superfluous padding pass
            raise binascii.Error
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise PictureRejected(
            "the picture is not valid base64",
            field=field,
            fix="use the standard alphabet (+ and /, not - and _) with padding and no spaces",
        ) from None
    if not data:
        raise PictureRejected("the picture is empty", field=field, fix=_AS_PICTURE)
    if len(data) > bytes_max:
        raise _too_many_bytes(bytes_max, field)
    return data


def _decode(
    data: bytes, limits: PictureLimits, field: str, *, to_side: int | None
) -> tuple[PictureFacts, tuple[int, int, str], bytes]:
    if len(data) > limits.bytes_max:
        raise _too_many_bytes(limits.bytes_max, field)
    picture_format = _sniff(data, field)
    order = {
        "format": picture_format.value,
        "side_max": limits.side_max,
        "pixels_max": limits.pixels_max,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "to_side": to_side,
    }
    pixels_max = 0 if to_side is None else 4 * min(to_side * to_side, limits.pixels_max)
    reply = _run(order, data, answer_max=_ANSWER_BYTES_MAX + pixels_max, limits=limits)
    line, _, pixels = reply.partition(b"\n")
    answer = _parse(line)
    if "problem" in answer:
        raise _rejection(answer, limits, picture_format, field)
    facts = PictureFacts(answer["width"], answer["height"], picture_format, answer["has_alpha"])
    _check_sides(facts, limits, field)
    width, height, mode = answer["pixels"]
    if len(pixels) != width * height * len(mode):
        raise _rejection(_DIED, limits, picture_format, field)
    return facts, (width, height, mode), pixels


def _run(order: dict[str, Any], data: bytes, *, answer_max: int, limits: PictureLimits) -> bytes:
    """Let the decoder have the picture; whatever it says, at most `answer_max` bytes of it.

    Isolated (-I) and with hardly an environment: it learns nothing of ours.
    """
    command = [sys.executable, "-I", str(_DECODER), json.dumps(order)]
    with (
        _turn(limits.wall_seconds),
        subprocess.Popen(  # noqa: S603 - our own program, the picture comes through a pipe
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _NEEDED_TO_START if name in os.environ},
            cwd="/",
        ) as decoder,
    ):
        assert decoder.stdin is not None
        assert decoder.stdout is not None
        clock = threading.Timer(limits.wall_seconds, decoder.kill)
        feeder = threading.Thread(target=_feed, args=(decoder.stdin, data), daemon=True)
        clock.start()
        feeder.start()
        try:
            reply = decoder.stdout.read(answer_max + 1)
            if len(reply) > answer_max:
                decoder.kill()
            decoder.wait()
        finally:
            decoder.kill()
            clock.cancel()
            clock.join()
            feeder.join()
    return reply if decoder.returncode == 0 else b""


def _feed(pipe: Any, data: bytes) -> None:
    with suppress(BrokenPipeError):  # it may well die before it has read everything
        try:
            pipe.write(data)
        finally:
            pipe.close()


@contextmanager
def _turn(seconds: float) -> Iterator[None]:
    """Two pictures at once are enough: each may take a gigabyte."""
    if not _AT_ONCE.acquire(timeout=seconds):
        raise TooManyRequests("too many pictures at once", fix="try again in a moment")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _parse(line: bytes) -> dict[str, Any]:
    """The decoder's answer, believed only in this form; one that was killed has none."""
    try:
        answer = json.loads(line)
        if "problem" in answer:
            return {
                "problem": str(answer["problem"]),
                "why": str(answer.get("why", "")),
                "size": [int(side) for side in answer.get("size", ())],
            }
        width, height, mode = answer.get("pixels", (0, 0, "RGB"))
        return {
            "width": int(answer["width"]),
            "height": int(answer["height"]),
            "has_alpha": bool(answer["has_alpha"]),
            "pixels": (int(width), int(height), {"RGB": "RGB", "RGBA": "RGBA"}[mode]),
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return _DIED


def _sniff(data: bytes, field: str) -> PictureFormat:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureFormat.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return PictureFormat.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PictureFormat.WEBP
    raise PictureRejected(f"this is {_guess(data)}", field=field, fix=_AS_PICTURE)


def _guess(data: bytes) -> str:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype")):
        return "an SVG or another XML file, not a picture of pixels"
    if head.startswith(b"gif8"):
        return "a GIF"
    if data[4:8] == b"ftyp":
        return "a HEIC, an AVIF or a video"
    if data[:4] in {b"II*\0", b"MM\0*"}:
        return "a TIFF"
    if head.startswith(b"bm"):
        return "a BMP"
    return "no picture that we know" if data else "empty"


def _check_sides(facts: PictureFacts, limits: PictureLimits, field: str) -> None:
    size = f"{facts.width}x{facts.height}"
    if min(facts.width, facts.height) < limits.side_min:
        raise PictureRejected(
            f"the picture is {size}; a side has at least {limits.side_min} pixels",
            field=field,
            fix="send a larger picture",
        )
    if max(facts.width, facts.height) > limits.aspect_max * min(facts.width, facts.height):
        raise PictureRejected(
            f"the picture is {size}; one side is at most {limits.aspect_max:g} times the other",
            field=field,
            fix="crop it",
        )


def _rejection(
    answer: dict[str, Any], limits: PictureLimits, picture_format: PictureFormat, field: str
) -> PictureRejected:
    size = "x".join(str(side) for side in answer.get("size", ()))
    name = picture_format.name if picture_format is not PictureFormat.WEBP else "WebP"
    detail, fix = {
        "side": (
            f"the picture is {size}; a side has at most {limits.side_max} pixels",
            "scale it down",
        ),
        "pixels": (
            f"the picture is {size}; at most {limits.pixels_max / 1e6:g} million pixels are read",
            "scale it down",
        ),
        "animated": ("the picture is animated", "send one still frame"),
        "damaged": (
            f"the picture is damaged or not really a {name} ({answer.get('why', '')})",
            "open it in an image editor and export it again",
        ),
        "memory": ("reading the picture takes too much memory", "scale it down"),
    }.get(
        answer["problem"],
        (
            "reading the picture took too long or broke its reader",
            "export it again, smaller, as PNG or JPEG",
        ),
    )
    return PictureRejected(detail, field=field, fix=fix)


def _too_many_bytes(bytes_max: int, field: str) -> PictureRejected:
    return PictureRejected(
        f"the picture has more than {bytes_max / (1024 * 1024):g} MiB",
        field=field,
        fix="compress it or scale it down",
    )
