"""Pieces of wishes that several operations share."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mutoscope.api.dialects.kling.fields import CameraControl
from mutoscope.api.dialects.kling.names import Chosen
from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest, MutoscopeError
from mutoscope.core.request import ReferenceRole
from mutoscope.generations import LinkedUpload, Upload
from mutoscope.media import decode_base64_picture

VIDEO_RATIOS = ("16:9", "9:16", "1:1")
PICTURE_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")
CAMERA_TYPES = (
    "simple",
    "down_back",
    "forward_up",
    "right_turn_forward",
    "left_turn_forward",
)
AXIS_MAX = 10
_MENTION = re.compile(r"<<<\s*([a-z]{1,20})_([0-9]{1,3})\s*>>>")


GivenPicture = Upload | LinkedUpload


@contextmanager
def in_their_words(fields: Mapping[str, str]) -> Iterator[None]:
    """Let errors name the fields as the caller wrote them."""
    try:
        yield
    except MutoscopeError as error:
        if error.field is not None:
            ours = error.field.removeprefix("params.")
            theirs = fields.get(ours, fields.get(ours.partition(".")[0], ours))
            if error.detail.startswith(f"{error.field} "):
                error.detail = theirs + error.detail.removeprefix(error.field)
            error.field = theirs
        raise


def one_of(value: str, options: tuple[str, ...], field: str) -> str:
    """The value, if it is an option. InvalidRequest lists them otherwise."""
    if value not in options:
        raise InvalidRequest(
            f"{field} {value!r} is not known", field=field, fix=f"one of {', '.join(options)}"
        )
    return value


def ratio_of(
    ratio: str | None, chosen: Chosen, options: tuple[str, ...], field: str = "aspect_ratio"
) -> str | None:
    """The ratio to ask for: 16:9 unless said; a local model's own name leaves it to the model."""
    if chosen.kling is None:
        return ratio
    return one_of(ratio or "16:9", options, field)


def camera(control: CameraControl) -> dict[str, Any]:
    """A camera move, if it is one of Kling's: one axis alone, or a preset."""
    moves = control.config.moves() if control.config else {}
    one_of(control.type, CAMERA_TYPES, "camera_control.type")
    if control.type != "simple":
        # Clients send a preset with all six axes at 0, too.
        if moves:
            raise InvalidRequest(
                f"camera_control.type {control.type} takes no config",
                field="camera_control.config",
                fix="leave config out, or send type simple",
            )
        return {"type": control.type}
    if len(moves) != 1:
        raise InvalidRequest(
            f"camera_control.config moves {len(moves)} axes",
            field="camera_control.config",
            fix="exactly one of horizontal, vertical, pan, tilt, roll, zoom must not be 0",
        )
    [(axis, amount)] = moves.items()
    if abs(amount) > AXIS_MAX:
        raise InvalidRequest(
            f"camera_control.config.{axis} must be -10 to 10; got {amount:g}",
            field=f"camera_control.config.{axis}",
        )
    return {"type": "simple", "config": moves}


def has_knob(catalog: Catalog, chosen: Chosen, knob: str) -> bool:
    """Whether the local model can be told about this."""
    return knob in catalog.find(chosen.local).params.model_fields


def sound_params(
    catalog: Catalog, chosen: Chosen, sound: str | None, *, field: str = "sound"
) -> dict[str, str]:
    """The knob for sound. Off is Kling's default; a model without the knob is always silent."""
    wanted = one_of(sound or "off", ("on", "off"), field)
    if has_knob(catalog, chosen, "sound"):
        return {"sound": wanted}
    if wanted == "on":
        raise InvalidRequest(
            f"{field}: the model behind {chosen.name} makes no sound", field=field, fix="send off"
        )
    return {}


def require_shots(catalog: Catalog, chosen: Chosen, field: str) -> None:
    """InvalidRequest when the local model can't cut shots together."""
    if not has_knob(catalog, chosen, "multi_prompt"):
        raise InvalidRequest(
            f"{field}: the model behind {chosen.name} makes one shot at a time",
            field=field,
            fix="send one shot a request",
        )


def picture(role: ReferenceRole, text: str, field: str) -> GivenPicture:
    """A picture as it came in a field, or the URL to get it from. PictureRejected names the field.

    A URL is looked at when everything else about the request is right.
    """
    if text[:8].lower().startswith(("http://", "https://")):
        return LinkedUpload(role, text, field)
    return Upload(role, decode_base64_picture(text, field=field), field)


def at_most_one(**given: object) -> None:
    """InvalidRequest when more than one of the fields is set."""
    names = [name for name, value in given.items() if value]
    if len(names) > 1:
        raise InvalidRequest(
            f"{names[1]} can't be combined with {names[0]}", field=names[1], fix="send one of them"
        )


def without_mentions(prompt: str, *, pictures: int, field: str = "prompt") -> str:
    """The prompt without `<<<image_1>>>`: the picture stands in the scene by itself.

    InvalidRequest when a mention leads nowhere.
    """
    for kind, number in _MENTION.findall(prompt):
        if kind != "image" or not 1 <= int(number) <= pictures:
            raise InvalidRequest(
                f"{field} mentions {kind}_{number}, which is not there",
                field=field,
                fix="send it in image_list, or leave the mention out",
            )
    return " ".join(_MENTION.sub(" ", prompt).split())
