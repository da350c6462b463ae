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
# Lamps, fires and stars keep their own light and give some.
SHINING = frozenset({
    "sun", "sun-with-face", "full-moon", "full-moon-face", "crescent-moon", "star", "glowing-star",
    "fire", "candle", "light-bulb", "red-paper-lantern", "comet", "jack-o-lantern", "sparkles",
    "flashlight", "diya-lamp", "crystal-ball",
})  # fmt: skip


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
    shines: bool = False
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
        if larger > 1.25 and self.soft:
            # Sharpened before it is enlarged: the same to the eye at a third of the cost.
            picture = cv2.addWeighted(picture, 1.5, cv2.blur(picture, (3, 3)), -0.5, 0)
            picture[..., :3] = np.minimum(picture[..., :3], picture[..., 3:])
        return resized(picture, wide, tall)


def drawn(drawing: Drawing, colour: Colour | None, light: RGB) -> Look:
    """The look of a drawing of the library."""
    sources = library().moving(drawing.name)
    still = library().still(drawing.name)
    # Only what is ever drawn on: empty margins would cost as much as the drawing.
    drawn_on = np.maximum.reduce([source[..., 3] for source in sources]) > 0
    rows, columns = np.flatnonzero(drawn_on.any(1)), np.flatnonzero(drawn_on.any(0))
    x, y, wide, tall = columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1
    sources = [source[y : y + tall, x : x + wide] for source in sources]
    left, top, right, bottom = drawing.box
    shines = drawing.name in SHINING
    return Look(
        sources=sources, seconds=drawing.seconds, shines=shines,
        light=(1.0, 1.0, 1.0) if shines else light,
        box=((left - x) / wide, (top - y) / tall, (right - x) / wide, (bottom - y) / tall),
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
