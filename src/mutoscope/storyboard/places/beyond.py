"""Places out of this world: space, the moon, above the clouds."""

import numpy as np

from mutoscope.storyboard.layers import MARGIN, Layer
from mutoscope.storyboard.pixels import RGB, cloud_noise, mixed
from mutoscope.storyboard.places.backdrop import Backdrop, Ground
from mutoscope.storyboard.places.land import ground, hills
from mutoscope.storyboard.places.paint import Painter, soft_disc
from mutoscope.storyboard.places.sky import cloud_colours, clouds, puffs, sky, stars

NEBULAE: tuple[tuple[RGB, RGB], ...] = (
    ((96, 40, 140), (30, 110, 190)), ((150, 46, 110), (60, 50, 160)),
    ((24, 110, 130), (80, 50, 150)),
)  # fmt: skip


def space(painter: Painter) -> Backdrop:
    """Stars, nebulae and a planet."""
    return Backdrop(
        Ground.SPACE, feet=0.62, horizon=1.4,
        behind=[_void(painter), _star_field(painter, 0.12), _planet(painter)],
        front=[], shadow=(0, 0, 0),
    )  # fmt: skip


def _void(painter: Painter) -> Layer:
    colours = painter.gradient([(-0.3, (8, 8, 30)), (0.5, (16, 14, 52)), (1.3, (10, 8, 34))])
    first, second = NEBULAE[int(painter.draw.integers(len(NEBULAE)))]
    rows, columns = colours.shape[:2]
    for colour, cells in ((first, 3), (second, 4)):
        field = cloud_noise(painter.draw, columns, rows, cells)
        cover = np.clip((field - 0.46) * 2.6, 0, 1)[..., None] * 0.62
        colours += (np.asarray(colour, np.float32) - colours) * cover
    stars(painter, colours, 1.3, 0.5, many=420)
    return painter.flat(colours)


def _star_field(painter: Painter, depth: float) -> Layer:
    strip = painter.strip(-MARGIN, 1 + MARGIN)
    for _ in range(round(34 * painter.aspect) if painter.shows("star") else 0):
        size = max(3, round(painter.between(0.004, 0.011) * painter.height))
        spot = soft_disc(size) ** 1.4
        colour = np.array([255, painter.between(220, 255), painter.between(200, 255)], np.float32)
        picture = np.dstack([spot[..., None] * colour, spot * 255]).astype(np.uint8)
        y = int(painter.between(0, strip.shape[0] - size))
        painter.put(strip, picture, int(painter.between(0, strip.shape[1])), y)
    return painter.layer(strip, -MARGIN, depth)


def _planet(painter: Painter) -> Layer:
    strip = painter.strip(-MARGIN, 1 + MARGIN, 0.5)
    planets = ("globe-showing-asia-australia", "ringed-planet", "full-moon", "new-moon")
    allowed = painter.allowed(planets)
    if not allowed:
        return painter.layer(strip, -MARGIN, 0.2, detail=0.5)
    name = painter.pick(*allowed)
    side = painter.pick("left", "right")
    picture = painter.prop(name, painter.between(0.24, 0.34), detail=0.5, dim=1.5)
    offset = (-0.36 if side == "left" else 0.36) * min(painter.aspect, 1.78)
    x = round(strip.shape[1] / 2 + offset * painter.height * 0.5 - picture.shape[1] / 2)
    y = round((painter.between(0.08, 0.2) + MARGIN) * painter.height * 0.5)
    painter.put(strip, picture, x, y)
    return painter.layer(strip, -MARGIN, 0.2, detail=0.5, blur=1.6)


def moon(painter: Painter) -> Backdrop:
    """Grey dust under a black sky, the Earth above it."""
    strip = painter.strip(-MARGIN, 0.6)
    for name in painter.allowed(("globe-showing-europe-africa",)):
        globe = painter.prop(name, 0.2, dim=1.3)
        x = round(strip.shape[1] / 2 + 0.3 * min(painter.aspect, 1.6) * painter.height)
        painter.put(strip, globe, x, round((0.12 + MARGIN) * painter.height))
    return Backdrop(
        Ground.LAND, feet=0.84, horizon=0.62,
        behind=[
            _void(painter), painter.layer(strip, -MARGIN, 0.04),
            hills(painter, 0.66, 0.05, (186, 186, 200), depth=0.2, haze=0.0, steps=4),
            hills(painter, 0.72, 0.03, (206, 206, 216), depth=0.5, haze=0.0),
            ground(painter, 0.765, (150, 150, 166), (222, 222, 230), wave=0.014),
            _craters(painter),
        ],
    )  # fmt: skip


def _craters(painter: Painter) -> Layer:
    strip = painter.strip(0.80, 1.1)
    scale = painter.height
    dark = np.asarray(painter.light.on((128, 128, 146)), np.float32)
    pale = np.asarray(painter.light.on((236, 236, 244)), np.float32)
    for _ in range(9):
        wide = round(painter.between(0.05, 0.2) * scale)
        tall = max(3, round(wide * 0.26))
        y = int(painter.between(0, strip.shape[0] - tall))
        x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        z = np.linspace(-1, 1, tall, dtype=np.float32)[:, None]
        radius = np.sqrt(x**2 + z**2)
        cover = np.clip((1 - radius) * 7, 0, 1)[..., None]
        colour = dark + (pale - dark) * np.clip(0.5 + z * 0.7 + (radius - 0.7), 0, 1)[..., None]
        picture = np.dstack([colour * cover, cover * 255]).clip(0, 255).astype(np.uint8)
        painter.put(strip, picture, int(painter.between(0, strip.shape[1])), y)
    return painter.layer(strip, 0.80, 1.0)


def above(painter: Painter) -> Backdrop:
    """High in the sky, clouds below."""
    return Backdrop(
        Ground.AIR, feet=0.60, horizon=1.0,
        behind=[
            sky(painter, 0.95), clouds(painter, 0.9, many=6, depth=0.12),
            _cloud_sea(painter, 0.86, 0.3, 0.25), _cloud_sea(painter, 0.98, 0.42, 0.6),
        ],
        front=[_cloud_sea(painter, 1.16, 0.5, 1.5)],
    )  # fmt: skip


def _cloud_sea(painter: Painter, base: float, wide: float, depth: float) -> Layer:
    bright, dark = cloud_colours(painter.light)
    haze = max(0.0, 0.4 - depth * 0.4)
    bright, dark = mixed(bright, painter.light.haze, haze), mixed(dark, painter.light.haze, haze)
    top = base - wide * 0.5
    strip = painter.strip(top, 1 + MARGIN, 0.5)
    if not painter.shows("cloud"):
        return painter.layer(strip, top, depth, detail=0.5)
    count = round(strip.shape[1] / (wide * 0.42 * painter.height * 0.5))
    for index in range(count):
        picture = puffs(painter, wide * painter.between(0.8, 1.2), bright, dark, 0.5)
        x = round((index + painter.between(0, 0.8)) / count * strip.shape[1])
        y = round(
            (base - top) * painter.height * 0.5 - picture.shape[0] * painter.between(0.7, 1.0)
        )
        painter.put(strip, picture, x, y)
    below = round((base - top - wide * 0.05) * painter.height * 0.5)
    fill = np.asarray([*mixed(dark, bright, 0.35), 255], np.uint8)
    ramp = np.clip(np.arange(strip.shape[0] - below) / (0.10 * painter.height), 0, 1)[:, None, None]
    lower = strip[below:].astype(np.float32)
    strip[below:] = (lower + (fill - lower) * ramp).astype(np.uint8)
    return painter.layer(strip, top, depth, detail=0.5, drift=-0.01 * (0.4 + depth),
                         blur=7.0 if depth > 1 else 1.5)  # fmt: skip
