"""Backgrounds in few flat shapes, in the style of the sprites: little to learn, little to lose.

A backdrop is wider than the frame, so that the camera can pan over it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from training.scenes import Scene
from training.world import PLACES, TIMES, WEATHERS

Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]

MARGIN = 1 / 3  # frame widths beyond each side
EDGE = -0.25  # where rows of houses, trees and stars are counted from

SKY: dict[str, tuple[Colour, Colour]] = {
    "day": ((96, 176, 250), (206, 236, 255)),
    "sunset": ((236, 104, 92), (255, 206, 134)),
    "night": ((14, 20, 62), (48, 60, 124)),
}
TINT: dict[str, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0),
    "sunset": (0.95, 0.72, 0.62),
    "night": (0.34, 0.4, 0.62),
}
GREY: dict[str, tuple[Colour, float]] = {
    "clear": ((0, 0, 0), 0.0),
    "rain": ((112, 122, 138), 0.65),
    "snow": ((214, 220, 230), 0.6),
}
PLAIN_COLOURS: dict[str, Colour] = {
    "red": (226, 62, 62),
    "blue": (54, 108, 232),
    "yellow": (250, 206, 60),
}


class Painter:
    """A canvas measured in frame heights: x from -MARGIN to 1 + MARGIN, y from 0 to 1."""

    def __init__(self, scene: Scene, height: int) -> None:
        self.height = height
        self.width = round(height * (1 + 2 * MARGIN))
        self.rng = np.random.default_rng([scene.take, 77])
        self.time = TIMES[scene.time].id
        self.weather = WEATHERS[scene.weather].id
        self.canvas: Canvas = np.zeros((self.height, self.width, 3), np.uint8)

    def lit(self, colour: Colour) -> Colour:
        """The colour as it looks at this time of day and in this weather."""
        tinted = np.array(colour) * TINT[self.time]
        grey, share = GREY[self.weather]
        dim = np.array(grey) * np.mean(TINT[self.time])
        mixed = tinted * (1 - share * 0.35) + dim * share * 0.35
        red, green, blue = (int(value) for value in mixed)
        return red, green, blue

    def gradient(self, top: Colour, bottom: Colour) -> None:
        """Fill the canvas from top to bottom."""
        share = np.linspace(0, 1, self.height)[:, None, None]
        rows = (1 - share) * np.array(top) + share * np.array(bottom)
        self.canvas[:] = rows.round().astype(np.uint8)

    def _point(self, x: float, y: float) -> tuple[int, int]:
        return round((x + MARGIN) * self.height), round(y * self.height)

    def disk(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle."""
        centre, size = self._point(x, y), max(1, round(radius * self.height))
        cv2.circle(self.canvas, centre, size, colour, -1, cv2.LINE_AA)

    def ellipse(self, x: float, y: float, *, wide: float, high: float, colour: Colour) -> None:
        """A filled ellipse of the given half axes."""
        axes = (round(wide * self.height), round(high * self.height))
        cv2.ellipse(self.canvas, self._point(x, y), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon."""
        corners = np.array([self._point(x, y) for x, y in points], np.int32)
        cv2.fillPoly(self.canvas, [corners], colour, cv2.LINE_AA)

    def hill(self, base: float, swell: float, waves: float, phase: float, colour: Colour) -> None:
        """Ground with a wavy upper edge, down to the bottom of the canvas."""
        xs = np.linspace(-MARGIN, 1 + MARGIN, 48)
        ys = base + swell * np.sin(2 * np.pi * waves * xs + phase)
        edge = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        self.polygon([(-MARGIN, 1.05), *edge, (1 + MARGIN, 1.05)], self.lit(colour))

    def sky(self) -> None:
        """Sky of the hour, with sun or moon and, by day, two clouds."""
        grey, share = GREY[self.weather]
        dim = np.array(grey) * np.mean(TINT[self.time])
        top, bottom = ((1 - share) * np.array(colour) + share * dim for colour in SKY[self.time])
        self.gradient((*map(int, top),), (*map(int, bottom),))  # type: ignore[arg-type]
        x = 0.2 if self.rng.random() < 0.5 else 0.8
        x += float(self.rng.uniform(-0.05, 0.05))
        if self.weather == "clear":
            if self.time == "day":
                self.disk(x, 0.16, 0.09, (255, 224, 92))
            elif self.time == "sunset":
                self.disk(x, 0.42, 0.14, (255, 236, 150))
            else:
                self.disk(x, 0.17, 0.08, (240, 238, 214))
        if self.time == "day":
            cloud = (250, 252, 255) if self.weather == "clear" else (150, 158, 172)
            for side in (x - 0.55, x + 0.5):
                self.ellipse(side, 0.2, wide=0.14, high=0.05, colour=cloud)
                self.ellipse(side + 0.03, 0.165, wide=0.08, high=0.055, colour=cloud)

    def phase(self) -> float:
        """Where this take's hills begin."""
        return float(self.rng.uniform(-0.9, 0.9))


def _grassland(paint: Painter) -> None:
    paint.sky()
    paint.hill(0.6, 0.06, 0.7, paint.phase(), (120, 200, 96))
    paint.hill(0.76, 0.04, 0.6, paint.phase() + 2, (84, 172, 70))


def _sea(paint: Painter) -> None:
    paint.sky()
    paint.hill(0.56, 0.0, 1.0, 0.0, (52, 150, 214))
    paint.hill(0.7, 0.015, 2.0, paint.phase(), (32, 122, 194))
    paint.hill(0.86, 0.02, 1.5, paint.phase() + 1, (20, 96, 168))


def _desert(paint: Painter) -> None:
    paint.sky()
    paint.hill(0.58, 0.07, 0.8, paint.phase() + 1, (240, 206, 138))
    paint.hill(0.76, 0.06, 0.6, paint.phase() + 3, (224, 178, 100))


def _snowfield(paint: Painter) -> None:
    paint.sky()
    paint.hill(0.6, 0.05, 0.6, paint.phase() + 2, (226, 236, 250))
    paint.hill(0.78, 0.03, 0.7, paint.phase(), (248, 250, 255))


def _city(paint: Painter) -> None:
    paint.sky()
    shift = float(paint.rng.uniform(-0.06, 0.06))
    for index, height in enumerate((0.42, 0.34, 0.5, 0.26, 0.44, 0.3, 0.54, 0.36, 0.48, 0.3), -1):
        left = EDGE + index * 0.19 + shift - 0.02
        shade = (128, 140, 168) if index % 2 else (156, 164, 186)
        top = 0.68 - height
        corners = [(left, 0.7), (left, top), (left + 0.17, top), (left + 0.17, 0.7)]
        paint.polygon(corners, paint.lit(shade))
    paint.hill(0.67, 0.0, 1.0, 0.0, (172, 172, 176))
    paint.hill(0.76, 0.0, 1.0, 0.0, (84, 86, 96))
    for index in range(-1, 6):
        left = EDGE + index * 0.32 + shift
        corners = [(left, 0.89), (left, 0.865), (left + 0.16, 0.865), (left + 0.16, 0.89)]
        paint.polygon(corners, paint.lit((240, 240, 230)))


def _forest(paint: Painter) -> None:
    paint.sky()
    shift = float(paint.rng.uniform(-0.08, 0.08))
    paint.hill(0.62, 0.0, 1.0, 0.0, (70, 134, 76))
    for index in range(-1, 7):
        x = EDGE + 0.08 + index * 0.28 + shift
        trunk = [(x - 0.025, 0.75), (x - 0.025, 0.4), (x + 0.025, 0.4), (x + 0.025, 0.75)]
        paint.polygon(trunk, paint.lit((116, 82, 56)))
        top = 0.1 if index % 2 else 0.18
        crown = [(x - 0.15, 0.6), (x, top), (x + 0.15, 0.6)]
        paint.polygon(crown, paint.lit((30, 104, 62) if index % 2 else (42, 122, 70)))
    paint.hill(0.72, 0.02, 0.7, paint.phase(), (58, 112, 58))


def _space(paint: Painter) -> None:
    paint.gradient((10, 6, 28), (36, 18, 66))
    x = 0.18 if paint.rng.random() < 0.5 else 0.82
    paint.disk(x, 0.2, 0.13, (206, 132, 92))
    paint.ellipse(x, 0.2, wide=0.22, high=0.03, colour=(236, 198, 150))
    for index in range(-1, 10):
        star = EDGE + 0.08 + index * 0.17
        paint.disk(star, 0.08 + 0.84 * ((index * 0.37 + 0.3) % 1), 0.012, (240, 240, 255))


def _plain(colour: Colour) -> Callable[[Painter], None]:
    def draw(paint: Painter) -> None:
        red, green, blue = (min(255, round(value * 1.12)) for value in colour)
        low_red, low_green, low_blue = (round(value * 0.86) for value in colour)
        paint.gradient((red, green, blue), (low_red, low_green, low_blue))
        light = (*(round(255 * 0.25 + value * 0.75) for value in colour),)
        for x in (-0.1, 0.5, 1.1):  # marks by which a camera move can be seen
            paint.ellipse(x, 0.9, wide=0.2, high=0.05, colour=light)  # type: ignore[arg-type]
            paint.disk(x + 0.3, 0.12, 0.05, light)  # type: ignore[arg-type]

    return draw


DRAW: dict[str, Callable[[Painter], None]] = {
    "grassland": _grassland,
    "sea": _sea,
    "desert": _desert,
    "snowfield": _snowfield,
    "city": _city,
    "forest": _forest,
    "space": _space,
    **{name: _plain(colour) for name, colour in PLAIN_COLOURS.items()},
}


def paint_backdrop(scene: Scene, height: int) -> Canvas:
    """The scene's background, `height` high and 1 + 2 MARGIN times as wide; not to be changed."""
    return _painted(replace(scene, thing=0, motion=0, camera=0), height)


@lru_cache(maxsize=256)
def _painted(scene: Scene, height: int) -> Canvas:
    painter = Painter(scene, height)
    DRAW[PLACES[scene.place].id](painter)
    return painter.canvas
