"""Water and its shores: sea, beach, lake, island, and the world below the surface."""

from dataclasses import replace

import numpy as np

from mutoscope.storyboard.layers import Layer
from mutoscope.storyboard.light import Light
from mutoscope.storyboard.pixels import RGB, Floats, mixed
from mutoscope.storyboard.places.backdrop import Backdrop, Ground
from mutoscope.storyboard.places.land import foreground, ground, hills, mountains, row
from mutoscope.storyboard.places.paint import Painter, glow
from mutoscope.storyboard.places.sky import clouds, sky
from mutoscope.storyboard.places.water import Water


def surface(painter: Painter, top: float, *, calm: float, near: RGB, far: RGB) -> Water:
    """A sheet of water in the light of the shot."""
    light = painter.light
    dark = 0.5 if light.is_dark else 1.0
    if not painter.shows("water-wave"):
        calm = 1.0
    return Water(
        top=top, near=light.on(mixed(near, (10, 30, 60), 0.1)),
        far=mixed(light.on(far), light.horizon, 0.35), mirror=0.42 + 0.3 * calm,
        glitter=mixed(light.glow, (255, 255, 255), 0.5 * dark), calm=calm,
        phase=painter.between(0, 6),
    )  # fmt: skip


def sea(painter: Painter) -> Backdrop:
    """The open sea."""
    behind: list[Layer | Water] = [sky(painter, 0.56), clouds(painter, 0.5)]
    if painter.draw.random() < 0.5:
        behind.append(hills(painter, 0.57, 0.025, (110, 150, 168), depth=0.06, haze=0.6, steps=2,
                            bottom=0.62))  # fmt: skip
    behind.append(surface(painter, 0.56, calm=0.3, near=(18, 96, 158), far=(70, 164, 206)))
    return Backdrop(Ground.WATER, feet=0.79, horizon=0.56, behind=behind, shadow=(8, 30, 60))


def beach(painter: Painter) -> Backdrop:
    """Sand before the sea, with palms."""
    water = surface(painter, 0.54, calm=0.4, near=(34, 168, 190), far=(60, 160, 206))
    water.bottom = 0.80
    return Backdrop(
        Ground.LAND, feet=0.87, horizon=0.54,
        behind=[
            sky(painter, 0.54), clouds(painter, 0.48),
            hills(painter, 0.55, 0.03, (104, 160, 150), depth=0.06, haze=0.5, steps=2, bottom=0.6),
            water,
            _foam(painter, 0.742),
            ground(painter, 0.765, (226, 186, 126), (250, 226, 174), wave=0.016),
            row(painter, ("palm-tree",), 0.81, (0.5, 0.64), depth=0.92, haze=0.02, spacing=1.0,
                gap=0.34),
            row(painter, ("umbrella-on-ground", "spiral-shell", "palm-tree", "coconut"), 0.83,
                (0.08, 0.15), depth=0.95, haze=0.0, spacing=0.75, gap=0.24),
        ],
        front=[foreground(painter, ("spiral-shell", "rock", "herb"), size=0.2, spacing=0.9)],
        shadow=(90, 56, 40),
    )  # fmt: skip


def _foam(painter: Painter, y: float) -> Layer:
    """Where the waves end."""
    strip = painter.strip(y - 0.02, y + 0.075, 0.5)
    scale = painter.height * 0.5
    if not painter.shows("water-wave"):
        return painter.layer(strip, y - 0.02, 0.9, detail=0.5)
    for offset, strength in ((0.0, 0.5), (0.024, 0.85)):
        line = (0.012 + offset + 0.008 * painter.curve(0.5, 5)) * scale
        rows = np.arange(strip.shape[0], dtype=np.float32)[:, None]
        band = np.clip(1 - np.abs(rows - line[None, :]) / (0.006 * scale), 0, 1) * strength
        white = painter.light.on((255, 255, 255), 0.05)
        cover = np.maximum(strip[..., 3] / 255, band)[..., None]
        strip[..., :3] = np.clip(np.asarray(white, np.float32) * cover, 0, 255)
        strip[..., 3:] = cover * 255
    return painter.layer(strip, y - 0.02, 0.9, detail=0.5)


def lake(painter: Painter) -> Backdrop:
    """A calm lake that mirrors its mountains."""
    return Backdrop(
        Ground.WATER, feet=0.75, horizon=0.56, bank=0.92,
        behind=[
            sky(painter, 0.56), clouds(painter, 0.45),
            mountains(painter, 0.58, 0.30, (118, 136, 168), depth=0.07, haze=0.38),
            hills(painter, 0.56, 0.03, (92, 150, 104), depth=0.1, haze=0.3, bottom=0.62),
            row(painter, ("evergreen-tree", "deciduous-tree"), 0.575, (0.06, 0.11), depth=0.12,
                haze=0.24, spacing=0.07, scatter=0.004),
            surface(painter, 0.575, calm=0.88, near=(38, 104, 128), far=(110, 170, 180)),
            ground(painter, 0.865, (70, 132, 60), (120, 182, 84), wave=0.012),
        ],
        front=[foreground(painter, ("herb", "lotus", "sheaf-of-rice"), size=0.22, spacing=0.6)],
        shadow=(10, 34, 50),
    )  # fmt: skip


def island(painter: Painter) -> Backdrop:
    """A small island in a warm sea."""
    return Backdrop(
        Ground.WATER, feet=0.77, horizon=0.54, bank=0.93,
        behind=[
            sky(painter, 0.54), clouds(painter, 0.46),
            row(painter, ("desert-island",), 0.60, (0.24, 0.3), depth=0.22, haze=0.1, spacing=1.3,
                scatter=0.0),
            surface(painter, 0.54, calm=0.5, near=(22, 150, 180), far=(80, 190, 214)),
            row(painter, ("desert-island",), 0.66, (0.26, 0.32), depth=0.3, haze=0.06, spacing=1.9,
                scatter=0.0),
            ground(painter, 0.875, (224, 184, 122), (250, 226, 174), wave=0.014),
        ],
        shadow=(8, 40, 66),
    )  # fmt: skip


def underwater(painter: Painter) -> Backdrop:
    """Below the surface: shafts of light, coral, sand."""
    light = painter.light
    deep = 0.45 if light.is_dark else 1.0
    colours = painter.gradient(
        [(-0.3, light.on((132, 226, 238))), (0.25, light.on((44, 150, 206))),
         (0.75, light.on((14, 84, 150))), (1.2, light.on((8, 52, 104)))]
    )  # fmt: skip
    columns = colours.shape[1]
    for _ in range(9):
        x, wide = int(painter.between(0, columns)), painter.between(0.03, 0.1) * painter.height
        _shaft(colours, x, wide, painter.between(-0.5, -0.25), 0.20 * deep)
    glow(colours, columns // 2, 0, round(painter.height * 0.5), (220, 250, 250), 0.35 * deep)
    sand_near, sand_far = (92, 132, 150), (120, 176, 184)
    plants = ("coral", "coral", "herb", "rock", "spiral-shell")
    water_haze: RGB = light.on((24, 108, 172))
    far = hills(painter, 0.80, 0.04, (46, 118, 160), depth=0.2, haze=0.0, steps=3)
    near = ground(painter, 0.88, sand_near, sand_far, wave=0.02)
    back, tinted = painter.light, _with_haze(painter, water_haze)
    painter.light = tinted
    reef = row(painter, plants, 0.87, (0.10, 0.18), depth=0.45, haze=0.55, spacing=0.2)
    close = row(painter, plants, 0.94, (0.14, 0.26), depth=0.85, haze=0.24, spacing=0.34, gap=0.2)
    front = foreground(painter, ("coral", "rock", "coral"), size=0.36, spacing=0.6, base=1.12)
    painter.light = back
    return Backdrop(
        Ground.DEEP, feet=0.95, horizon=0.8,
        behind=[painter.flat(colours), far, reef, near, close], front=[front],
        shadow=(4, 30, 64),
    )  # fmt: skip


def _with_haze(painter: Painter, haze: RGB) -> Light:
    red, green, blue = painter.light.key
    return replace(painter.light, haze=haze, key=(red * 0.72, green * 0.92, blue))


def _shaft(colours: Floats, x: int, wide: float, lean: float, strength: float) -> None:
    rows, columns = colours.shape[:2]
    y = np.arange(rows, dtype=np.float32)[:, None]
    across = (np.arange(columns, dtype=np.float32)[None, :] - x - lean * y + columns / 2) % columns
    away = np.abs(across - columns / 2) / (wide * (0.5 + y / rows))
    fade = np.clip(1 - y / (rows * 0.85), 0, 1)
    light = np.clip(1 - away, 0, 1) ** 1.5 * fade * strength
    colours += (np.array([220, 250, 250], np.float32) - colours) * light[..., None]
