"""From Kling's words to ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mutoscope.api.dialects.kling.bodies import ShotBody, TextToVideo, VideoBody
from mutoscope.api.dialects.kling.collections import TEXT2VIDEO, Collection
from mutoscope.api.dialects.kling.fields import CameraControl, TaskBody
from mutoscope.api.dialects.kling.names import Chosen, Names
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.core.request import Task, Wish
from mutoscope.generations import Submission

VIDEO_RATIOS = ("16:9", "9:16", "1:1")
CAMERA_PRESETS = ("down_back", "forward_up", "right_turn_forward", "left_turn_forward")
# What our own words for a field are called in the legacy standard's bodies.
FIELDS = {
    "model": "model_name",
    "task": "model_name",
    "size": "mode",
    "seconds": "duration",
    "ratio": "aspect_ratio",
    "count": "n",
}


@contextmanager
def in_their_words(fields: Mapping[str, str]) -> Iterator[None]:
    """Let errors name the fields as the caller wrote them."""
    try:
        yield
    except MutoscopeError as error:
        if error.field is not None:
            ours = error.field.removeprefix("params.")
            error.field = fields.get(ours, ours)
        raise


class Translator:
    """Turns bodies into submissions; knows the administrator's table and what models can do."""

    def __init__(self, names: Names, catalog: Catalog) -> None:
        self._names = names
        self._catalog = catalog

    def text2video(self, body: TextToVideo) -> Submission:
        """POST /v1/videos/text2video."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v1", TEXT2VIDEO.operation)
        wish = Wish(
            task=Task.TEXT_TO_VIDEO,
            ratio=video_ratio(body.aspect_ratio, chosen),
            params=self._shot_params(body, chosen),
            **video_words(body, chosen),
        )
        return submission(TEXT2VIDEO, body, wish)

    def _shot_params(self, body: ShotBody, chosen: Chosen) -> dict[str, Any]:
        params: dict[str, Any] = {}
        if body.camera_control is not None:
            params["camera_control"] = camera(body.camera_control)
        sound = one_of(body.sound or "off", ("on", "off"), "sound")
        # Off is Kling's default and need not be ours; a model without the knob is always silent.
        if sound == "on" or "sound" in self._catalog.find(chosen.local).params.model_fields:
            params["sound"] = sound
        return params


def submission(collection: Collection, body: TaskBody, wish: Wish) -> Submission:
    """A wish with what Kling wants to find again."""
    return Submission(wish=wish, dialect=collection.dialect, external_task_id=body.external_task_id)


def video_words(body: VideoBody, chosen: Chosen) -> dict[str, Any]:
    """What every video's wish takes from its body."""
    return {
        "prompt": body.prompt or "",
        "negative_prompt": body.negative_prompt or "",
        "model": chosen.local,
        "size": chosen.size(body.mode, field="mode"),
        "seconds": chosen.check_seconds(body.duration, field="duration"),
    }


def video_ratio(ratio: str | None, chosen: Chosen) -> str | None:
    """The ratio to ask for: 16:9 unless said; a local model's own name leaves it to the model."""
    if chosen.kling is None:
        return ratio
    return one_of(ratio or VIDEO_RATIOS[0], VIDEO_RATIOS, "aspect_ratio")


def camera(control: CameraControl) -> dict[str, Any]:
    """A camera move as the storyboard takes it. InvalidRequest when it is none of Kling's."""
    moves = control.config.moves() if control.config else {}
    if control.type == "simple":
        if len(moves) != 1:
            raise InvalidRequest(
                f"camera_control.config moves {len(moves)} axes",
                field="camera_control.config",
                fix="exactly one of horizontal, vertical, pan, tilt, roll, zoom must not be 0",
            )
        axis, amount = next(iter(moves.items()))
        if not -10 <= amount <= 10:
            raise InvalidRequest(
                f"camera_control.config.{axis} must be -10 to 10; got {amount:g}",
                field=f"camera_control.config.{axis}",
            )
        return {"type": "simple", "config": moves}
    one_of(control.type, ("simple", *CAMERA_PRESETS), "camera_control.type")
    if moves:
        raise InvalidRequest(
            f"camera_control.type {control.type} takes no config",
            field="camera_control.config",
            fix="leave config out, or send type simple",
        )
    return {"type": control.type}


def one_of(value: str, options: tuple[str, ...], field: str) -> str:
    """The value, if it is an option. InvalidRequest lists them otherwise."""
    if value not in options:
        raise InvalidRequest(
            f"{field} {value!r} is not known", field=field, fix=f"one of {', '.join(options)}"
        )
    return value
