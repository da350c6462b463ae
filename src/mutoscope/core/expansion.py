"""A picture with more around it: how much, and where the picture stands in what comes of it."""

import math
from dataclasses import dataclass

SIDE_MAX = 6144
PIXELS_MAX = 20_000_000
AREA_MAX = 3.0
# Shares are decimal fractions that binary ones only come near.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """New room on each side, as a share of the picture's height (up, down) or width."""

    up: float = 0.0
    down: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def area(self) -> float:
        """How many times the picture's area the whole has."""
        return (1 + self.up + self.down) * (1 + self.left + self.right)

    @property
    def is_too_large(self) -> bool:
        """The whole would be more than three times the picture."""
        return self.area > AREA_MAX + _ROUNDING

    def place(self, width: int, height: int) -> "Placement":
        """Where a picture of these sides stands; it is only made smaller where it has to be."""
        across, down = 1 + self.left + self.right, 1 + self.up + self.down
        scale = min(
            1.0,
            SIDE_MAX / (width * across + 2),
            SIDE_MAX / (height * down + 2),
            math.sqrt(PIXELS_MAX / (width * height * self.area)),
        )
        inner_width, inner_height = round(width * scale), round(height * scale)
        left, top = round(inner_width * self.left), round(inner_height * self.up)
        return Placement(
            width=left + inner_width + round(inner_width * self.right),
            height=top + inner_height + round(inner_height * self.down),
            left=left,
            top=top,
            inner_width=inner_width,
            inner_height=inner_height,
        )


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A canvas in pixels, and the box of the picture in it."""

    width: int
    height: int
    left: int
    top: int
    inner_width: int
    inner_height: int
