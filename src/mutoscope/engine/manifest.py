"""`mutoscope.json`, the page a checkpoint may bring along: how it wants to be sampled. No torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mutoscope.core.errors import ModelUnavailable

MANIFEST_NAME = "mutoscope.json"
STEPS_MAX = 200
GUIDANCE_MAX = 30.0
TIMESTEP_KINDS = ("stock", "linear")
# What LTXConditionPipeline adds to given frames unless told otherwise: right for its big models.
STOCK_CONDITION_NOISE = 0.15


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a checkpoint's maker says about sampling it. Empty fields mean: as the family does."""

    pipeline: str | None = None
    steps: int | None = None
    guidance: float | None = None
    fps: int | None = None
    frame_rate: float | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    frames: tuple[int, ...] = ()
    timesteps: str = "stock"
    prompt_tokens_max: int | None = None
    condition_noise: float = STOCK_CONDITION_NOISE
    decode_timestep: float = 0.0
    decode_noise: float | None = None
    step_cache: float | None = None
    guidance_every: int = 1
    # Words become the first picture, then the clip that begins with it.
    picture_first: bool = False
    # How many frames show one moment, the first frame's alone: between moments, `smooth` fills in.
    held: int = 1
    # Results may be asked for this many times as large, and as smooth, as the model makes them.
    enlarge: int = 1
    smooth: int = 1


def read_manifest(page: Mapping[str, Any], *, family: str, pipelines: frozenset[str]) -> Manifest:
    """Check a manifest's sampling fields; what it says beside them is for others to read."""
    if page.get("family", family) != family:
        raise _wrong("family", f"{family!r}, as model_index.json says")
    fields: dict[str, Any] = {"condition_noise": 0.0}
    for name, (is_right, wanted) in RULES.items():
        if page.get(name) is not None:
            if not is_right(page[name]):
                raise _wrong(name, wanted)
            fields[name] = page[name]
    if fields.get("pipeline", next(iter(pipelines))) not in pipelines:
        raise _wrong("pipeline", f"one of {', '.join(sorted(pipelines))}")
    if "sizes" in fields:
        fields["sizes"] = tuple((width, height) for width, height in fields["sizes"])
    if "frames" in fields:
        fields["frames"] = tuple(fields["frames"])
    return Manifest(**fields)


def is_whole(value: Any, *, least: int, most: int) -> bool:
    """`value` is a whole number (not a boolean) within bounds."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: Any, *, least: float, most: float) -> bool:
    """`value` is a finite number (not a boolean) within bounds."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and least <= value <= most


def _is_side(value: Any) -> bool:
    return is_whole(value, least=8, most=16384)


def _is_size(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_side, value))


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(_is_size, value))


def _are_frames(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) > 0
    return is_list and all(is_whole(count, least=1, most=4096) for count in value)


def _between(least: float, most: float) -> tuple[Callable[[Any], bool], str]:
    return lambda value: is_number(value, least=least, most=most), f"between {least} and {most}"


def _whole(least: int, most: int) -> tuple[Callable[[Any], bool], str]:
    wanted = f"a whole number between {least} and {most}"
    return lambda value: is_whole(value, least=least, most=most), wanted


RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "pipeline": (lambda value: isinstance(value, str), "the name of a pipeline"),
    "steps": _whole(1, STEPS_MAX),
    "guidance": _between(0.0, GUIDANCE_MAX),
    "fps": _whole(1, 240),
    "frame_rate": _between(0.01, 240),
    "sizes": (_are_sizes, "a list of [width, height] pairs"),
    "frames": (_are_frames, "a list of frame counts"),
    "timesteps": (lambda value: value in TIMESTEP_KINDS, f"one of {', '.join(TIMESTEP_KINDS)}"),
    "prompt_tokens_max": _whole(1, 4096),
    "condition_noise": _between(0.0, 1.0),
    "decode_timestep": _between(0.0, 1.0),
    "decode_noise": _between(0.0, 1.0),
    "step_cache": _between(0.0, 1.0),
    "guidance_every": _whole(1, 8),
    "picture_first": (lambda value: isinstance(value, bool), "true or false"),
    "held": _whole(1, 16),
    "enlarge": _whole(1, 16),
    "smooth": _whole(1, 8),
}


def _wrong(name: str, wanted: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{MANIFEST_NAME} is not usable: {name!r} should be {wanted}",
        field="model",
        fix=f"correct {name!r} in the model's {MANIFEST_NAME}",
    )
