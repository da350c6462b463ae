"""Open country: meadows, forests, deserts, mountains, snow, gardens, villages, volcanoes."""

import numpy as np

from mutoscope.storyboard.layers import MARGIN, Layer
from mutoscope.storyboard.pixels import RGB, Floats, mixed
from mutoscope.storyboard.places.backdrop import Backdrop, Ground
from mutoscope.storyboard.places.paint import Painter
from mutoscope.storyboard.places.sky import clouds, sky

BOTTOM = 1 + MARGIN


def hills(
    painter: Painter, base: float, swell: float, colour: RGB,
    *, depth: float, haze: float, steps: int = 3, deep: float = 0.3, blur: float = 0.0,
    bottom: float | None = None,
) -> Layer:  # fmt: skip
    """Rounded hills around `base`; the further, the hazier and the softer."""
    detail = 0.5 if depth < 0.5 else 1.0
    if not painter.shows("hill"):
        swell = 0.0
    line = base + painter.curve(detail, steps, 0.42) * swell
    colour = painter.on_ground(colour)
    light = painter.light
    top_colour = light.on(mixed(colour, (255, 255, 220), 0.18), haze)
    low_colour = light.on(mixed(colour, (20, 40, 60), 0.22), haze * 0.8)
    top = float(line.min()) - 0.01
    pixels = painter.ridge(
        line, top, bottom or min(BOTTOM, base + swell + 0.42), (top_colour, low_colour),
        detail=detail, rim=light.on(mixed(colour, (255, 255, 235), 0.55), haze), deep=deep,
    )  # fmt: skip
    return painter.layer(pixels, top, depth, detail=detail, blur=blur)


def mountains(
    painter: Painter, base: float, tall: float, colour: RGB,
    *, depth: float, haze: float, snow: float = 0.4, steps: int = 5,
) -> Layer:  # fmt: skip
    """Faceted mountains, their upper part white."""
    if not painter.shows("mountain"):
        return painter.layer(painter.strip(base, base + 0.1, 0.5), base, depth, detail=0.5)
    if not painter.shows("snow-capped-mountain"):
        snow = 0.0
    detail = 0.5
    count = painter.columns(detail)
    line, slope = _peaks(painter, count, steps)
    light = painter.light
    top_y = base - tall * 1.05
    pixels = painter.strip(top_y, base + 0.3, detail)
    scale = painter.height * detail
    y = top_y + (np.arange(pixels.shape[0], dtype=np.float32)[:, None] + 0.5) / scale
    edge = base - tall * line[None, :]
    below = (y - edge) * scale
    cover = np.clip(below + 0.5, 0, 1)[..., None]
    lit = np.clip(0.5 + slope[None, :] * 0.55, 0, 1)[..., None]
    lit = np.clip(lit + (painter.curve(detail, 40)[None, :, None]) * 0.10, 0, 1)
    bright = np.asarray(light.on(mixed(colour, (255, 250, 240), 0.3), haze), np.float32)
    dark = np.asarray(light.on(mixed(colour, (24, 32, 66), 0.35), haze), np.float32)
    shade = dark + (bright - dark) * lit
    if snow > 0:
        reach = tall * snow * (0.75 + 0.35 * painter.curve(detail, 26, 0.7))
        white = np.clip((reach[None, :] * line[None, :] - (y - edge)) * scale / 5, 0, 1)[..., None]
        bright_snow = np.asarray(light.on((250, 252, 255), haze * 0.7), np.float32)
        dark_snow = np.asarray(light.on((176, 198, 232), haze * 0.8), np.float32)
        shade = shade + (dark_snow + (bright_snow - dark_snow) * lit - shade) * white
    fade = np.clip((y - (base - tall * 0.35)) / (tall * 0.6), 0, 1)[..., None] * 0.55
    shade = shade + (np.asarray(light.haze, np.float32) - shade) * fade
    pixels[..., :3] = np.clip(shade, 0, 255) * cover
    pixels[..., 3:] = cover * 255
    return painter.layer(pixels, top_y, depth, detail=detail, blur=0.8)


def _peaks(painter: Painter, count: int, steps: int) -> tuple[Floats, Floats]:
    """A skyline of peaks in 0..1 and whether each column looks to the light (-1..1)."""
    x = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    line = np.zeros(count, np.float32)
    slope = np.zeros(count, np.float32)
    for index in range(steps * 2):
        middle = (index + painter.between(0.2, 0.8)) / (steps * 2)
        tall = painter.between(0.42, 0.75) if index % 2 else painter.between(0.65, 1.0)
        wide = tall * painter.between(0.75, 1.05) / steps
        away = (x - middle + 0.5) % 1 - 0.5
        rise = tall * (1 - np.abs(away) / wide)
        taller = rise > line
        line = np.where(taller, rise, line)
        slope = np.where(taller, -np.sign(away), slope).astype(np.float32)
    rough = painter.curve(count / painter.columns(), 30, 0.6)[:count] * 0.035
    return np.clip(line + rough * np.clip(line * 3, 0, 1), 0, 1.05).astype(np.float32), slope


def ground(
    painter: Painter, top: float, near: RGB, far: RGB,
    *, depth: float = 1.0, wave: float = 0.006, deep: float = 0.5, rim: bool = True,
) -> Layer:  # fmt: skip
    """The ground subjects stand on, from `top` to below the picture."""
    line = top + painter.curve(1.0, 3) * wave
    light = painter.light
    near = mixed(painter.on_ground(near), (196, 212, 240), painter.snow * 0.5)
    far = painter.on_ground(far)
    first = light.on(far, 0.10)
    edge = light.on(mixed(far, (255, 255, 240), 0.4), 0.1) if rim else None
    start = float(line.min()) - 0.01
    pixels = painter.ridge(line, start, BOTTOM, (first, light.on(near)), rim=edge, deep=deep)
    return painter.layer(pixels, start, depth)


def row(
    painter: Painter, names: tuple[str, ...], base: float, size: tuple[float, float],
    *, depth: float, haze: float, spacing: float, blur: float = 0.0, scatter: float = 0.012,
    gap: float = 0.0,
) -> Layer:  # fmt: skip
    """A row of drawings standing on a line; `gap` keeps the middle of the picture free."""
    names = painter.allowed(names)
    detail = 0.5 if depth < 0.45 or blur > 3 else 1.0
    top = base - size[1] - scatter
    strip = painter.strip(top, base + scatter + 0.02, detail)
    period = strip.shape[1]
    count = max(1, round(period / (spacing * painter.height * detail))) if names else 0
    for index in range(count):
        tall = painter.between(*size)
        picture = painter.prop(
            painter.pick(*names), tall, haze=haze, detail=detail, flip=painter.draw.random() < 0.5
        )
        x = round((index + painter.between(0.1, 0.9)) / count * period)
        middle = (x + picture.shape[1] / 2) / period
        if gap and abs(middle % 1 - 0.5) < gap / 2:
            continue
        foot = base + painter.between(-scatter, scatter)
        y = round((foot - tall - top) * painter.height * detail)
        painter.put(strip, picture, x, y)
    return painter.layer(strip, top, depth, detail=detail, blur=blur)


def foreground(
    painter: Painter, names: tuple[str, ...], *, size: float = 0.26, spacing: float = 0.5,
    base: float = 1.1, depth: float = 1.55, dim: float = 0.72,
) -> Layer:  # fmt: skip
    """Things close to the lens, out of focus, at the lower edge."""
    names = painter.allowed(names)
    detail = 0.5
    top = base - size * 1.25
    strip = painter.strip(top, base + 0.02, detail)
    period = strip.shape[1]
    count = max(2, round(period / (spacing * painter.height * detail))) if names else 0
    for index in range(count):
        picture = painter.prop(
            painter.pick(*names), size * painter.between(0.75, 1.2), detail=detail,
            flip=painter.draw.random() < 0.5, dim=dim,
        )  # fmt: skip
        x = round((index + painter.between(0.1, 0.9)) / count * period)
        middle = (x + picture.shape[1] / 2) / period % 1
        if abs(middle - 0.5) < 0.16:
            continue
        painter.put(strip, picture, x, strip.shape[0] - picture.shape[0])
    return painter.layer(strip, top, depth, detail=detail, blur=9)


def speckled(painter: Painter, names: tuple[str, ...], *, many: int, top: float,
             bottom: float, size: float) -> Layer:  # fmt: skip
    """Small drawings scattered over the ground, larger towards the camera."""
    names = painter.allowed(names)
    places = sorted(painter.between(0, 1) ** 1.3 for _ in range(many if names else 0))
    strip = painter.strip(top - size, bottom, 1.0)
    for share in places:
        tall = size * (0.35 + 0.75 * share)
        picture = painter.prop(painter.pick(*names), tall, haze=0.16 * (1 - share))
        y = round((share * (bottom - top) + size - tall) * painter.height)
        painter.put(strip, picture, round(painter.between(0, strip.shape[1])), y)
    return painter.layer(strip, top - size, 1.0)


def meadow(painter: Painter) -> Backdrop:
    """Rolling green hills."""
    tone = painter.between(-12, 12)
    return Backdrop(
        Ground.LAND, feet=0.84, horizon=0.62,
        behind=[
            sky(painter, 0.64), clouds(painter, 0.6),
            hills(painter, 0.58, 0.045, (120, 178, 150), depth=0.12, haze=0.55),
            hills(painter, 0.64, 0.035, (110 + tone, 188, 104), depth=0.25, haze=0.3),
            row(painter, ("deciduous-tree", "evergreen-tree"), 0.675, (0.07, 0.12), depth=0.3,
                haze=0.26, spacing=0.22),
            hills(painter, 0.70, 0.02, (116 + tone, 196, 84), depth=0.55, haze=0.12),
            ground(painter, 0.755, (84, 158, 62), (132 + tone, 206, 84)),
            speckled(painter, ("blossom", "shamrock", "herb", "tulip"), many=26, top=0.78,
                     bottom=1.2, size=0.055),
        ],
        front=[foreground(painter, ("herb", "blossom", "sunflower", "tulip"))],
    )  # fmt: skip


def forest(painter: Painter) -> Backdrop:
    """A clearing between rows of trees."""
    trees = ("evergreen-tree", "deciduous-tree", "evergreen-tree")
    return Backdrop(
        Ground.LAND, feet=0.86, horizon=0.6,
        behind=[
            sky(painter, 0.6), clouds(painter, 0.5, many=4),
            hills(painter, 0.52, 0.04, (96, 150, 128), depth=0.1, haze=0.55),
            row(painter, trees, 0.64, (0.28, 0.38), depth=0.2, haze=0.52, spacing=0.09),
            row(painter, trees, 0.70, (0.36, 0.50), depth=0.38, haze=0.3, spacing=0.17),
            ground(painter, 0.69, (62, 116, 58), (108, 168, 84), depth=0.75),
            row(painter, trees, 0.76, (0.5, 0.68), depth=0.75, haze=0.1, spacing=0.5, gap=0.26),
            ground(painter, 0.79, (52, 98, 50), (96, 160, 74)),
            speckled(painter, ("mushroom", "herb", "fallen-leaf", "seedling"), many=18,
                     top=0.81, bottom=1.2, size=0.06),
        ],
        front=[foreground(painter, ("herb", "evergreen-tree", "leafy-green"), size=0.34)],
    )  # fmt: skip


def jungle(painter: Painter) -> Backdrop:
    """Palms and broad leaves, close and warm."""
    trees = ("palm-tree", "deciduous-tree", "palm-tree")
    return Backdrop(
        Ground.LAND, feet=0.86, horizon=0.6,
        behind=[
            sky(painter, 0.6),
            row(painter, trees, 0.66, (0.36, 0.5), depth=0.15, haze=0.55, spacing=0.1),
            row(painter, trees, 0.72, (0.5, 0.64), depth=0.35, haze=0.34, spacing=0.2),
            ground(painter, 0.70, (44, 110, 62), (84, 164, 86), depth=0.7),
            row(painter, trees, 0.78, (0.6, 0.8), depth=0.75, haze=0.1, spacing=0.55, gap=0.26),
            ground(painter, 0.80, (40, 92, 50), (78, 150, 72)),
            speckled(painter, ("hibiscus", "herb", "leafy-green", "potted-plant"), many=16,
                     top=0.82, bottom=1.2, size=0.08),
        ],
        front=[foreground(painter, ("herb", "leafy-green", "hibiscus"), size=0.42, spacing=0.4)],
    )  # fmt: skip


def desert(painter: Painter) -> Backdrop:
    """Dunes, cacti, heat."""
    return Backdrop(
        Ground.LAND, feet=0.84, horizon=0.6,
        behind=[
            sky(painter, 0.64), clouds(painter, 0.45, many=3),
            hills(painter, 0.56, 0.05, (206, 150, 110), depth=0.1, haze=0.5, steps=2),
            hills(painter, 0.63, 0.05, (232, 178, 112), depth=0.22, haze=0.28, steps=2),
            row(painter, ("cactus",), 0.69, (0.08, 0.13), depth=0.32, haze=0.22, spacing=0.6),
            hills(painter, 0.70, 0.035, (240, 188, 116), depth=0.5, haze=0.12, steps=2),
            row(painter, ("cactus", "rock", "cactus"), 0.765, (0.12, 0.2), depth=0.7, haze=0.08,
                spacing=0.75, gap=0.2),
            ground(painter, 0.76, (216, 150, 82), (250, 206, 132), wave=0.012),
        ],
        front=[foreground(painter, ("cactus", "rock"), size=0.3, spacing=0.8)],
        shadow=(70, 34, 30),
    )  # fmt: skip


def mountain_land(painter: Painter) -> Backdrop:
    """A valley before snowy peaks."""
    return Backdrop(
        Ground.LAND, feet=0.85, horizon=0.6,
        behind=[
            sky(painter, 0.62), clouds(painter, 0.5, many=5),
            mountains(painter, 0.66, 0.42, (128, 140, 178), depth=0.08, haze=0.42),
            mountains(painter, 0.68, 0.27, (104, 124, 150), depth=0.16, haze=0.22, snow=0.3),
            hills(painter, 0.67, 0.03, (98, 150, 106), depth=0.28, haze=0.28),
            row(painter, ("evergreen-tree",), 0.71, (0.07, 0.13), depth=0.38, haze=0.2,
                spacing=0.09),
            ground(painter, 0.74, (76, 140, 72), (124, 190, 92)),
            speckled(painter, ("rock", "herb", "blossom"), many=16, top=0.77, bottom=1.2,
                     size=0.05),
        ],
        front=[foreground(painter, ("evergreen-tree", "rock", "herb"), size=0.3)],
    )  # fmt: skip


def snowfield(painter: Painter) -> Backdrop:
    """White hills and dark firs."""
    return Backdrop(
        Ground.LAND, feet=0.84, horizon=0.6,
        behind=[
            sky(painter, 0.62), clouds(painter, 0.5, many=4),
            mountains(painter, 0.64, 0.30, (150, 168, 206), depth=0.08, haze=0.45, snow=0.8),
            hills(painter, 0.63, 0.04, (214, 228, 246), depth=0.2, haze=0.25),
            row(painter, ("evergreen-tree",), 0.68, (0.1, 0.18), depth=0.32, haze=0.32,
                spacing=0.14),
            hills(painter, 0.70, 0.025, (232, 240, 252), depth=0.5, haze=0.1),
            row(painter, ("evergreen-tree",), 0.76, (0.2, 0.32), depth=0.7, haze=0.14,
                spacing=0.6, gap=0.3),
            ground(painter, 0.755, (196, 212, 240), (246, 250, 255), wave=0.012),
        ],
        front=[foreground(painter, ("evergreen-tree", "rock"), size=0.28, spacing=0.9)],
        shadow=(60, 84, 140),
    )  # fmt: skip


def garden(painter: Painter) -> Backdrop:
    """Beds of flowers before a hedge."""
    flowers = ("tulip", "rose", "sunflower", "blossom", "hibiscus", "hyacinth")
    return Backdrop(
        Ground.LAND, feet=0.85, horizon=0.62,
        behind=[
            sky(painter, 0.62), clouds(painter, 0.5),
            hills(painter, 0.60, 0.03, (120, 180, 140), depth=0.12, haze=0.5),
            row(painter, ("deciduous-tree",), 0.68, (0.2, 0.28), depth=0.25, haze=0.3,
                spacing=0.16),
            ground(painter, 0.68, (86, 160, 72), (128, 200, 96), depth=0.6),
            row(painter, flowers, 0.735, (0.06, 0.1), depth=0.62, haze=0.14, spacing=0.06),
            row(painter, flowers, 0.775, (0.07, 0.12), depth=0.8, haze=0.06, spacing=0.075),
            ground(painter, 0.785, (80, 152, 66), (130, 206, 92)),
            speckled(painter, ("blossom", "herb", "shamrock"), many=14, top=0.9, bottom=1.2,
                     size=0.05),
        ],
        front=[foreground(painter, flowers, size=0.3, spacing=0.34)],
    )  # fmt: skip


def village(painter: Painter) -> Backdrop:
    """Houses and trees along a lane."""
    houses = ("house", "house-with-garden", "hut", "houses", "church")
    return Backdrop(
        Ground.LAND, feet=0.86, horizon=0.62,
        behind=[
            sky(painter, 0.62), clouds(painter, 0.5),
            hills(painter, 0.58, 0.05, (116, 172, 148), depth=0.1, haze=0.5),
            hills(painter, 0.65, 0.02, (112, 184, 104), depth=0.25, haze=0.28),
            row(painter, (*houses, "deciduous-tree"), 0.70, (0.10, 0.15), depth=0.34, haze=0.24,
                spacing=0.2),
            ground(painter, 0.70, (92, 160, 76), (126, 190, 92), depth=0.6),
            row(painter, ("house", "house-with-garden", "deciduous-tree"), 0.77, (0.2, 0.3),
                depth=0.66, haze=0.08, spacing=0.42),
            ground(painter, 0.785, (190, 158, 116), (222, 194, 150)),
        ],
        front=[foreground(painter, ("herb", "blossom", "sunflower"), size=0.24)],
    )  # fmt: skip


def volcano(painter: Painter) -> Backdrop:
    """Dark rock under a smoking mountain."""
    return Backdrop(
        Ground.LAND, feet=0.85, horizon=0.6,
        behind=[
            sky(painter, 0.62), clouds(painter, 0.4, many=5),
            row(painter, ("volcano",), 0.68, (0.46, 0.56), depth=0.12, haze=0.2, spacing=1.5,
                scatter=0.0),
            mountains(painter, 0.70, 0.14, (96, 70, 74), depth=0.25, haze=0.2, snow=0.0),
            ground(painter, 0.74, (58, 44, 50), (112, 84, 80)),
            speckled(painter, ("rock",), many=12, top=0.78, bottom=1.2, size=0.06),
        ],
        front=[foreground(painter, ("rock", "fire"), size=0.24, spacing=0.9)],
    )  # fmt: skip
