"""Controls from outside: what a request's params say, checked, in the words of the scene."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import GenerationRequest
from mutoscope.storyboard.scene import SHOTS_MAX, CameraKind, CameraMove

# Kling's presets, in our moves. Its zoom grows with the angle of view, ours with the size.
PRESETS: dict[str, tuple[CameraMove, ...]] = {
    "down_back": (
        CameraMove(kind=CameraKind.VERTICAL, amount=-6),
        CameraMove(kind=CameraKind.DOLLY, amount=-7),
    ),
    "forward_up": (
        CameraMove(kind=CameraKind.DOLLY, amount=7), CameraMove(kind=CameraKind.TILT, amount=5),
    ),
    "right_turn_forward": (
        CameraMove(kind=CameraKind.PAN, amount=6), CameraMove(kind=CameraKind.DOLLY, amount=6),
    ),
    "left_turn_forward": (
        CameraMove(kind=CameraKind.PAN, amount=-6), CameraMove(kind=CameraKind.DOLLY, amount=6),
    ),
}  # fmt: skip
AXES: dict[str, tuple[CameraKind, float]] = {
    "horizontal": (CameraKind.HORIZONTAL, 1), "vertical": (CameraKind.VERTICAL, 1),
    "pan": (CameraKind.PAN, 1), "tilt": (CameraKind.TILT, 1), "roll": (CameraKind.ROLL, 1),
    "zoom": (CameraKind.ZOOM, -1),
}  # fmt: skip


def camera_control(control: Any) -> tuple[CameraMove, ...]:
    """The camera moves of a `camera_control`; empty when there is none."""
    if control is None or control == {}:
        return ()
    if not isinstance(control, Mapping):
        raise _wrong("camera_control", "must be an object with a type")
    kind = control.get("type")
    config = control.get("config")
    if kind in PRESETS:
        if isinstance(config, Mapping) and any(config.values()):
            raise _wrong("camera_control.config", f"must be left out for type {kind}")
        return PRESETS[kind]
    if kind not in {"simple", None, ""}:
        known = ", ".join(["simple", *PRESETS])
        raise _wrong("camera_control.type", f"must be one of {known}; got {str(kind)[:40]!r}")
    if not isinstance(config, Mapping) or not config:
        raise _wrong("camera_control.config", "must name one axis, such as {'pan': 5}")
    return _simple(config)


def _simple(config: Mapping[str, Any]) -> tuple[CameraMove, ...]:
    chosen: list[CameraMove] = []
    for axis, amount in config.items():
        if axis not in AXES:
            raise _wrong(f"camera_control.config.{str(axis)[:20]}", "is no axis")
        if amount is None:
            continue
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise _wrong(f"camera_control.config.{axis}", "must be a number from -10 to 10")
        if not -10 <= amount <= 10:
            raise _wrong(f"camera_control.config.{axis}", f"must be -10 to 10; got {amount}")
        if amount:
            kind, sign = AXES[axis]
            chosen.append(CameraMove(kind=kind, amount=sign * amount))
    if len(chosen) > 1:
        raise _wrong("camera_control.config", "must move exactly one axis; the others are 0")
    return tuple(chosen)


def scene_parts(request: GenerationRequest) -> list[tuple[str, float | None]] | None:
    """The prompts of several shots, if the request tells them one by one."""
    told = request.params.get("multi_prompt")
    if not told:
        return None
    if not isinstance(told, list | tuple) or len(told) > SHOTS_MAX:
        raise _wrong("multi_prompt", f"must be a list of 1 to {SHOTS_MAX} shots")
    parts: list[tuple[str, float | None]] = []
    for number, item in enumerate(told):
        if not isinstance(item, Mapping) or not isinstance(item.get("prompt"), str):
            raise _wrong(f"multi_prompt[{number}].prompt", "must be text")
        try:
            seconds = float(item["duration"]) if item.get("duration") is not None else None
        except (TypeError, ValueError) as error:
            raise _wrong(f"multi_prompt[{number}].duration", "must be seconds") from error
        if seconds is not None and not 0.2 <= seconds <= 15:
            raise _wrong(f"multi_prompt[{number}].duration", "must be 0.2 to 15 seconds")
        parts.append((item["prompt"], seconds))
    return parts


def sound_wanted(request: GenerationRequest) -> bool:
    """The clip shall be heard too."""
    return request.params.get("sound") in {"on", True}


Point = tuple[float, float]


def trajectories(request: GenerationRequest, masks: int) -> list[list[Point]]:
    """The path of each dynamic mask, in pixels of its picture, origin at the bottom left."""
    told = request.params.get("trajectories") or request.params.get("dynamic_masks") or []
    if not isinstance(told, list | tuple):
        raise _wrong("trajectories", "must be a list with one path for each dynamic mask")
    paths = []
    for number, item in enumerate(told):
        if isinstance(item, Mapping):
            item = item.get("trajectories", [])
        paths.append(_path(item, f"trajectories[{number}]"))
    if len(paths) != masks:
        raise _wrong("trajectories", f"{masks} dynamic masks need {masks} paths; got {len(paths)}")
    return paths


def _path(item: Any, name: str) -> list[Point]:
    if not isinstance(item, list | tuple) or not 2 <= len(item) <= 77:
        raise _wrong(name, "must have 2 to 77 points")
    points: list[Point] = []
    for point in item:
        x, y = (point.get("x"), point.get("y")) if isinstance(point, Mapping) else (None, None)
        if isinstance(point, list | tuple) and len(point) == 2:
            x, y = point
        for value in (x, y):
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e5:
                raise _wrong(name, "points must be {x, y} in pixels")
        points.append((float(x or 0), float(y or 0)))
    if all(first == second for first, second in pairwise(points)):
        return points[:1] * 2
    return points


def _wrong(field: str, says: str) -> InvalidRequest:
    return InvalidRequest(f"{field} {says}", field=field)
