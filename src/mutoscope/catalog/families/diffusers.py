"""What all models share that live in a local diffusers folder.

A folder is `models/NAME/` in the data folder, with `model_index.json` as diffusers writes it and,
where it wants to say more, `mutoscope.json` (the manifest): defaults, sizes, prices, words.
"""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mutoscope.catalog.model import Bilingual, Format, Length, Model, Price
from mutoscope.catalog.vocabulary import Vocabulary
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import ModelUnavailable
from mutoscope.core.ids import ModelId
from mutoscope.core.request import ReferenceRole, Task

LANE = "diffusers"
MANIFEST = "mutoscope.json"
INDEX = "model_index.json"
# What a second at 1280x720 costs where the manifest names no price; smaller frames cost less.
CREDITS_PER_SECOND_720P = 6
CREDITS_PER_PICTURE_720P = 2


class DiffusersParams(BaseModel):
    """The knobs every sampler has."""

    model_config = ConfigDict(extra="forbid")
    steps: Annotated[int, Field(ge=1, le=200)] | None = None
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None


class Manifest(BaseModel):
    """`mutoscope.json`: what a model folder says of itself; every field may be left out."""

    model_config = ConfigDict(extra="allow", frozen=True)
    pipeline: str | None = None
    title: dict[str, str] = {}
    description: dict[str, str] = {}
    licence: str = "unknown: see the model's card"
    fps: Annotated[int, Field(ge=1, le=120)] | None = None
    sizes: list[tuple[int, int]] | None = Field(default=None, min_length=1, max_length=50)
    frames: list[Annotated[int, Field(ge=1, le=2000)]] | None = Field(default=None, min_length=1)
    tasks: list[Task] | None = Field(default=None, min_length=1)
    credits_per_second: Annotated[float, Field(ge=0, le=1e6)] | None = None
    # How many times as large and as smooth results are offered as the model makes them.
    enlarge: Annotated[int, Field(ge=1, le=16)] = 1
    smooth: Annotated[int, Field(ge=1, le=8)] = 1
    vocabulary: Vocabulary | None = None


class Defaults(BaseModel):
    """What a family's models do unless their manifest says otherwise."""

    family: str
    sizes: list[tuple[int, int]]
    fps: int
    frames_max: int
    frames_step: int
    tasks: frozenset[Task]
    roles: frozenset[ReferenceRole]


def pipeline_of(folder: Path) -> str:
    """The pipeline that a folder is run with: its manifest's, or its index's own.

    ModelUnavailable names the file when it can't be read.
    """
    return _manifest(folder).pipeline or str(read_json(folder / INDEX).get("_class_name"))


def model_from_folder(folder: Path, defaults: Defaults) -> Model:
    """Describe the model in a folder without loading it; no torch needed."""
    manifest = _manifest(folder)
    fps = manifest.fps or defaults.fps
    formats = _formats(manifest.sizes or defaults.sizes, manifest.enlarge)
    clips = tuple(sorted(frames for frames in manifest.frames or () if frames > 1))
    frames_max = clips[-1] if clips else defaults.frames_max
    frames_min = clips[0] if clips else 1 + defaults.frames_step
    has_one_length = frames_min == frames_max
    name = folder.name
    return Model(
        id=ModelId(name),
        family=defaults.family,
        lane=LANE,
        title=_words(manifest.title, name),
        description=_words(manifest.description, f"{defaults.family}, {name}"),
        runs_on=Bilingual("本机（有显卡时用显卡）", "this machine, on its GPU where it has one"),
        licence=manifest.licence,
        tasks=frozenset(manifest.tasks) if manifest.tasks else defaults.tasks,
        formats=formats,
        length=Length(
            seconds_default=min(5.0, (frames_max - 1) / fps),
            seconds_min=(frames_min - 1) / fps,
            seconds_max=(frames_max - 1) / fps,
            # Finished first: what the model itself makes is there for those who ask.
            fps=tuple(dict.fromkeys((fps * manifest.smooth, fps))),
            step=defaults.frames_step,
            offset=1,
            # Counted at the model's own speed; where there is but one, its seconds say it all.
            choices=() if has_one_length else clips,
        ),
        price=_price(formats, manifest.credits_per_second),
        params=DiffusersParams,
        roles=defaults.roles,
        folder=folder,
        unavailable=None if find_spec("torch") else "the engine is not installed (make engine)",
        vocabulary=manifest.vocabulary,
        facts=manifest.model_extra or {},
    )


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.exists():
        return Manifest()
    try:
        return Manifest.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelUnavailable(f"{path}: {where}: {first['msg']}", field="model") from error


def read_json(path: Path) -> Mapping[str, Any]:
    """A JSON object from a model folder; ModelUnavailable names the file that holds none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{path} can't be read: {error}", field="model") from error
    if not isinstance(content, dict):
        raise ModelUnavailable(f"{path} must hold a JSON object", field="model")
    return content


def _format(width: int, height: int) -> Format:
    named = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4, "21:9": 21 / 9}
    ratio = min(named, key=lambda name: abs(named[name] - width / height))
    return Format(f"{min(width, height)}p", ratio, width, height)


def _formats(sizes: list[tuple[int, int]], enlarge: int) -> tuple[Format, ...]:
    """The sizes on offer: enlarged ones first, then the model's own."""
    finished = [(width * enlarge, height * enlarge) for width, height in sizes]
    return tuple(_format(w, h) for w, h in dict.fromkeys([*finished, *sizes]))


def _price(formats: tuple[Format, ...], per_second: float | None) -> Price:
    def scaled(frame: Format, credits_720p: float) -> Millicredits:
        share = frame.width * frame.height / (1280 * 720)
        return Millicredits(max(1, round(credits_720p * 1000 * share)))

    fixed = None if per_second is None else Millicredits(round(per_second * 1000))
    return Price(
        per_second={
            f.size: scaled(f, CREDITS_PER_SECOND_720P) if fixed is None else fixed for f in formats
        },
        per_picture={f.size: scaled(f, CREDITS_PER_PICTURE_720P) for f in formats},
    )


def _words(said: Mapping[str, str], otherwise: str) -> Bilingual:
    english = said.get("en", otherwise)
    return Bilingual(said.get("zh", english), english)
