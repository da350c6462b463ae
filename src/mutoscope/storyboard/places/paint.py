"""The painter's tools: strips, ridges, gradients and props, all in the light of the shot."""

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.storyboard.art import library
from mutoscope.storyboard.layers import MARGIN, PERIOD, Layer, repeated
from mutoscope.storyboard.light import Light
from mutoscope.storyboard.pixels import (
    RGB,
    Floats,
    Pixels,
    blurred,
    dithered,
    hazed,
    mixed,
    over_picture,
    resized,
    smooth_noise,
    tinted,
)

SNOW: RGB = (240, 246, 255)
GREENS = frozenset({
    "blossom", "tulip", "sunflower", "shamrock", "herb", "hibiscus", "rose", "hyacinth", "mushroom",
    "fallen-leaf", "seedling", "leafy-green", "lotus", "sheaf-of-rice", "potted-plant",
})  # fmt: skip

# Drawings that show something else too: who wants none of it wants none of them.
SHOWING = MappingProxyType({"desert-island": "palm-tree", "house-with-garden": "deciduous-tree"})


@dataclass
class Painter:
    """Paints the layers of one shot at one size; everything random comes from `draw`."""

    width: int
    height: int
    light: Light
    draw: np.random.Generator
    without: frozenset[str] = frozenset()
    snowy: bool = False
    snow: float = 0.0  # how white the ground of this place is

    def on_ground(self, colour: RGB) -> RGB:
        """A colour of the ground, under the snow that lies on it."""
        return mixed(colour, SNOW, self.snow)

    @property
    def aspect(self) -> float:
        """Frame widths per height."""
        return self.width / self.height

    def columns(self, detail: float = 1.0) -> int:
        """How many pixels wide a strip is before it repeats."""
        return round(self.width * PERIOD * detail)

    def strip(self, top: float, bottom: float, detail: float = 1.0) -> Pixels:
        """An empty strip from `top` to `bottom`."""
        rows = max(2, round((bottom - top) * self.height * detail))
        return np.zeros((rows, self.columns(detail), 4), np.uint8)

    def layer(
        self, pixels: Pixels, top: float, depth: float,
        *, detail: float = 1.0, drift: float = 0.0, blur: float = 0.0,
    ) -> Layer:  # fmt: skip
        """A painted strip as a layer; `blur` in thousandths of the height, as a lens would."""
        radius = blur * self.height / 1000 * detail
        if radius >= 0.4:
            wide = min(pixels.shape[1], round(radius * 4) + 1)
            edged = np.concatenate([pixels[:, -wide:], pixels, pixels[:, :wide]], axis=1)
            pixels = blurred(edged, radius)[:, wide:-wide]
        period = pixels.shape[1]
        extra = min(period, round(self.width * detail * 1.1))
        return Layer(repeated(pixels, extra), period, top, depth, drift, detail)

    def gradient(self, stops: list[tuple[float, RGB]], detail: float = 0.5) -> Floats:
        """Colours from the top margin to the bottom margin; stops are (y, colour)."""
        rows = round((1 + 2 * MARGIN) * self.height * detail)
        y = np.linspace(-MARGIN, 1 + MARGIN, rows, dtype=np.float32)
        places = [stop[0] for stop in stops]
        bands = [np.interp(y, places, [stop[1][c] for stop in stops]) for c in range(3)]
        column = np.stack(bands, axis=1).astype(np.float32)
        return np.repeat(column[:, None, :], self.columns(detail), axis=1)

    def flat(self, colours: Floats, *, detail: float = 0.5, depth: float = 0.0) -> Layer:
        """Colours of the whole field as an opaque layer."""
        return self.layer(dithered(colours, self.draw), -MARGIN, depth, detail=detail)

    def curve(self, detail: float, steps: int, roughness: float = 0.5) -> Floats:
        """A periodic curve in about -1..1, of hills and smaller hills."""
        count = self.columns(detail)
        total = np.zeros(count, np.float32)
        weight = 1.0
        for octave in range(4):
            total += weight * smooth_noise(self.draw, count, steps * 2**octave)
            weight *= roughness
        return total / (1 + roughness)

    def ridge(
        self, line: Floats, top: float, bottom: float, colours: tuple[RGB, RGB],
        *, detail: float = 1.0, rim: RGB | None = None, deep: float = 0.25,
    ) -> Pixels:  # fmt: skip
        """Land below a line: `line` in world y for each column, shaded from its edge downwards."""
        pixels = self.strip(top, bottom, detail)
        rows = pixels.shape[0]
        scale = self.height * detail
        y = top + (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / scale
        below = (y - line[None, :]) * scale
        cover = np.clip(below + 0.5, 0, 1)
        share = np.clip(below / (deep * scale), 0, 1)[..., None]
        first, second = (np.asarray(colour, np.float32) for colour in colours)
        shade = first + (second - first) * share
        if rim is not None:
            edge = np.exp(-np.clip(below, 0, None) / (0.012 * scale))[..., None]
            shade = shade + (np.asarray(rim, np.float32) - shade) * edge * 0.55
        grain = self.draw.random((rows, pixels.shape[1], 1), np.float32) - 0.5
        cover3 = cover[..., None]
        pixels[..., :3] = np.clip(shade + grain, 0, 255) * cover3
        pixels[..., 3:] = cover3 * 255
        return pixels

    def prop(
        self, name: str, height: float, *,
        haze: float = 0.0, detail: float = 1.0, flip: bool = False, dim: float = 1.0,
    ) -> Pixels:  # fmt: skip
        """A drawing of the library as scenery: cut to its box, in the light of the shot."""
        drawing = library()[name]
        left, top, right, bottom = drawing.box
        picture = library().still(name)[top:bottom, left:right]
        tall = max(2, round(height * self.height * detail))
        wide = max(2, round(tall * picture.shape[1] / picture.shape[0]))
        picture = resized(np.ascontiguousarray(picture), wide, tall)
        if self.snow:
            picture = snowed(picture, self.snow)
        red, green, blue = self.light.key
        picture = tinted(picture, (red * dim, green * dim, blue * dim))
        picture = hazed(picture, self.light.haze, haze)
        return np.ascontiguousarray(picture[:, ::-1]) if flip else picture

    def put(self, strip: Pixels, picture: Pixels, x: int, y: int) -> None:
        """Lay a picture on a strip, around the corner too; (x, y) is its top left."""
        period = strip.shape[1]
        x %= period
        over_picture(strip, picture, x, y)
        if x + picture.shape[1] > period:
            over_picture(strip, picture, x - period, y)

    def pick(self, *options: str) -> str:
        """One of the options."""
        return options[int(self.draw.integers(len(options)))]

    def allowed(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The drawings of `names` that nobody asked to leave out."""
        absent = self.without | GREENS if self.snow else self.without
        return tuple(
            name for name in names
            if name not in absent and SHOWING.get(name) not in self.without
        )  # fmt: skip

    def shows(self, name: str) -> bool:
        """Nobody asked to leave this drawing, or what is painted in its place, out."""
        return name not in self.without

    def between(self, low: float, high: float) -> float:
        """A number between two."""
        return float(self.draw.uniform(low, high))


def snowed(picture: Pixels, share: float) -> Pixels:
    """A premultiplied picture with snow on it: thick where it is open to the sky."""
    cover = picture[..., 3:].astype(np.float32) / 255
    rows = max(2, picture.shape[0] // 9)
    above = np.zeros_like(cover)
    above[rows:] = cover[:-rows]
    lies = share * (0.35 + 0.6 * np.clip(cover - above, 0, 1))
    white = np.asarray(SNOW, np.float32) * cover
    result = picture.copy()
    result[..., :3] = picture[..., :3] + (white - picture[..., :3]) * lies
    return result


def soft_disc(size: int, edge: float = 1.0) -> NDArray[np.float32]:
    """A round spot, 1 in the middle; `edge` is the share of its radius that fades."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    radius = np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    share = np.clip((1 - radius) / max(edge, 2 / size), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def glow(colours: Floats, x: int, y: int, radius: int, light: RGB, strength: float) -> None:
    """Add a soft light to colours, around the corner too."""
    spot = soft_disc(max(4, radius * 2)) ** 1.6 * strength
    period = colours.shape[1]
    for shift in (0, period, -period):
        left, top = x - radius + shift, y - radius
        a, b = max(0, left), min(period, left + spot.shape[1])
        c, d = max(0, top), min(colours.shape[0], top + spot.shape[0])
        if a >= b or c >= d:
            continue
        part = spot[c - top : d - top, a - left : b - left, None]
        target = colours[c:d, a:b]
        target += (np.asarray(light, np.float32) - target) * part


def ellipse_shape(width: int, height: int) -> Floats:
    """A filled ellipse with smooth edges, 0..1."""
    disc = soft_disc(max(width, height, 8), edge=0.06)
    result: Floats = cv2.resize(disc, (max(1, width), max(1, height)), interpolation=cv2.INTER_AREA)
    return result
