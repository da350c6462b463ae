"""One frame to a labelled PNG, JPEG or WebP. The order of operations is that of `encode`."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mutoscope.core.errors import GenerationFailed
from mutoscope.media.boxes import MalformedFile
from mutoscope.media.frames import check_frame
from mutoscope.media.pictures import PictureFormat
from mutoscope.media.provenance import AigcLabel, Provenance, is_proven, pixels_digest
from mutoscope.media.unfinished import unfinished
from mutoscope.media.xmp import PNG_KEYWORD, aigc_values, label_packet

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

_OPTIONS: dict[PictureFormat, dict[str, Any]] = {
    PictureFormat.PNG: {"compress_level": 4},
    PictureFormat.JPEG: {"quality": 93, "subsampling": 0},
    PictureFormat.WEBP: {"quality": 90, "method": 4},
}


@dataclass(frozen=True)
class EncodedPicture:
    """A finished picture file."""

    path: Path
    width: int
    height: int
    format: PictureFormat
    bytes: int
    label: AigcLabel


def encode_picture(
    frame: "Frame", path: Path, *, picture_format: PictureFormat, provenance: Provenance
) -> EncodedPicture:
    """Write one RGB frame to `path`, whole and labelled, or nothing at all."""
    height, width = frame.shape[:2]
    check_frame(frame, (height, width, 3))
    image = Image.fromarray(np.ascontiguousarray(frame))
    label, data = _labelled(image, picture_format, provenance)
    with unfinished(path) as temporary:
        temporary.write_bytes(data)
        read_back(temporary, label, provenance)
    return EncodedPicture(path, width, height, picture_format, len(data), label)


def read_back(path: Path, label: AigcLabel, provenance: Provenance) -> None:
    """Open the file again; GenerationFailed unless it holds this label, once, and its pixels."""
    data = path.read_bytes()
    try:
        values = aigc_values(data)
    except MalformedFile as error:
        raise GenerationFailed(f"the picture could not be read back: {error}") from error
    if values != [label.to_json()]:
        raise GenerationFailed("the AIGC label could not be read back")
    if not is_proven(label, _digest(data), provenance.key):
        raise GenerationFailed("the picture's pixels are not those that were labelled")


def _labelled(
    image: Image.Image, picture_format: PictureFormat, provenance: Provenance
) -> tuple[AigcLabel, bytes]:
    """The proof needs the pixels as a reader will see them. PNG keeps them as they are; a lossy
    picture is encoded with a placeholder as long as the proof, which is then replaced.
    """
    if picture_format is PictureFormat.PNG:
        drawn = pixels_digest(width=image.width, height=image.height, rgb=image.tobytes())
        label = provenance.sealed(drawn)
        return label, _encoded(image, picture_format, label)
    unsealed = provenance.unsealed()
    data = _encoded(image, picture_format, unsealed)
    label = provenance.sealed(_digest(data))
    placeholder = label_packet(unsealed.to_json()).encode()
    if data.count(placeholder) != 1:
        raise GenerationFailed("the AIGC label did not get into the picture")
    return label, data.replace(placeholder, label_packet(label.to_json()).encode())


def _encoded(image: Image.Image, picture_format: PictureFormat, label: AigcLabel) -> bytes:
    packet = label_packet(label.to_json())
    options = dict(_OPTIONS[picture_format])
    if picture_format is PictureFormat.PNG:
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt(PNG_KEYWORD, packet)
    else:
        options["xmp"] = packet.encode()
    target = io.BytesIO()
    try:
        image.save(target, picture_format.value, **options)
    except (OSError, ValueError) as error:
        raise GenerationFailed(f"the picture could not be encoded: {error}") from error
    return target.getvalue()


def _digest(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        rgb = image.convert("RGB").tobytes()
        return pixels_digest(width=image.width, height=image.height, rgb=rgb)
