"""What a place is made of, for those who stand in it."""

from dataclasses import dataclass, field
from enum import StrEnum

from mutoscope.storyboard.layers import Layer
from mutoscope.storyboard.pixels import RGB
from mutoscope.storyboard.places.water import Water


class Ground(StrEnum):
    """What is under those who stand in a place."""

    LAND = "land"
    WATER = "water"
    AIR = "air"
    DEEP = "deep"
    SPACE = "space"
    STUDIO = "studio"


@dataclass
class Backdrop:
    """The layers of a place, far to near, and where its ground is."""

    ground: Ground
    # Where the feet of subjects are, and how far up the picture the ground reaches.
    feet: float
    horizon: float
    behind: list[Layer | Water] = field(default_factory=list)
    front: list[Layer] = field(default_factory=list)
    shadow: RGB = (20, 24, 40)
    # Where the feet of those are who stay out of the water, when there is a bank.
    bank: float | None = None
