"""Skies: gradient, sun and moon, stars, clouds."""

import numpy as np

from mutoscope.storyboard.layers import MARGIN, Layer
from mutoscope.storyboard.light import Light
from mutoscope.storyboard.pixels import RGB, Floats, Pixels, mixed
from mutoscope.storyboard.places.paint import Painter, glow, soft_disc
from mutoscope.storyboard.scene import TimeOfDay

SUN_AT = {TimeOfDay.DAWN: 0.86, TimeOfDay.SUNSET: 0.90, TimeOfDay.DAY: 0.16, TimeOfDay.NIGHT: 0.17}


def sky(painter: Painter, horizon: float) -> Layer:
    """The sky down to `horizon`, with its sun or moon, and haze below."""
    light = painter.light
    detail = 0.5
    colours = painter.gradient(
        [(-0.2, light.zenith), (horizon * 0.62, light.middle), (horizon, light.horizon),
         (1.2, light.haze)],
        detail,
    )  # fmt: skip
    if light.is_dark:
        stars(painter, colours, horizon, detail)
    lamp = "full-moon" if light.is_dark else "sun"
    if light.overcast < 0.75 and lamp not in painter.without:
        _sun_or_moon(painter, colours, horizon, detail)
    return painter.flat(colours, detail=detail)


def _sun_or_moon(painter: Painter, colours: Floats, horizon: float, detail: float) -> None:
    light = painter.light
    unit = painter.height * detail
    side = 1 if painter.draw.random() < 0.7 else -1
    x = round(colours.shape[1] / 2 + side * painter.between(0.22, 0.34) * painter.aspect * unit)
    y = round((horizon * SUN_AT[light.time] + MARGIN) * unit)
    clear = 1 - light.overcast
    if light.is_dark:
        glow(colours, x, y, round(0.34 * unit), light.glow, 0.30 * clear)
        _disc(colours, x, y, 0.062 * unit, (252, 248, 228), clear)
        _disc(colours, x + round(0.012 * unit), y - round(0.014 * unit), 0.011 * unit,
              (226, 222, 206), clear * 0.8)  # fmt: skip
        _disc(colours, x - round(0.02 * unit), y + round(0.016 * unit), 0.016 * unit,
              (230, 226, 208), clear * 0.8)  # fmt: skip
        return
    low = light.time is not TimeOfDay.DAY
    glow(colours, x, y, round((0.75 if low else 0.5) * unit), light.glow, 0.62 * clear)
    glow(colours, x, y, round(0.22 * unit), (255, 250, 226), 0.65 * clear)
    disc: RGB = (255, 236, 190) if low else (255, 253, 240)
    _disc(colours, x, y, (0.085 if low else 0.058) * unit, disc, clear)


def _disc(colours: Floats, x: int, y: int, radius: float, colour: RGB, strength: float) -> None:
    size = max(4, round(radius * 2))
    spot = soft_disc(size, edge=0.12)[..., None] * strength
    top, left = y - size // 2, x - size // 2
    a, b = max(0, top), min(colours.shape[0], top + size)
    if a >= b or left < 0 or left + size > colours.shape[1]:
        return
    target = colours[a:b, left : left + size]
    target += (np.asarray(colour, np.float32) - target) * spot[a - top : b - top]


def stars(
    painter: Painter, colours: Floats, horizon: float, detail: float, many: int = 260
) -> None:
    """Stars of different sizes, fewer towards the horizon."""
    rows, columns = colours.shape[:2]
    unit = painter.height * detail
    count = round(many * columns / rows / 1.7) if painter.shows("star") else 0
    for _ in range(count):
        x = int(painter.draw.integers(2, columns - 3))
        share = float(painter.draw.random()) ** 1.5
        y = int((share * (horizon + MARGIN * 0.8)) * unit)
        if y >= rows - 3:
            continue
        bright = painter.between(0.25, 1.0) ** 2 * (1 - share * 0.6) * (1 - painter.light.overcast)
        warm = painter.between(0, 1)
        colour = np.array([215 + 40 * warm, 225, 255 - 35 * warm], np.float32)
        size = max(1, round(unit / 480 * (1 + bright)))
        colours[y : y + size, x : x + size] += (
            colour - colours[y : y + size, x : x + size]
        ) * bright


def clouds(
    painter: Painter, horizon: float, *, many: int = 6, depth: float = 0.06, low: float = 0.75
) -> Layer:
    """Drifting clouds between the top and `low` of the way to the horizon."""
    light = painter.light
    strip = painter.strip(-MARGIN, horizon, 0.5)
    bright, dark = cloud_colours(light)
    many = many + round(light.overcast * 7)
    if "cloud" in painter.without:
        many = 0
    for index in range(many):
        near = painter.draw.random()
        wide = painter.between(0.22, 0.42) * (0.7 + 0.9 * near) * (1 + 0.5 * light.overcast)
        picture = puffs(painter, wide * min(painter.aspect, 1.5) * 0.8, bright, dark, 0.5)
        x = round((index + painter.between(0.1, 0.9)) / many * strip.shape[1])
        y = round((MARGIN + horizon * (low * (1 - near) * 0.9 - 0.04)) * painter.height * 0.5)
        painter.put(strip, picture, x, y)
    return painter.layer(strip, -MARGIN, depth, detail=0.5, drift=-0.008, blur=1.2)


def cloud_colours(light: Light) -> tuple[RGB, RGB]:
    """The lit and the shaded side of a cloud."""
    if light.is_dark:
        bright: RGB = (96, 112, 168)
        return mixed(bright, light.haze, 0.3), mixed((46, 58, 108), light.middle, 0.3)
    lit = {TimeOfDay.DAY: (255, 255, 255), TimeOfDay.DAWN: (255, 240, 232)}
    shade = {TimeOfDay.DAY: (186, 212, 240), TimeOfDay.DAWN: (226, 176, 196)}
    bright = lit.get(light.time, (255, 206, 168))
    dark = shade.get(light.time, (176, 92, 124))
    grey = light.overcast * 0.6
    if light.overcast > 0.8:
        return mixed(bright, (104, 112, 130), 0.85), mixed(dark, (58, 64, 82), 0.85)
    return mixed(bright, (170, 178, 190), grey), mixed(dark, (112, 120, 136), grey)


def puffs(
    painter: Painter, wide: float, bright: RGB, dark: RGB, detail: float, opacity: float = 0.96
) -> Pixels:
    """One cloud, built of lit balls on a flat bottom."""
    columns = max(12, round(wide * painter.height * detail))
    rows = max(8, round(columns * 0.46))
    colour = np.zeros((rows, columns, 3), np.float32)
    cover = np.zeros((rows, columns), np.float32)
    first, second = np.asarray(bright, np.float32), np.asarray(dark, np.float32)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    count = 7
    order = painter.draw.permutation(count)
    for index in order:
        share = (index + 0.5) / count
        swell = 1 - abs(share - 0.5) * 1.5
        radius = rows * (0.17 + 0.30 * max(0.1, swell) * painter.between(0.75, 1.1))
        cx = columns * (0.12 + 0.76 * share)
        cy = rows * 0.93 - radius * painter.between(0.75, 1.05)
        away = np.hypot(x - cx, (y - cy) * 1.05) / radius
        part = np.clip((1 - away) * radius * 0.6, 0, 1)
        lit = np.clip(0.62 - 0.6 * (y - cy) / radius - 0.22 * (x - cx) / radius, 0, 1)[..., None]
        shade = second + (first - second) * lit
        colour += (shade - colour) * part[..., None]
        cover = np.maximum(cover, part)
    # Colours were laid over nothing, so they are premultiplied already.
    fade = np.clip((rows * 0.97 - y) / (rows * 0.16), 0, 1) * opacity
    return np.dstack([colour * fade[..., None], cover * fade * 255]).clip(0, 255).astype(np.uint8)
