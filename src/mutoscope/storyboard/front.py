"""What commands call: plan a prompt, draw a shot list."""

from collections.abc import Iterator

from mutoscope.core.request import Shape
from mutoscope.storyboard.checking import check_cast
from mutoscope.storyboard.film import film
from mutoscope.storyboard.pixels import Pixels
from mutoscope.storyboard.planner import Plan, plan
from mutoscope.storyboard.scene import ShotList


def plan_json(prompt: str, *, seconds: float = 5.0, negative: str = "") -> str:
    """The shot list of a prompt as JSON for a person to edit."""
    return plan(prompt, seconds=seconds, negative=negative).shots.to_json()


def draw_shot_list(
    shots: ShotList, *, width: int = 1280, height: int = 720, fps: int = 24, seed: int = 0
) -> tuple[Shape, Iterator[Pixels]]:
    """The frames of a shot list at its own length, RGB, drawn as they are asked for."""
    check_cast(shots)
    shape = Shape(width=width, height=height, frames=max(1, round(shots.seconds * fps)), fps=fps)
    return shape, film(shots, shape, seed)


__all__ = ["Plan", "draw_shot_list", "plan", "plan_json"]
