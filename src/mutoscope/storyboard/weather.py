"""What is in the air: rain, snow, fog, petals, sparks."""

import math
from typing import Protocol

import cv2
import numpy as np

from mutoscope.storyboard.art import library
from mutoscope.storyboard.layers import View
from mutoscope.storyboard.light import Light
from mutoscope.storyboard.pixels import Floats, Pixels, cloud_noise, over, resized, tinted
from mutoscope.storyboard.places.paint import soft_disc
from mutoscope.storyboard.scene import Weather


class Air(Protocol):
    """Something drawn over the scene."""

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Lay it on the canvas."""
        ...


class Sheet:
    """A repeating texture of light that moves over the picture."""

    def __init__(self, texture: Pixels, *, speed: tuple[float, float], depth: float) -> None:
        """`speed` in frame heights a second, right and down."""
        self.texture = texture
        self.speed = speed
        self.depth = depth

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Add the texture, repeated in both directions."""
        height, width = self.texture.shape[:2]
        along = view.shift_x + view.move_x * self.depth
        down = view.shift_y + view.move_y * self.depth
        x = int(((self.speed[0] * seconds - along) * view.unit) % width)
        y = int(((self.speed[1] * seconds - down) * view.unit) % height)
        for top in range(y - height, canvas.shape[0], height):
            for left in range(x - width, canvas.shape[1], width):
                self._add(canvas, left, top)

    def _add(self, canvas: Pixels, left: int, top: int) -> None:
        a, b = max(0, left), min(canvas.shape[1], left + self.texture.shape[1])
        c, d = max(0, top), min(canvas.shape[0], top + self.texture.shape[0])
        if a < b and c < d:
            part = self.texture[c - top : d - top, a - left : b - left]
            target = canvas[c:d, a:b]
            cv2.add(target, part, target)


def rain(view: View, light: Light, draw: np.random.Generator, strength: float) -> list[Air]:
    """Two sheets of slanted streaks."""
    sheets: list[Air] = []
    for depth, count, long, bright, speed in (
        (0.8, 260, 0.05, 60, 1.5), (1.5, 110, 0.11, 84, 2.3),
    ):  # fmt: skip
        texture = np.zeros((view.height, view.width), np.uint8)
        slant = 0.14 + 0.12 * strength
        for _ in range(round(count * (0.6 + strength) * view.width / view.height / 1.78)):
            x, y = draw.uniform(0, view.width), draw.uniform(0, view.height)
            tall = long * view.unit * draw.uniform(0.6, 1.3)
            level = int(bright * draw.uniform(0.5, 1.0))
            for dx in (0, -view.width):
                for dy in (0, -view.height):
                    begin = (round(x + dx), round(y + dy))
                    end = (round(x + dx - slant * tall), round(y + dy + tall))
                    thick = 1 if depth < 1 else max(1, round(view.unit / 500))
                    cv2.line(texture, begin, end, level, thick, cv2.LINE_AA)
        tone = np.array([0.86, 0.93, 1.0]) * (0.75 if light.is_dark else 1.0)
        colour = (texture[..., None] * tone).astype(np.uint8)
        sheets.append(Sheet(colour, speed=(-slant * speed, speed), depth=depth))
    return sheets


class Flakes:
    """Snow: soft dots at three distances, swaying."""

    def __init__(self, view: View, light: Light, draw: np.random.Generator) -> None:
        count = round(150 * view.width / view.height / 1.78)
        self.x, self.y = draw.random(count), draw.random(count)
        self.near = draw.random(count) ** 1.7
        self.phase = draw.random(count) * 6.28
        level = 200 if light.is_dark else 255
        self.dots = []
        for step in range(6):
            size = max(3, round((0.006 + 0.0045 * step) * view.unit))
            spot = soft_disc(size, edge=0.9) * (0.95 - 0.09 * step)
            colour = spot[..., None] * np.array([level, level, 255], np.float32)
            self.dots.append(np.dstack([colour, spot * 255]).astype(np.uint8))

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Lay every flake where it has fallen to."""
        speed = 0.10 + 0.22 * self.near
        depth = 0.4 + 1.2 * self.near
        sway = 0.02 * np.sin(seconds * 1.1 + self.phase) - 0.03 * seconds * self.near
        shift = (view.shift_x + view.move_x * depth) / (view.width / view.unit)
        x = ((self.x + sway - shift) % 1.0) * (view.width + 40) - 20
        y = ((self.y + speed * seconds - view.shift_y) % 1.0) * (view.height + 40) - 20
        kinds = np.minimum(5, (self.near * 6).astype(int))
        for left, top, kind in zip(x.astype(int), y.astype(int), kinds, strict=True):
            over(canvas, self.dots[kind], int(left), int(top))


class Confetti:
    """Small drawings that flutter down, up or along."""

    def __init__(
        self, view: View, draw: np.random.Generator, pictures: list[Pixels], *, count: int,
        down: float, along: float, spread: float = 0.04, turn: float = 1.0,
    ) -> None:  # fmt: skip
        count = round(count * max(0.6, view.width / view.height / 1.78))
        self.x, self.y = draw.random(count), draw.random(count)
        self.near = draw.random(count)
        self.phase = draw.random(count) * 6.28
        self.kind = draw.integers(len(pictures), size=count)
        self.speed = (along, down)
        self.spread = spread
        self.turn = turn
        self.turned = [[_turned(picture, step * 30) for step in range(12)] for picture in pictures]

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Lay every piece where it is."""
        pace = 0.6 + 0.8 * self.near
        depth = 0.5 + self.near
        shift = (view.shift_x + view.move_x * depth) / (view.width / view.unit)
        sway = self.spread * np.sin(seconds * 1.7 * pace + self.phase)
        x = ((self.x + self.speed[0] * seconds * pace + sway - shift) % 1.0) * 1.16 - 0.08
        y = ((self.y + self.speed[1] * seconds * pace - view.shift_y) % 1.0) * 1.2 - 0.1
        angle = (seconds * self.turn * 2.2 * pace + self.phase) / (2 * math.pi) * 12
        for left, top, kind, step in zip(x, y, self.kind, angle.astype(int) % 12, strict=True):
            picture = self.turned[kind][step]
            over(canvas, picture, int(left * view.width), int(top * view.height))


def _turned(picture: Pixels, degrees: float) -> Pixels:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9)
    result: Pixels = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return result


def pieces(names: tuple[str, ...], size: float, view: View, light: Light) -> list[Pixels]:
    """Small drawings of the library, in three sizes each."""
    result = []
    for name in names:
        drawing = library()[name]
        left, top, right, bottom = drawing.box
        picture = tinted(library().still(name)[top:bottom, left:right], light.key)
        for factor in (0.7, 1.0, 1.35):
            tall = max(5, round(size * factor * view.unit))
            wide = max(5, round(tall * picture.shape[1] / picture.shape[0]))
            side = max(tall, wide)
            square = np.zeros((side, side, 4), np.uint8)
            small = resized(np.ascontiguousarray(picture), wide, tall)
            y, x = (side - tall) // 2, (side - wide) // 2
            square[y : y + tall, x : x + wide] = small
            result.append(square)
    return result


def slips(view: View, draw: np.random.Generator, colours: list[tuple[int, int, int]],
          size: float, *, oval: bool) -> list[Pixels]:  # fmt: skip
    """Slips of paper or petals."""
    result = []
    for colour in colours:
        side = max(6, round(size * view.unit * draw.uniform(0.8, 1.25)))
        shape = np.zeros((side, side), np.uint8)
        if oval:
            axes = (max(2, side // 2 - 1), max(2, side // 4))
            cv2.ellipse(shape, (side // 2, side // 2), axes, 30, 0, 360, 255, -1, cv2.LINE_AA)
        else:
            a, b = side // 6, side // 3
            cv2.rectangle(shape, (a, b), (side - a, side - b), 255, -1, cv2.LINE_AA)
        cover = shape[..., None].astype(np.float32) / 255
        ramp = np.linspace(1.12, 0.86, side, dtype=np.float32)[:, None, None]
        tone = np.clip(np.asarray(colour, np.float32) * ramp, 0, 255)
        result.append(np.dstack([tone * cover, cover * 255]).astype(np.uint8))
    return result


class Mist:
    """Veils of fog at two distances."""

    def __init__(self, view: View, light: Light, draw: np.random.Generator) -> None:
        rows, columns = view.height // 4, view.width // 2
        field = cloud_noise(draw, columns, rows, 3)
        y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        rise = np.interp(y, [0, 0.35, 0.7, 1], [0.08, 0.28, 0.5, 0.34]).astype(np.float32)
        cover = np.clip(rise + (field - 0.5) * 0.9 * rise, 0, 0.86)
        self.cover = np.concatenate([cover, cover], axis=1)
        self.colour = np.asarray(light.haze, np.float32)

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Mix the picture with haze, thicker near the ground."""
        columns = self.cover.shape[1] // 2
        span = columns / 2
        shift = (view.shift_x + view.move_x * 0.7) * span
        begin = int((seconds * 0.035 * span + shift) % columns)
        part = self.cover[:, begin : begin + max(2, columns // 2)]
        alpha = cv2.resize(part, (canvas.shape[1] // 4, canvas.shape[0] // 4))
        cover = cv2.resize((alpha * 255).astype(np.uint8), (canvas.shape[1], canvas.shape[0]))
        veil = cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB)
        clear = cv2.bitwise_not(veil)
        cv2.multiply(canvas, clear, canvas, scale=1 / 255)
        tone = cv2.merge([cv2.convertScaleAbs(cover, alpha=float(c) / 255) for c in self.colour])
        cv2.add(canvas, tone, canvas)


class Sparks:
    """Light drawn at half size and added: fireworks, fireflies, meteors."""

    def __init__(self, kind: Weather, draw: np.random.Generator, seconds: float) -> None:
        self.kind = kind
        count = {Weather.FIREWORKS: max(4, round(seconds * 2.2)), Weather.FIREFLIES: 46}.get(
            kind, 9
        )
        self.start = np.sort(draw.uniform(-0.6, seconds, count))
        if kind is Weather.FIREWORKS:
            self.start[:2] = [-0.5, -0.1]
        self.x, self.y = draw.uniform(0.10, 0.90, count), draw.uniform(0.10, 0.42, count)
        self.hue = draw.integers(0, 180, count)
        self.size = draw.uniform(0.14, 0.27, count)
        self.phase = draw.uniform(0, 6.28, count)
        rays = draw.normal(size=(count, 84, 2))
        rays /= np.maximum(0.2, np.linalg.norm(rays, axis=2, keepdims=True))
        self.rays = rays * draw.uniform(0.55, 1.0, (count, 84, 1))

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Add this moment's light."""
        rows, columns = canvas.shape[0] // 2, canvas.shape[1] // 2
        light = np.zeros((rows, columns, 3), np.uint8)
        painted = {
            Weather.FIREWORKS: self._fireworks, Weather.FIREFLIES: self._fireflies,
            Weather.METEORS: self._meteors,
        }[self.kind](light, view, seconds)  # fmt: skip
        if not painted:
            return
        soft = cv2.blur(cv2.blur(light, (9, 9)), (9, 9))
        light = cv2.addWeighted(cv2.dilate(light, np.ones((2, 2), np.uint8)), 1.0, soft, 1.3, 0)
        cv2.add(canvas, cv2.resize(light, (canvas.shape[1], canvas.shape[0])), canvas)

    def _fireworks(self, light: Pixels, view: View, seconds: float) -> bool:
        rows, columns = light.shape[:2]
        painted = False
        for index, start in enumerate(self.start):
            age = seconds - start
            if not 0 <= age < 1.7:
                continue
            painted = True
            grown = 1 - math.exp(-3.2 * age)
            for trail in range(4):
                past = max(0.0, grown - 0.05 * trail)
                fade = max(0.0, 1 - age / 1.7) ** 1.3 * (1 - 0.22 * trail)
                points = self.rays[index] * past * self.size[index] * rows
                points[:, 1] += 0.06 * age * age * rows
                x = (self.x[index] * columns + points[:, 0]).astype(int)
                y = (self.y[index] * rows - view.shift_y * rows + points[:, 1]).astype(int)
                keep = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
                white = max(0.0, 1 - age * 2)
                colour = _bright(int(self.hue[index]), 0.75 * (1 - white)) * fade
                light[y[keep], x[keep]] = np.maximum(
                    light[y[keep], x[keep]], colour.astype(np.uint8)
                )
        return painted

    def _fireflies(self, light: Pixels, view: View, seconds: float) -> bool:
        rows, columns = light.shape[:2]
        for index in range(len(self.x)):
            phase = self.phase[index]
            x = self.hue[index] / 180 + 0.03 * math.sin(seconds * 0.8 + phase)
            y = 0.45 + self.size[index] * 2.4 - 0.25 + 0.03 * math.sin(seconds * 1.1 + 2 * phase)
            x = (x - view.shift_x * 0.5 - view.move_x * 0.5) % 1.0
            level = max(0.0, math.sin(seconds * 1.6 + phase * 3)) ** 2
            if level < 0.05:
                continue
            colour = (int(255 * level), int(236 * level), int(110 * level))
            at = (int(x * columns), int(y * rows))
            cv2.circle(light, at, max(1, round(rows / 220)), colour, -1, cv2.LINE_AA)
        return True

    def _meteors(self, light: Pixels, view: View, seconds: float) -> bool:
        del view
        rows, columns = light.shape[:2]
        painted = False
        for index, start in enumerate(self.start):
            age = (seconds - start) / 0.9
            if not 0 <= age < 1:
                continue
            painted = True
            head = (self.x[index] + 0.15 - 0.4 * age, self.y[index] * 0.7 + 0.24 * age)
            for step in range(16):
                x, y = head[0] + 0.012 * step, head[1] - 0.0075 * step
                level = (1 - step / 16) ** 1.5 * math.sin(math.pi * age)
                at = (int(x * columns), int(y * rows))
                colour = (int(255 * level), int(250 * level), int(255 * level))
                cv2.circle(light, at, max(1, round(rows / 300 * (1 - step / 18))), colour, -1)
        return painted


def _bright(hue: int, saturation: float) -> Floats:
    pixel = np.array([[[hue, round(saturation * 255), 255]]], np.uint8)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0], np.float32)


class Flash:
    """Lightning: the picture brightens, a bolt stands in the sky."""

    def __init__(self, draw: np.random.Generator, seconds: float) -> None:
        self.times = np.sort(draw.uniform(0.15, max(0.2, seconds), max(2, round(seconds * 0.6))))
        self.bolts = []
        for _ in self.times:
            x = draw.uniform(0.2, 0.8) + np.cumsum(draw.uniform(-0.035, 0.035, 12))
            self.bolts.append(np.stack([x, np.linspace(-0.02, 0.58, 12)], axis=1))

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Flash when it is time."""
        for time, bolt in zip(self.times, self.bolts, strict=True):
            age = seconds - time
            if not 0 <= age < 0.34:
                continue
            level = math.exp(-7 * age) * (0.7 + 0.3 * math.cos(age * 60))
            cv2.convertScaleAbs(canvas, canvas, 1 + 0.35 * level, 42 * level)
            if age < 0.22:
                points = (bolt * [view.width, view.height]).astype(np.int32)
                thick = max(1, round(view.unit / 240))
                cv2.polylines(canvas, [points], False, (236, 240, 255), thick, cv2.LINE_AA)


class Gusts:
    """Wind made visible: thin streaks that run along curves."""

    def __init__(self, draw: np.random.Generator) -> None:
        count = 9
        self.y, self.start = draw.uniform(0.12, 0.85, count), draw.uniform(0, 1, count)
        self.speed, self.bend = draw.uniform(0.4, 0.7, count), draw.uniform(0.01, 0.03, count)

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Draw each streak, brightest in its middle."""
        veil = canvas.copy()
        for y, start, speed, bend in zip(self.y, self.start, self.speed, self.bend, strict=True):
            head = ((start + speed * seconds) % 1.7) - 0.3
            xs = np.linspace(head - 0.22, head, 16)
            ys = y + bend * np.sin(xs * 9)
            points = np.stack([xs * view.width, ys * view.height], axis=1).astype(np.int32)
            thick = max(1, round(view.unit / 420))
            cv2.polylines(veil, [points], False, (255, 255, 255), thick, cv2.LINE_AA)
        cv2.addWeighted(veil, 0.42, canvas, 0.58, 0, canvas)


class Rainbow:
    """An arc in the sky, painted once."""

    def __init__(self, view: View) -> None:
        rows, columns = view.height, view.width
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        radius = np.hypot((x - columns * 0.5), (y - rows * 0.78)) / rows
        share = (radius - 0.50) / 0.10
        hue = np.clip(share, 0, 1)
        hsv = np.dstack([(1 - hue) * 140, np.full_like(hue, 170), np.full_like(hue, 255)])
        colour = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
        fade = np.clip(share * 5, 0, 1) * np.clip((1 - share) * 5, 0, 1)
        fade *= np.clip((0.66 - y / rows) * 5, 0, 1) * 0.5
        cover = fade[..., None]
        self.picture = np.dstack([colour * cover, cover * 255]).astype(np.uint8)

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Lay the arc over the sky."""
        del seconds
        over(
            canvas, self.picture, round(-view.shift_x * view.unit), round(-view.shift_y * view.unit)
        )
