"""Finds drawings by name and reads their pixels."""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import av
import cv2
import numpy as np

from mutoscope.storyboard.art.nature import Facing, Nature, facing_of, heading_of, nature_of
from mutoscope.storyboard.pixels import Pixels, premultiply

HERE = files("mutoscope.storyboard.art")
# What lossy coding leaves of nothing and of all becomes nothing and all again.
COVER = np.clip((np.arange(256) - 14.0) * 255 / (255 - 14 - 8), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Drawing:
    """What is known of one picture of the library."""

    name: str
    en: str
    zh: str
    emoji: str
    tags_en: tuple[str, ...]
    tags_zh: tuple[str, ...]
    subgroup: str
    box: tuple[int, int, int, int]
    colour: tuple[int, int, int]
    frames: int
    seconds: float
    nature: Nature
    facing: Facing
    # Which way its nose points, in degrees, counter-clockwise from the right.
    heading: float


class Library:
    """Every drawing by name; pixels are read when asked for."""

    def __init__(self) -> None:
        rows: dict[str, dict[str, Any]] = json.loads((HERE / "index.json").read_text("utf-8"))
        self.drawings = {name: _drawing(name, row) for name, row in rows.items()}
        self._still = zipfile.ZipFile(io.BytesIO((HERE / "still.zip").read_bytes()))

    def __contains__(self, name: str) -> bool:
        return name in self.drawings

    def __getitem__(self, name: str) -> Drawing:
        return self.drawings[name]

    def still(self, name: str) -> Pixels:
        """The drawing, premultiplied RGBA, 256 pixels square."""
        raw = np.frombuffer(self._still.read(f"{name}.webp"), np.uint8)
        straight: Any = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
        straight = cv2.cvtColor(straight, cv2.COLOR_BGRA2RGBA)
        # The edge of the originals shows a light fringe: take a hair off it.
        thin = cv2.erode(straight[..., 3], np.ones((2, 2), np.uint8))
        straight[..., 3] = cv2.addWeighted(straight[..., 3], 0.4, thin, 0.6, 0)
        return premultiply(straight)

    def moving(self, name: str) -> list[Pixels]:
        """The frames of an animated drawing; one frame when it isn't animated."""
        if self.drawings[name].frames <= 1:
            return [self.still(name)]
        with (HERE / "moving.zip").open("rb") as packed, zipfile.ZipFile(packed) as archive:
            data = io.BytesIO(archive.read(f"{name}.mkv"))
        film: Any
        with av.open(data) as film:
            film.streams.video[0].thread_count = 1
            stacks = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        return [_unstacked(stack) for stack in stacks]


def _unstacked(stack: Pixels) -> Pixels:
    half = stack.shape[0] // 2
    cover = cv2.LUT(stack[half:, :, 1], COVER)
    return premultiply(np.dstack([stack[:half], cover]))


def _drawing(name: str, row: dict[str, Any]) -> Drawing:
    nature = nature_of(name, row["subgroup"], row["group"])
    left, top, right, bottom = row["box"]
    red, green, blue = row["colour"]
    return Drawing(
        name=name, en=row["en"], zh=row["zh"], emoji=row["emoji"],
        tags_en=tuple(row["tags_en"]), tags_zh=tuple(row["tags_zh"]), subgroup=row["subgroup"],
        box=(left, top, right, bottom), colour=(red, green, blue),
        frames=row["frames"], seconds=row["seconds"],
        nature=nature, facing=facing_of(name, nature), heading=heading_of(name, nature),
    )  # fmt: skip


@lru_cache(maxsize=1)
def library() -> Library:
    """The library, read once a process."""
    return Library()
