"""Places people made: studio, city, road, room, theatre, fair, stadium."""

import cv2
import numpy as np

from mutoscope.storyboard.layers import MARGIN, Layer
from mutoscope.storyboard.pixels import RGB, Floats, Pixels, mixed
from mutoscope.storyboard.places.backdrop import Backdrop, Ground
from mutoscope.storyboard.places.land import BOTTOM, foreground, ground, hills, row
from mutoscope.storyboard.places.paint import SNOW, Painter, glow
from mutoscope.storyboard.places.sky import clouds, sky
from mutoscope.storyboard.scene import TimeOfDay

STUDIO_TONES: tuple[RGB, ...] = (
    (196, 214, 240), (244, 206, 196), (206, 228, 206), (232, 214, 244), (250, 226, 184),
    (190, 226, 230),
)  # fmt: skip
WALLS: tuple[RGB, ...] = ((244, 222, 196), (206, 222, 232), (222, 232, 206), (240, 210, 206))
FACADES: tuple[RGB, ...] = (
    (236, 196, 160), (178, 200, 226), (226, 168, 150), (200, 206, 220), (164, 188, 200),
    (240, 216, 176), (190, 172, 206),
)  # fmt: skip


def studio(painter: Painter, tone: RGB | None = None) -> Backdrop:
    """A seamless backdrop with a soft light on it."""
    if tone is None:
        tone = STUDIO_TONES[int(painter.draw.integers(len(STUDIO_TONES)))]
    dim = {TimeOfDay.NIGHT: 0.42, TimeOfDay.SUNSET: 0.86, TimeOfDay.DAWN: 0.96}
    level = dim.get(painter.light.time, 1.0)
    light = painter.light
    red, green, blue = (
        value * (0.35 + 0.65 * key) for value, key in zip(tone, light.key, strict=True)
    )
    tone = (red, green, blue)
    dark = mixed(tone, (26, 26, 48), 0.30)
    bright = mixed(tone, (255, 255, 255), 0.34 * level)
    colours = painter.gradient(
        [(-0.3, dark), (0.3, tone), (0.66, mixed(tone, bright, 0.7)),
         (0.76, mixed(tone, dark, 0.12)), (0.84, mixed(tone, bright, 0.5)),
         (1.3, mixed(tone, dark, 0.6))]
    )  # fmt: skip
    unit = painter.height * 0.5
    middle = colours.shape[1] // 2
    glow(colours, middle, round((0.42 + MARGIN) * unit), round(0.8 * unit), bright, 0.75)
    rows = colours.shape[0]
    smooth = cv2.GaussianBlur(colours, (0, 0), unit * 0.02)
    colours[: rows - 1] = smooth[: rows - 1]
    return Backdrop(Ground.STUDIO, feet=0.82, horizon=0.74, behind=[painter.flat(colours)])


def facade(painter: Painter, tall: float, wide: float, haze: float, detail: float) -> Pixels:
    """One building with rows of windows, lit after dark."""
    rows = max(8, round(tall * painter.height * detail))
    columns = max(6, round(wide * painter.height * detail))
    light = painter.light
    wall = FACADES[int(painter.draw.integers(len(FACADES)))]
    base = np.asarray(light.on(wall, haze), np.float32)
    side = np.asarray(light.on(mixed(wall, (60, 50, 90), 0.35), haze), np.float32)
    shade = np.linspace(0, 1, columns, dtype=np.float32)[None, :, None] ** 1.4
    colour = np.repeat(base + (side - base) * shade, rows, axis=0)
    colour *= 1 - 0.12 * np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    _windows(painter, colour, haze, detail)
    cover = np.full((rows, columns), 255, np.uint8)
    corner = max(2, columns // 9)
    rounded = np.zeros_like(cover)
    cv2.rectangle(rounded, (corner, 0), (columns - corner - 1, rows), 255, -1)
    cv2.rectangle(rounded, (0, corner), (columns - 1, rows), 255, -1)
    for x in (corner, columns - corner - 1):
        cv2.circle(rounded, (x, corner), corner, 255, -1, cv2.LINE_AA)
    alpha = rounded[..., None].astype(np.float32) / 255
    return np.dstack([np.clip(colour, 0, 255) * alpha, alpha * 255]).astype(np.uint8)


def _windows(painter: Painter, colour: Floats, haze: float, detail: float) -> None:
    rows, columns = colour.shape[:2]
    step = max(5, round(0.034 * painter.height * detail))
    pane = max(2, round(step * 0.55))
    light = painter.light
    glass = np.asarray(light.on((140, 190, 226), haze), np.float32)
    lamp = np.asarray(mixed((255, 214, 124), light.haze, haze * 0.5), np.float32)
    share_lit = {TimeOfDay.NIGHT: 0.62, TimeOfDay.SUNSET: 0.35, TimeOfDay.DAWN: 0.2}
    lit = share_lit.get(light.time, 0.0)
    across = max(1, (columns - step // 2) // step)
    start = (columns - across * step) // 2 + (step - pane) // 2
    for y in range(step, rows - step, step):
        for index in range(across):
            x = start + index * step
            on = painter.draw.random() < lit
            colour[y : y + round(pane * 1.15), x : x + pane] = lamp if on else glass


def skyline(
    painter: Painter, base: float, size: tuple[float, float], *, depth: float, haze: float,
    blur: float = 0.0, spacing: float = 0.13,
) -> Layer:  # fmt: skip
    """A row of buildings."""
    detail = 0.5 if depth < 0.3 else 1.0
    top = base - size[1] - 0.01
    strip = painter.strip(top, base + 0.12, detail)
    x = 0.0 if painter.shows("office-building") else float(strip.shape[1])
    while x < strip.shape[1] - 4:
        wide = painter.between(0.75, 1.3) * spacing
        tall = painter.between(*size)
        picture = facade(painter, tall + 0.12, wide, haze, detail)
        y = round((base - tall - top) * painter.height * detail)
        painter.put(strip, picture, round(x), y)
        x += wide * painter.height * detail * painter.between(0.85, 1.12)
    return painter.layer(strip, top, depth, detail=detail, blur=blur)


def street(painter: Painter, top: float, *, dashes: bool = True) -> Layer:
    """A road seen from its side: kerb, asphalt, lane marks."""
    light = painter.light
    pixels = painter.strip(top, BOTTOM)
    scale = painter.height
    rows = pixels.shape[0]
    colours = np.zeros((rows, 3), np.float32)
    y = np.arange(rows, dtype=np.float32) / scale
    near, far = (
        np.asarray(light.on(mixed(c, SNOW, painter.snow * 0.6)), np.float32)
        for c in ((78, 80, 96), (112, 114, 130))
    )
    colours[:] = far + (near - far) * np.clip(y / 0.3, 0, 1)[:, None]
    colours[y < 0.028] = light.on((206, 202, 200))
    colours[(y >= 0.022) & (y < 0.030)] = light.on((150, 146, 150))
    grain = painter.draw.random((rows, pixels.shape[1], 1), np.float32) * 5 - 2.5
    pixels[..., :3] = np.clip(colours[:, None, :] + grain, 0, 255)
    pixels[..., 3] = 255
    if dashes:
        white = [int(value) for value in light.on((250, 246, 226))]
        count = max(2, round(pixels.shape[1] / (0.34 * scale)))
        for index in range(count):
            x = round(index * pixels.shape[1] / count)
            wide, a, b = round(0.17 * scale), round(0.150 * scale), round(0.164 * scale)
            slant = round(0.02 * scale)
            shape = np.array([[x + slant, a], [x + wide + slant, a], [x + wide, b], [x, b]])
            cv2.fillPoly(pixels, [shape.astype(np.int32)], (*white, 255), cv2.LINE_AA)
    return painter.layer(pixels, top, 1.0)


def city(painter: Painter) -> Backdrop:
    """A street before rows of towers."""
    backdrop = Backdrop(
        Ground.LAND, feet=0.88, horizon=0.62,
        behind=[
            sky(painter, 0.66), clouds(painter, 0.4, many=4),
            skyline(painter, 0.70, (0.28, 0.54), depth=0.1, haze=0.55, spacing=0.1),
            skyline(painter, 0.72, (0.2, 0.42), depth=0.22, haze=0.30, spacing=0.14),
            skyline(painter, 0.765, (0.14, 0.36), depth=0.55, haze=0.08, spacing=0.24, blur=1.0),
            row(painter, ("deciduous-tree", "deciduous-tree", "bus-stop", "vertical-traffic-light"),
                0.775, (0.12, 0.17), depth=0.8, haze=0.04, spacing=0.4),
            street(painter, 0.765),
        ],
        shadow=(14, 14, 30),
    )  # fmt: skip
    if painter.light.is_dark:
        backdrop.behind.insert(5, _street_glow(painter))
    return backdrop


def _street_glow(painter: Painter) -> Layer:
    strip = painter.strip(0.5, 0.80, 0.5)
    rows = strip.shape[0]
    fade = np.clip(np.arange(rows, dtype=np.float32) / rows, 0, 1)[:, None, None] ** 2 * 0.30
    strip[..., :3] = np.array([255, 190, 110], np.float32) * fade
    strip[..., 3:] = fade * 255
    return painter.layer(strip, 0.5, 0.6, detail=0.5)


def road(painter: Painter) -> Backdrop:
    """A country road."""
    return Backdrop(
        Ground.LAND, feet=0.885, horizon=0.62,
        behind=[
            sky(painter, 0.64), clouds(painter, 0.55),
            hills(painter, 0.58, 0.05, (116, 170, 156), depth=0.1, haze=0.5),
            hills(painter, 0.66, 0.03, (112, 186, 100), depth=0.22, haze=0.25),
            row(painter, ("deciduous-tree", "evergreen-tree"), 0.715, (0.12, 0.2), depth=0.4,
                haze=0.16, spacing=0.3),
            ground(painter, 0.71, (94, 164, 70), (128, 194, 88), depth=0.7),
            row(painter, ("herb", "blossom", "rock"), 0.785, (0.03, 0.05), depth=0.92, haze=0.05,
                spacing=0.2),
            street(painter, 0.775),
        ],
        shadow=(14, 14, 30),
    )  # fmt: skip


def room(painter: Painter) -> Backdrop:
    """A living room with a window."""
    light = painter.light
    wall = WALLS[int(painter.draw.integers(len(WALLS)))]
    lamp = 0.62 if light.is_dark else 1.0
    warm = mixed(wall, (255, 190, 120), 0.3 if light.is_dark else 0.0)
    inside: RGB = tuple(value * lamp for value in warm)  # type: ignore[assignment]
    colours = painter.gradient(
        [(-0.3, mixed(inside, (40, 34, 60), 0.25)), (0.3, inside),
         (0.72, mixed(inside, (255, 255, 255), 0.10))]
    )  # fmt: skip
    unit = painter.height * 0.5
    middle = colours.shape[1] // 2
    glow(colours, middle - round(0.5 * unit), round((0.3 + MARGIN) * unit), round(0.8 * unit),
         (255, 236, 190), 0.34)  # fmt: skip
    floor = painter.strip(0.74, BOTTOM)
    _planks(painter, floor, (176, 122, 84), lamp)
    furniture = ("couch-and-lamp", "potted-plant", "television", "chair", "mantelpiece-clock",
                 "books", "teddy-bear")  # fmt: skip
    return Backdrop(
        Ground.LAND, feet=0.88, horizon=0.74,
        behind=[
            painter.flat(colours, depth=0.45), _window(painter), _pictures(painter),
            painter.layer(floor, 0.74, 0.7),
            row(painter, furniture, 0.80, (0.2, 0.34), depth=0.72, haze=0.0, spacing=0.46,
                gap=0.24, scatter=0.006),
        ],
        front=[foreground(painter, ("potted-plant", "bouquet", "books"), size=0.3, spacing=1.0)],
        shadow=(50, 26, 20),
    )  # fmt: skip


def _planks(painter: Painter, floor: Pixels, wood: RGB, lamp: float) -> None:
    rows, columns = floor.shape[:2]
    light = painter.light
    base = np.asarray(mixed(wood, light.on(wood), 0.4), np.float32) * lamp
    shade = np.linspace(1.16, 0.8, rows, dtype=np.float32)[:, None, None]
    tone = np.ones((rows, columns, 1), np.float32)
    y, tall = 0.0, 0.012 * painter.height
    while y < rows:
        end = min(rows, round(y + tall))
        tone[round(y) : end] *= painter.between(0.94, 1.05)
        tone[round(y) : round(y) + max(1, round(painter.height / 700))] *= 0.86
        y += tall
        tall *= 1.22
    floor[..., :3] = np.clip(base * shade * tone, 0, 255)
    floor[..., 3] = 255
    edge = round(0.014 * painter.height)
    floor[:edge, :, :3] = np.clip(np.array([250, 246, 240]) * lamp, 0, 255)


def _window(painter: Painter) -> Layer:
    light = painter.light
    strip = painter.strip(0.08, 0.60, 0.5)
    unit = painter.height * 0.5
    wide, tall = round(0.46 * unit), round(0.44 * unit)
    picture = np.zeros((tall, wide, 4), np.uint8)
    y = np.linspace(0, 1, tall, dtype=np.float32)[:, None, None]
    top, low = np.asarray(light.zenith, np.float32), np.asarray(light.horizon, np.float32)
    picture[..., :3] = np.clip(top + (low - top) * y, 0, 255)
    picture[..., 3] = 255
    hill = tall * 0.78 + np.sin(np.arange(wide) / wide * 5) * tall * 0.06
    rows = np.arange(tall)[:, None]
    picture[rows > hill[None, :], :3] = np.clip(light.on((120, 180, 120), 0.2), 0, 255)
    frame = round(0.018 * unit)
    white = tuple(
        int(v) for v in mixed((250, 246, 238), (150, 140, 160), 0.4 if light.is_dark else 0)
    )
    cv2.rectangle(picture, (0, 0), (wide - 1, tall - 1), (*white, 255), frame * 2)
    cv2.line(picture, (wide // 2, 0), (wide // 2, tall), (*white, 255), frame)
    cv2.line(picture, (0, tall // 2), (wide, tall // 2), (*white, 255), frame)
    cv2.rectangle(picture, (0, tall - frame * 2), (wide, tall), (*white, 255), -1)
    for share in (0.36, 0.86):
        painter.put(strip, picture, round(strip.shape[1] * share) - wide // 2, round(0.03 * unit))
    return painter.layer(strip, 0.08, 0.45, detail=0.5)


def _pictures(painter: Painter) -> Layer:
    """A picture and a clock on the wall, where no window is."""
    top = 0.26
    strip = painter.strip(top, 0.50)
    for share, name in ((0.11, "mantelpiece-clock"), (0.61, "framed-picture")):
        for drawing in painter.allowed((name,)):
            picture = painter.prop(drawing, painter.between(0.13, 0.16))
            x = round(strip.shape[1] * share) - picture.shape[1] // 2
            y = round(painter.between(0.01, 0.06) * painter.height)
            painter.put(strip, picture, x, y)
    return painter.layer(strip, top, 0.46)


def theatre(painter: Painter) -> Backdrop:
    """A stage between red curtains under spotlights."""
    colours = painter.gradient(
        [(-0.3, (40, 12, 30)), (0.4, (92, 26, 48)), (0.74, (58, 16, 38)), (1.3, (40, 12, 26))]
    )
    columns = colours.shape[1]
    folds = np.sin(np.arange(columns, dtype=np.float32) / columns * 2 * np.pi * 46)
    colours *= (1 + 0.16 * folds)[None, :, None]
    unit = painter.height * 0.5
    middle = columns // 2
    for shift in (-0.34, 0.0, 0.34):
        glow(colours, middle + round(shift * unit), round((0.52 + MARGIN) * unit),
             round(0.5 * unit), (255, 214, 170), 0.42)  # fmt: skip
    floor = painter.strip(0.74, BOTTOM)
    _planks(painter, floor, (150, 88, 54), 1.0)
    spot = np.exp(-(((np.arange(floor.shape[1]) / floor.shape[1] - 0.5) / 0.16) ** 2))
    lit = floor[..., :3] * (0.55 + 0.75 * spot[None, :, None])
    floor[..., :3] = np.clip(lit, 0, 255).astype(np.uint8)
    return Backdrop(
        Ground.LAND, feet=0.87, horizon=0.74,
        behind=[painter.flat(colours, depth=0.4), painter.layer(floor, 0.74, 0.8)],
        front=[foreground(painter, ("bouquet", "rose"), size=0.2, spacing=0.7, dim=0.45)],
        shadow=(20, 4, 10),
    )  # fmt: skip


def fair(painter: Painter) -> Backdrop:
    """A fun fair: wheel, tents, lights."""
    rides = ("ferris-wheel", "circus-tent", "roller-coaster", "carousel-horse")
    return Backdrop(
        Ground.LAND, feet=0.87, horizon=0.64,
        behind=[
            sky(painter, 0.64), clouds(painter, 0.45, many=4),
            hills(painter, 0.64, 0.03, (120, 170, 150), depth=0.1, haze=0.5),
            row(painter, ("ferris-wheel", "roller-coaster"), 0.72, (0.4, 0.52), depth=0.22,
                haze=0.24, spacing=0.62),
            ground(painter, 0.72, (160, 146, 150), (196, 180, 176), depth=0.6),
            row(painter, rides[1:], 0.785, (0.22, 0.32), depth=0.65, haze=0.05, spacing=0.5,
                gap=0.2),
            ground(painter, 0.79, (186, 156, 140), (226, 200, 176)),
        ],
        front=[foreground(painter, ("balloon", "party-popper", "confetti-ball"), size=0.28,
                          spacing=0.8)],
    )  # fmt: skip


CLOTHES: tuple[RGB, ...] = (
    (214, 78, 78), (240, 196, 92), (90, 132, 206), (244, 244, 246), (104, 174, 122), (62, 66, 90),
)  # fmt: skip


def _crowd(painter: Painter) -> Pixels:
    """Rows of spectators: a round head on round shoulders, each in its own colour."""
    strip = painter.strip(0.30, 0.74, 0.5)
    rows, columns = strip.shape[:2]
    strip[..., :3] = np.clip(painter.light.on((84, 90, 122), 0.25), 0, 255)
    strip[..., 3] = 255
    step = max(5, round(0.030 * painter.height * 0.5))
    skin = painter.light.on((246, 206, 160), 0.2)
    if not painter.shows("person-standing"):
        return strip
    for line, y in enumerate(range(step, rows + step, step)):
        for x in range(-step * (line % 2) // 2, columns + step, step):
            cloth = painter.light.on(CLOTHES[int(painter.draw.integers(len(CLOTHES)))], 0.35)
            at = (x + int(painter.draw.integers(-1, 2)), y)
            cv2.circle(strip, at, step * 2 // 5 + 1, (*cloth, 255), -1, cv2.LINE_AA)
            head = (at[0], at[1] - step // 2)
            cv2.circle(strip, head, max(1, step // 4), (*skin, 255), -1, cv2.LINE_AA)
    return strip


def stadium(painter: Painter) -> Backdrop:
    """A pitch before the stands."""
    crowd = _crowd(painter)
    rows = crowd.shape[0]
    for share in (0.3, 0.62):
        y = round(rows * share)
        crowd[y : y + max(2, rows // 30), :, :3] = np.clip(
            painter.light.on((226, 230, 240)), 0, 255
        )
    pitch = painter.strip(0.72, BOTTOM)
    stripes = np.arange(pitch.shape[1]) // max(1, round(0.16 * painter.height)) % 2
    near, far = (
        np.asarray(painter.light.on((74, 160, 70))),
        np.asarray(painter.light.on((92, 184, 84))),
    )
    pitch[..., :3] = np.where(stripes[None, :, None] == 0, near, far)
    pitch[..., 3] = 255
    pitch[: round(0.012 * painter.height), :, :3] = np.clip(
        painter.light.on((250, 250, 250)), 0, 255
    )
    return Backdrop(
        Ground.LAND, feet=0.86, horizon=0.72,
        behind=[
            sky(painter, 0.4), painter.layer(crowd, 0.30, 0.3, detail=0.5, blur=1.6),
            painter.layer(pitch, 0.72, 1.0),
        ],
    )  # fmt: skip
