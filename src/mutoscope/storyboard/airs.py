"""From the weather of a shot to what is drawn for it."""

import numpy as np

from mutoscope.storyboard.layers import View
from mutoscope.storyboard.light import Light
from mutoscope.storyboard.scene import Weather
from mutoscope.storyboard.weather import (
    Air,
    Confetti,
    Flakes,
    Flash,
    Gusts,
    Mist,
    Rainbow,
    Sparks,
    pieces,
    rain,
    slips,
)

PETALS = [(255, 196, 214), (255, 176, 202), (250, 214, 226)]
PAPER = [(240, 70, 80), (250, 190, 50), (70, 170, 240), (90, 200, 110), (190, 100, 230)]
SKY_BOUND = frozenset({Weather.FIREWORKS, Weather.METEORS, Weather.RAINBOW})


def airs(
    weather: Weather, view: View, light: Light, draw: np.random.Generator, seconds: float
) -> list[Air]:
    """What is drawn for one kind of weather; clouds are the sky's own business."""
    if weather is Weather.RAIN:
        return rain(view, light, draw, 0.4)
    if weather is Weather.STORM:
        return [*rain(view, light, draw, 1.0), Flash(draw, seconds)]
    if weather is Weather.SNOW:
        return [Flakes(view, light, draw)]
    if weather is Weather.FOG:
        return [Mist(view, light, draw)]
    if weather is Weather.WIND:
        leaves = pieces(("leaf-fluttering-in-wind",), 0.03, view, light)
        return [Gusts(draw), Confetti(view, draw, leaves, count=9, down=0.05, along=0.4)]
    if weather is Weather.RAINBOW:
        return [Rainbow(view)]
    if weather in {Weather.FIREWORKS, Weather.FIREFLIES, Weather.METEORS}:
        return [Sparks(weather, draw, seconds)]
    return _fluttering(weather, view, light, draw)


def _fluttering(weather: Weather, view: View, light: Light, draw: np.random.Generator) -> list[Air]:
    if weather is Weather.PETALS:
        petals = slips(view, draw, PETALS, 0.024, oval=True)
        blossoms = pieces(("cherry-blossom",), 0.028, view, light)
        return [
            Confetti(view, draw, [*petals, *petals, *blossoms], count=52, down=0.11, along=-0.07)
        ]
    if weather is Weather.LEAVES:
        leaves = pieces(("maple-leaf", "fallen-leaf"), 0.042, view, light)
        return [Confetti(view, draw, leaves, count=34, down=0.14, along=-0.09)]
    if weather is Weather.CONFETTI:
        paper = slips(view, draw, PAPER, 0.026, oval=False)
        return [Confetti(view, draw, paper, count=84, down=0.24, along=0.02, turn=2)]
    if weather is Weather.BUBBLES:
        bubbles = pieces(("bubbles",), 0.06, view, light)
        return [Confetti(view, draw, bubbles, count=16, down=-0.12, along=0.01, turn=0.15)]
    if weather is Weather.HEARTS:
        hearts = pieces(("red-heart",), 0.042, view, light)
        return [Confetti(view, draw, hearts, count=24, down=-0.13, along=0.0, turn=0.2)]
    return []
