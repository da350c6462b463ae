"""The controls that only some models have: how each is shown, read and written.

A family's params say which knobs a model has; this table says how people turn them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mutoscope.catalog import Model
from mutoscope.studio.words import Words

# How far a simple move goes, of 10. The signs are Kling's: a negative zoom narrows the view.
SIMPLE_PUSH = 5


@dataclass(frozen=True)
class Choice:
    """One option of a list."""

    value: str
    label: str


@dataclass(frozen=True)
class Knob:
    """A control of the form, as the template draws it."""

    name: str
    label: str
    hint: str
    choices: tuple[Choice, ...] = ()
    # For numbers; a knob with choices has none.
    least: float | None = None
    most: float | None = None
    step: float | None = None


@dataclass(frozen=True)
class Turning:
    """How a knob is drawn in a language, and how its text becomes a value and back."""

    draw: Callable[[Words], Knob]
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def knob_names(model: Model) -> list[str]:
    """Which knobs this model has, in the table's order."""
    return [name for name in KNOBS if name in model.params.model_fields]


def _push(**axes: int) -> str:
    return _write_json({"type": "simple", "config": axes})


def _preset(name: str) -> str:
    return _write_json({"type": name})


def _camera(words: Words) -> Knob:
    return Knob(
        "camera_control",
        words("Camera"),
        words("How the camera moves through the shot."),
        (
            Choice("", words("As the prompt says")),
            Choice(_push(zoom=-SIMPLE_PUSH), words("Zoom in")),
            Choice(_push(zoom=SIMPLE_PUSH), words("Zoom out")),
            Choice(_push(horizontal=SIMPLE_PUSH), words("Move right")),
            Choice(_push(horizontal=-SIMPLE_PUSH), words("Move left")),
            Choice(_push(vertical=SIMPLE_PUSH), words("Move up")),
            Choice(_push(vertical=-SIMPLE_PUSH), words("Move down")),
            Choice(_push(tilt=SIMPLE_PUSH), words("Tilt up")),
            Choice(_push(pan=SIMPLE_PUSH), words("Pan right")),
            Choice(_push(roll=SIMPLE_PUSH), words("Roll")),
            Choice(_preset("down_back"), words("Down and back")),
            Choice(_preset("forward_up"), words("Forward and up")),
            Choice(_preset("right_turn_forward"), words("Forward, turning right")),
            Choice(_preset("left_turn_forward"), words("Forward, turning left")),
        ),
    )


def _sound(words: Words) -> Knob:
    return Knob(
        "sound",
        words("Sound"),
        words("A quiet soundscape that fits the scene."),
        (
            Choice("", words("As the model likes")),
            Choice("on", words("On")),
            Choice("off", words("Off")),
        ),
    )


def _steps(words: Words) -> Knob:
    return Knob(
        "steps",
        words("Steps"),
        words("More steps take longer and show finer detail."),
        least=1,
        most=200,
        step=1,
    )


def _guidance(words: Words) -> Knob:
    return Knob(
        "guidance",
        words("Guidance"),
        words("How closely the model keeps to the words."),
        least=0,
        most=30,
        step=0.5,
    )


def _read_json(text: str) -> Any:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(text)
    return value


def _write_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


KNOBS: dict[str, Turning] = {
    "camera_control": Turning(_camera, _read_json, _write_json),
    "sound": Turning(_sound, str, str),
    "steps": Turning(_steps, int, str),
    "guidance": Turning(_guidance, float, str),
}
