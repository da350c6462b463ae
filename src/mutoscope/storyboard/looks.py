"""Looks: the pictures an actor is drawn with, coloured, lit and sized once."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from mutoscope.storyboard.art import Drawing, library
from mutoscope.storyboard.art.nature import Facing, Nature, stature
from mutoscope.storyboard.colours import Dye
from mutoscope.storyboard.pixels import RGB, Pixels, premultiply, resized, tinted
from mutoscope.storyboard.scene import Colour

CACHE_BYTES_MAX = 90_000_000


@dataclass(eq=False)
class Look:
    """Frames of one size. The drawing fills `box` of each frame (shares of its width, height)."""

    sources: list[Pixels]
    seconds: float
    box: tuple[float, float, float, float]
    nature: Nature
    facing: Facing
    heading: float
    stature: float
    light: RGB = (1.0, 1.0, 1.0)
    dye: Dye | None = None
    soft: bool = True
    _ready: dict[tuple[int, int], Pixels] = field(default_factory=dict, repr=False)
    _bytes: int = 0

    @property
    def shape(self) -> float:
        """Width of the drawing per height."""
        height, width = self.sources[0].shape[:2]
        left, top, right, bottom = self.box
        return float((right - left) * width / max(1e-6, (bottom - top) * height))

    def picture(self, seconds: float, tall: int) -> Pixels:
        """The frame for a moment, its whole square `tall` pixels high."""
        count = len(self.sources)
        index = int(seconds / self.seconds * count) % count if count > 1 and self.seconds else 0
        key = (index, tall)
        if key not in self._ready:
            if self._bytes > CACHE_BYTES_MAX:
                self._ready.clear()
                self._bytes = 0
            self._ready[key] = self._made(self.sources[index], tall)
            self._bytes += self._ready[key].nbytes
        return self._ready[key]

    def _made(self, source: Pixels, tall: int) -> Pixels:
        picture = source
        if self.dye is not None:
            picture = self.dye(picture)
        picture = tinted(picture, self.light)
        wide = max(1, round(tall * picture.shape[1] / picture.shape[0]))
        larger = tall / picture.shape[0]
        picture = resized(picture, wide, tall)
        if larger > 1.25 and self.soft:
            away = cv2.GaussianBlur(picture, (0, 0), larger * 0.9)
            picture = cv2.addWeighted(picture, 1.35, away, -0.35, 0)
            picture[..., :3] = np.minimum(picture[..., :3], picture[..., 3:])
        return picture


def drawn(drawing: Drawing, colour: Colour | None, light: RGB) -> Look:
    """The look of a drawing of the library."""
    sources = library().moving(drawing.name)
    still = library().still(drawing.name)
    left, top, right, bottom = drawing.box
    return Look(
        sources=sources, seconds=drawing.seconds, light=light,
        box=(left / 256, top / 256, right / 256, bottom / 256),
        nature=drawing.nature, facing=drawing.facing, heading=drawing.heading,
        stature=stature(drawing.name, drawing.nature),
        dye=Dye(still, colour) if colour is not None else None,
    )  # fmt: skip


def photographed(cutout: Pixels, light: RGB) -> Look:
    """The look of a picture somebody gave, already cut out (straight RGBA)."""
    ready = premultiply(cutout)
    solid = np.argwhere(cutout[..., 3] > 24)
    height, width = cutout.shape[:2]
    (top, left), (bottom, right) = solid.min(0), solid.max(0) + 1
    red, green, blue = (0.35 + 0.65 * value for value in light)
    return Look(
        sources=[ready], seconds=0.0, light=(red, green, blue), soft=False,
        box=(left / width, top / height, right / width, bottom / height),
        nature=Nature.THING, facing=Facing.FRONT, heading=0.0, stature=1.1,
    )  # fmt: skip
