"""Kling's effects as scenes of the storyboard: a place, its air and a move around a picture.

Only those scenes are here whose point is where the subject is or how it moves. What would change
the subject itself (wings, a hug, a cartoon) is refused.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mutoscope.core.errors import InvalidRequest

_FIREWORKS = "fireworks in the night sky over the sea"
_PARTY = "a stage, confetti, jumps up and down, camera zooms in"
_SNOW = "a snowfield, snow, camera zooms in"
_DANCE = "dances on a stage, confetti"
_FLOWERS = "a garden, flowers, petals, camera zooms in"
_FLIES = "flies through the sky, clouds"

SCENE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "summer_fireworks": _FIREWORKS,
        "unique_firework": _FIREWORKS,
        "horse_year_firework": _FIREWORKS,
        "firework": _FIREWORKS,
        "firework_2026": _FIREWORKS,
        "happy_birthday": _PARTY,
        "birthday_star": _PARTY,
        "celebration": _PARTY,
        "spark_in_the_snow": _SNOW,
        "winter_charm": _SNOW,
        "pet_dance": _DANCE,
        "cute_dance": _DANCE,
        "bouncy_dance": _DANCE,
        "disco_paws": _DANCE,
        "spring_bloom": _FLOWERS,
        "bloombloom": _FLOWERS,
        "magic_carpet_ride": _FLIES,
        "fly_fly": _FLIES,
        "flyer": _FLIES,
        "running": "runs to the right along a road, camera follows",
        "running_man": "runs to the right through the city, camera follows",
        "pet_diving": "swims underwater, bubbles",
        "surfsurf": "on the sea, moves to the right, camera follows",
        "dizzydizzy": "spins in a studio",
        "trampoline": "jumps up and down in a meadow",
        "trampoline_night": "jumps up and down in a meadow at night",
        "zoom_out": "stands in a meadow, camera zooms out",
        "shooting_star": "a mountain at night, stars, camera tilts up",
    }
)


def scene_words(scene: str) -> str:
    """What a scene is, in words that the storyboard draws. InvalidRequest lists those there are."""
    words = SCENE_WORDS.get(scene)
    if words is None:
        raise InvalidRequest(
            f"effect_scene {scene!r} is not offered here",
            field="effect_scene",
            fix=f"one of {', '.join(sorted(SCENE_WORDS))}",
        )
    return words
