"""Layers: painted once, seen through a moving camera.

World units are frame heights: y runs from 0 at the top of the frame to 1 at its bottom, x from 0 in
the middle of the frame. A layer repeats from left to right and has a depth: 0 is endlessly far,
1 is where the subjects are, more is nearer than they are.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from mutoscope.storyboard.pixels import Pixels, over

# How far above and below the frame layers are painted, in frame heights.
MARGIN = 0.36
# How wide layers are before they repeat, in frame widths.
PERIOD = 1.7


@dataclass(frozen=True)
class View:
    """Where the camera is and what it sees of the world, in pixels of the canvas."""

    width: int
    height: int
    unit: float  # pixels per frame height
    shift_x: float = 0.0  # the camera turned: everything moves alike
    shift_y: float = 0.0
    move_x: float = 0.0  # the camera moved: the near moves more than the far
    move_y: float = 0.0
    zoom: float = 1.0
    forward: float = 0.0

    def scale(self, depth: float) -> float:
        """How much larger things at a depth are than painted."""
        return self.zoom / max(0.12, 1 - self.forward * depth)

    def place(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Where a point of the world is on the canvas."""
        scale = self.scale(depth)
        dx = x - self.shift_x - self.move_x * depth
        dy = y - 0.5 - self.shift_y - self.move_y * depth
        return (
            self.width / 2 + dx * scale * self.unit,
            self.height / 2 + dy * scale * self.unit,
        )


@dataclass
class Layer:
    """One painted strip of the world."""

    pixels: Pixels  # premultiplied RGBA, or RGB when it covers all
    period: int
    top: float
    depth: float
    drift: float = 0.0  # frame heights a second
    detail: float = 1.0  # painted pixels per pixel of the frame
    _seen: tuple[tuple[float, ...], Pixels, int] | None = field(default=None, repr=False)

    def draw(self, canvas: Pixels, view: View, seconds: float) -> None:
        """Lay the layer on the canvas as the camera sees it."""
        scale = view.scale(self.depth) / self.detail
        left, top = view.place(-self.period / 2 / (view.unit * self.detail), self.top, self.depth)
        left += self.drift * seconds * view.unit * view.scale(self.depth)
        first = max(0, math.floor(top))
        last = min(view.height, math.ceil(top + self.pixels.shape[0] * scale))
        opaque = self.pixels.shape[2] == 3
        if opaque:
            first, last = 0, view.height
        if last <= first:
            return
        key = (round(scale, 5), round(left, 2), round(top, 2))
        if self._seen is None or self._seen[0] != key:
            self._seen = (key, self._warped(view.width, first, last, left, top, scale), first)
        _, seen, first = self._seen
        if opaque:
            canvas[:] = seen
        else:
            over(canvas, seen, 0, first)

    def _warped(
        self, width: int, first: int, last: int, left: float, top: float, scale: float
    ) -> Pixels:
        begin = math.floor((0 - left) / scale) - 2
        wanted = math.ceil(width / scale) + 5
        offset = begin % self.period
        stored = self.pixels.shape[1]
        if offset + wanted <= stored:
            window = self.pixels[:, offset : offset + wanted]
        else:
            columns = np.arange(offset, offset + wanted) % self.period
            window = self.pixels[:, columns]
        matrix = np.array([[scale, 0, left + begin * scale], [0, scale, top - first]], np.float64)
        # Pixel centres: what is painted at (0, 0) covers the square from 0 to 1.
        matrix[:, 2] += (scale - 1) / 2
        result: Pixels = cv2.warpAffine(
            window, matrix, (width, last - first), flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE if self.pixels.shape[2] == 3 else cv2.BORDER_CONSTANT,
        )  # fmt: skip
        return result


def repeated(pixels: Pixels, extra: int) -> Pixels:
    """A strip with its beginning painted once more at its end, so that windows seldom wrap."""
    return np.ascontiguousarray(np.concatenate([pixels, pixels[:, :extra]], axis=1))
