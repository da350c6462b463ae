"""Water: mirrors what is above it, ripples and glitters."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from mutoscope.storyboard.layers import View
from mutoscope.storyboard.pixels import RGB, Floats, Pixels


@dataclass
class Water:
    """A surface from `top` (world y, at `depth`) down to the bottom of the picture."""

    top: float
    near: RGB
    far: RGB
    mirror: float
    glitter: RGB
    calm: float = 0.5  # 1 is a mirror, 0 the open sea
    depth: float = 0.08
    bottom: float | None = None  # world y where land begins again, at depth 1
    phase: float = 0.0
    _maps: dict[tuple[int, int], tuple[Floats, Floats, Floats]] = field(
        default_factory=dict, repr=False
    )

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Turn everything below the waterline into water."""
        _, line = view.place(0, self.top, self.depth)
        first = round(line)
        if first >= view.height - 2:
            return
        first = max(0, first)
        last = view.height
        if self.bottom is not None:
            last = min(last, round(view.place(0, self.bottom, 1.0)[1]))
        rows = last - first
        if rows < 4:
            return
        half_rows, half_columns = max(2, rows // 2), view.width // 2
        source = self._mirrored(canvas, first, half_rows, half_columns)
        surface = self._rippled(source, view, seconds, (half_rows, half_columns))
        canvas[first:last] = cv2.resize(surface, (view.width, rows))
        self._glint(canvas[first:last], view, seconds)

    def _mirrored(self, canvas: Pixels, first: int, rows: int, columns: int) -> Pixels:
        above = canvas[max(0, first - rows * 2) : first][::-1]
        if above.shape[0] < 4:
            above = canvas[:8]
        small = cv2.resize(np.ascontiguousarray(above), (columns, max(2, above.shape[0] // 2)))
        small = cv2.blur(small, (1, 5))
        if small.shape[0] < rows:
            small = cv2.copyMakeBorder(
                small, 0, rows - small.shape[0], 0, 0, cv2.BORDER_REFLECT_101
            )
        result: Pixels = small[:rows]
        return result

    def _rippled(self, source: Pixels, view: View, seconds: float, size: tuple[int, int]) -> Pixels:
        columns, rows, wave = self._grids(size)
        drift = (view.shift_x + view.move_x * 0.6) * 40
        swing = np.sin(wave + np.float32(self.phase + seconds * 2.2 + drift))
        reach = (rows + 6) * (0.10 * (1.05 - self.calm))
        bent = cv2.remap(
            source, columns + swing * reach * 0.6, rows + swing * reach * 0.45,
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip
        depth = np.linspace(0, 1, size[0], dtype=np.float32)[:, None, None] ** 0.7
        near, far = np.asarray(self.near, np.float32), np.asarray(self.far, np.float32)
        body = far + (near - far) * depth
        mirror = self.mirror * (1 - 0.55 * depth)
        lift = (swing * (6 + 8 * (1 - self.calm)))[..., None] * (0.3 + 0.7 * depth)
        mixed = bent * mirror + (body + lift) * (1 - mirror)
        return np.asarray(np.clip(mixed, 0, 255), np.uint8)

    def _grids(self, size: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
        if size not in self._maps:
            self._maps.clear()
            rows, columns = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
            # Waves look longer the nearer they are.
            near = 1 + rows / size[0] * 7
            tall = rows / size[0]
            wave = 34 * np.log1p(tall * 9) + np.sin(columns / (16 * near) + rows * 0.05) * 1.7
            wave += np.sin(columns / (41 * near) - rows * 0.02) * 1.3
            self._maps[size] = (columns, rows, np.asarray(wave, np.float32))
        return self._maps[size]

    def _glint(self, part: Pixels, view: View, seconds: float) -> None:
        rows = part.shape[0]
        draw = np.random.default_rng(round(self.phase * 1000) + 7)
        count = 46
        places, depths = draw.random(count), draw.random(count) ** 1.6
        speeds, starts = draw.uniform(0.8, 2.0, count), draw.random(count) * 6.28
        for place, depth, speed, start in zip(places, depths, speeds, starts, strict=True):
            shine = np.sin(seconds * speed * 2 + start)
            if shine < 0.3:
                continue
            shift = (view.shift_x + view.move_x * depth) * view.unit
            x = int((place * view.width * 1.3 - shift) % (view.width * 1.3)) - view.width // 10
            y = int(depth * rows)
            long = max(3, int(view.unit * (0.006 + 0.05 * depth) * (0.5 + shine * 0.5)))
            tall = max(1, int(view.unit * (0.001 + 0.004 * depth)))
            a, b = max(0, x - long), min(part.shape[1], x + long)
            if a >= b or y + tall >= rows:
                continue
            target = part[y : y + tall, a:b].astype(np.float32)
            falloff = 1 - np.abs(np.linspace(-1, 1, b - a, dtype=np.float32))[None, :, None]
            light = np.asarray(self.glitter, np.float32)
            mixed = target + (light - target) * falloff * float((shine - 0.3) * 0.75)
            part[y : y + tall, a:b] = mixed.astype(np.uint8)
