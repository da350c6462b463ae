"""A scene: one choice from every table of the world, and the small accidents of a take."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, WEATHERS, is_held_out

CLEAR_SHARE = 0.85
DAY_SHARE = 0.4
# One movement at a time: the object's, the camera's, or none.
MOVING_SHARE, FILMED_SHARE = 0.5, 0.4
TAKES = 2  # of every place: each further one is as much to learn as a place


class Stream(IntEnum):
    """What a random number is for: streams never meet, so a judge never sees a training clip."""

    TRAIN = 1
    CODEC = 2
    HELD_OUT = 3
    JUDGE = 4
    JUDGE_CHECK = 5
    PROMPTS = 6
    TOKENIZER = 7


@dataclass(frozen=True)
class Scene:
    """Indices into the tables of `world`, and which of the few takes of it this is."""

    thing: int
    place: int
    time: int
    weather: int
    motion: int
    camera: int
    take: int = 0  # seeds hills and clouds


def generator(seed: int, stream: Stream, index: int) -> np.random.Generator:
    """The one source of chance of item `index`; the same three numbers give the same item."""
    return np.random.default_rng([seed, int(stream), index])


def sample_scene(rng: np.random.Generator, *, held_out: bool = False) -> Scene:
    """Draw a scene from one side of the wall between training and examination."""
    while True:
        thing, place = int(rng.integers(len(OBJECTS))), int(rng.integers(len(PLACES)))
        if is_held_out(thing, place) == held_out:
            break
    time = weather = 0
    if PLACES[place].outdoors:
        night = (1 - DAY_SHARE) / 2
        time = int(rng.choice(len(TIMES), p=[DAY_SHARE, night, night]))
        rest = (1 - CLEAR_SHARE) / 2
        weather = int(rng.choice(len(WEATHERS), p=[CLEAR_SHARE, rest, rest]))
    motion = camera = 0
    share = rng.random()
    if share < MOVING_SHARE:
        motion = int(rng.integers(1, len(MOTIONS)))
    elif share < MOVING_SHARE + FILMED_SHARE:
        camera = int(rng.integers(1, len(CAMERAS)))
    return Scene(
        thing,
        place,
        time,
        weather,
        motion,
        camera,
        take=int(rng.integers(TAKES)),
    )
