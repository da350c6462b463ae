"""The program that opens pictures of strangers, and does nothing else.

Run as a script in a process of its own, whose limits it sets before it reads a byte. It gets a
picture on its input and answers on its output: one line of JSON, then the pixels if they were
asked for. Imports nothing of ours, and of Pillow only what the format needs: it starts often.
"""

import io
import json
import resource
import struct
import sys
from typing import Any, BinaryIO

from PIL import Image, ImageFile

# EXIF orientation to what puts the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


class Refused(Exception):
    """Why the picture can't be had: a word, and its size if that is why."""


def main(order: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Answer one order: `format`, `side_max`, `pixels_max`, and `to_side` if pixels are wanted."""
    pixels = b""
    try:
        answer, pixels = _read(order, source.read())
    except Refused as refused:
        answer = {"problem": refused.args[0], "size": refused.args[1:]}
    except MemoryError:
        answer = {"problem": "memory"}
    except Exception as error:  # whatever a decoder makes of hostile bytes is an answer
        answer = {"problem": "damaged", "why": str(error)[:200]}
    target.write(json.dumps(answer).encode() + b"\n" + pixels)


def limit(order: dict[str, Any]) -> None:
    """Give up the right to much memory, time, files and children."""
    for what, most in (
        (resource.RLIMIT_AS, order["memory_bytes"]),
        (resource.RLIMIT_CPU, order["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        if sys.platform == "darwin" and what == resource.RLIMIT_AS:
            continue  # macOS refuses it; the caps on size and time remain
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _read(order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    if order["format"] == "webp":  # its decoder takes the memory as soon as it is opened
        _check_size(order, *_webp_size(data))
    image = _open(order["format"], data)
    _check_size(order, *image.size)
    if getattr(image, "is_animated", False):
        raise Refused("animated")
    orientation = image.getexif().get(_ORIENTATION, 1)
    width, height = image.size if orientation not in {5, 6, 7, 8} else image.size[::-1]
    answer = {"width": width, "height": height, "has_alpha": image.has_transparency_data}
    to_side = order.get("to_side")
    image.draft(None, (to_side or 1, to_side or 1))  # a JPEG is unpacked no larger than needed
    image.load()
    if to_side is None:
        return answer, b""
    plain = _plain(image, to_side)
    if orientation in _UPRIGHT:
        plain = plain.transpose(_UPRIGHT[orientation])
    return answer | {"pixels": [plain.width, plain.height, plain.mode]}, plain.tobytes()


def _open(name: str, data: bytes) -> ImageFile.ImageFile:
    """Straight to the one decoder that may have it, whatever else Pillow could read."""
    file = io.BytesIO(data)
    if name == "png":
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile(file)
    if name == "jpeg":
        from PIL.JpegImagePlugin import JpegImageFile

        return JpegImageFile(file)
    from PIL.WebPImagePlugin import WebPImageFile

    return WebPImageFile(file)


def _check_size(order: dict[str, Any], width: int, height: int) -> None:
    if max(width, height) > order["side_max"]:
        raise Refused("side", width, height)
    if width * height > order["pixels_max"]:
        raise Refused("pixels", width, height)


def _webp_size(data: bytes) -> tuple[int, int]:
    """The size that a WebP announces, in each of its three dialects."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _plain(image: Image.Image, to_side: int) -> Image.Image:
    """RGB or RGBA, 8 bits, sRGB, no side longer than `to_side`."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would clip them
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        image.info.pop("transparency", None)
        mode = "RGB"
    if image.mode in {"1", "P", "PA"} or "transparency" in image.info:
        image = image.convert(mode)  # before scaling: neither indices nor a key colour can be mixed
    image.thumbnail((to_side, to_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _in_srgb(image).convert(mode)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as the picture's ICC profile means them. A broken profile is as good as none."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    from PIL import ImageCms

    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    limit(given)
    main(given, sys.stdin.buffer, sys.stdout.buffer)
