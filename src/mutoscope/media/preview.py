"""Thumbnail and seekable preview strip, made of the frames on their way to the encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.request import Shape
from mutoscope.media.picture_encoder import EncodedPicture, encode_picture
from mutoscope.media.pictures import PictureFormat
from mutoscope.media.provenance import Provenance
from mutoscope.media.strip_index import StripIndex

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

_THUMBNAIL_WIDTH = 480
_TILE_WIDTH = 160
_TILES_MAX = 20
_COLUMNS = 5
_TILES_PER_SECOND = 2


@dataclass(frozen=True)
class EncodedStrip:
    """A sheet of tiles and the index that finds a moment in it."""

    picture: EncodedPicture
    index: StripIndex


class PreviewMaker:
    """Watches a clip's frames pass and keeps small copies of a few.

    Both pictures are of the labelled frames (step 3 of the order in `encode`), and carry the AIGC
    label themselves: each is a file that can be downloaded.
    """

    def __init__(self, shape: Shape) -> None:
        wanted = max(1, round(shape.seconds * _TILES_PER_SECOND))
        self._shape = shape
        self._tiles = min(wanted, _TILES_MAX, shape.frames)
        # The middle of the stretch that a tile stands for.
        self._tile_frames = [
            (2 * tile + 1) * shape.frames // (2 * self._tiles) for tile in range(self._tiles)
        ]
        self._small: list[Image.Image] = []
        self._thumbnail: Image.Image | None = None

    def watch(self, frames: "Iterator[Frame]") -> "Iterator[Frame]":
        """The same frames, looked at as they pass."""
        for number, frame in enumerate(frames):
            if number == self._shape.poster_frame:
                self._thumbnail = _scaled(frame, _THUMBNAIL_WIDTH)
            if number in self._tile_frames:
                self._small.append(_scaled(frame, _TILE_WIDTH))
            yield frame

    def thumbnail(self, path: Path, *, provenance: Provenance) -> EncodedPicture:
        """Write a still of about a second in, at most 480 pixels wide, as WebP."""
        if self._thumbnail is None:
            raise GenerationFailed("the clip ended before its thumbnail")
        return _encode(self._thumbnail, path, provenance)

    def strip(self, path: Path, *, provenance: Provenance) -> EncodedStrip:
        """Write the sheet of tiles, as WebP."""
        if len(self._small) != self._tiles:
            raise GenerationFailed("the clip ended before its last preview")
        width, height = self._small[0].size
        columns = min(_COLUMNS, self._tiles)
        sheet = Image.new("RGB", (columns * width, -(-self._tiles // columns) * height))
        for number, tile in enumerate(self._small):
            row, column = divmod(number, columns)
            sheet.paste(tile, (column * width, row * height))
        index = StripIndex(
            tiles=self._tiles,
            columns=columns,
            tile_width=width,
            tile_height=height,
            seconds=self._shape.seconds,
        )
        return EncodedStrip(_encode(sheet, path, provenance), index)


def encode_small(
    frame: "Frame",
    path: Path,
    *,
    provenance: Provenance,
    picture_format: PictureFormat = PictureFormat.WEBP,
) -> EncodedPicture:
    """Write one frame at thumbnail size."""
    small = np.asarray(_scaled(frame, _THUMBNAIL_WIDTH))
    return encode_picture(small, path, picture_format=picture_format, provenance=provenance)


def _scaled(frame: "Frame", width_max: int) -> Image.Image:
    """A copy no wider than this."""
    image = Image.fromarray(np.ascontiguousarray(frame))
    width = min(width_max, image.width)
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encode(image: Image.Image, path: Path, provenance: Provenance) -> EncodedPicture:
    return encode_picture(
        np.asarray(image), path, picture_format=PictureFormat.WEBP, provenance=provenance
    )
