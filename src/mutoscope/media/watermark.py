"""The visible mark: laid on frames where a second, watermarked rendition was asked for.

It says that the picture was made by AI, in letters at least a twentieth as high as its shorter
side, as GB 45438-2025 asks of an explicit label.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mutoscope.core.rendering import Frame

# The picture has an edge around its letters, which take up two thirds of its height.
_HEIGHT_SHARE = 0.05 / 0.62
_MARGIN_SHARE = 0.015
_WIDTH_SHARE_MAX = 0.9


class Watermark:
    """The mark for frames of one size, in their lower right corner."""

    def __init__(self, *, width: int, height: int) -> None:
        art = _art()
        tall = max(8, round(min(width, height) * _HEIGHT_SHARE))
        wide = round(art.width * tall / art.height)
        if wide > width * _WIDTH_SHARE_MAX:
            wide = max(1, round(width * _WIDTH_SHARE_MAX))
            tall = max(1, round(art.height * wide / art.width))
        scaled = np.asarray(art.resize((wide, tall), Image.Resampling.LANCZOS))
        margin = round(min(width, height) * _MARGIN_SHARE)
        bottom, right = height - margin, width - margin
        top, left = max(0, bottom - tall), max(0, right - wide)
        self.box = (slice(top, bottom), slice(left, right))
        cover = scaled[: bottom - top, : right - left, 3:].astype(np.float32) / 255
        ink = scaled[: bottom - top, : right - left, :3] * cover
        self._ink: NDArray[np.float32] = ink.astype(np.float32)
        self._kept: NDArray[np.float32] = (1 - cover).astype(np.float32)

    def on(self, frame: "Frame") -> "Frame":
        """A copy of an RGB frame, with the mark on it."""
        marked = frame.copy()
        marked[self.box] = (frame[self.box] * self._kept + self._ink + 0.5).astype(np.uint8)
        return marked

    def over(self, frames: "Iterator[Frame]") -> "Iterator[Frame]":
        """The frames, each with the mark on it."""
        return (self.on(frame) for frame in frames)


@cache
def _art() -> Image.Image:
    with resources.files("mutoscope.media").joinpath("mark.png").open("rb") as file:
        return Image.open(file).convert("RGBA")
