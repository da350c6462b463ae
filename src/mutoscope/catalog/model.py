"""What a model accepts and costs, and how a wish becomes a request it can honour."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mutoscope.catalog.sounds import SOUND_SIZE, sound_shape
from mutoscope.catalog.vocabulary import Reading, Vocabulary
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, ModelUnavailable
from mutoscope.core.expansion import AREA_MAX, Expansion
from mutoscope.core.ids import ModelId
from mutoscope.core.request import (
    PROMPT_LENGTH_MAX,
    SEED_MAX,
    GenerationRequest,
    ReferenceRole,
    Shape,
    Task,
    Wish,
)


@dataclass(frozen=True)
class Bilingual:
    """The same words for people in two languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Format:
    """One frame size a model can make: its names ("720p", "16:9") and its pixels."""

    size: str
    ratio: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long a clip may be. Frames are `step` x n + `offset`: 4n + 1 for Wan, any for drawing."""

    seconds_default: float
    seconds_min: float
    seconds_max: float
    fps: tuple[int, ...]
    step: int = 1
    offset: int = 0
    # Where only some lengths were trained: these, and no others.
    choices: tuple[int, ...] = ()

    def frames(self, seconds: float, fps: int) -> int:
        """The number of frames the model makes for this many seconds; `offset` is on the house."""
        if self.choices:
            return min(self.choices, key=lambda frames: abs(frames - self.offset - seconds * fps))
        return max(1, round(seconds * fps / self.step)) * self.step + self.offset


class Unit(StrEnum):
    """What a price is for."""

    SECOND = "second"
    PICTURE = "picture"


@dataclass(frozen=True)
class Price:
    """Thousandths of a credit, by size: for a second of video, and for a picture."""

    per_second: Mapping[str, Millicredits]
    per_picture: Mapping[str, Millicredits]
    # What a task costs at a size where that is not what a second or a picture of it costs.
    per_task: Mapping[tuple[Task, str], Millicredits] = field(default_factory=dict)
    # Which version of the price book each is from, by unit or task and size; the catalogue's own
    # are 0.
    versions: Mapping[tuple[Unit | Task, str], int] = field(default_factory=dict)

    def of(self, task: Task, size: str) -> Millicredits:
        """What a second costs, or a picture; a price for the task goes before one for all."""
        by_size = self.per_second if unit_of(task) is Unit.SECOND else self.per_picture
        return self.per_task.get((task, size), by_size[size])

    def by_task(self) -> dict[Task, dict[str, Millicredits]]:
        """The prices for one task only, by size."""
        found: dict[Task, dict[str, Millicredits]] = {}
        for (task, size), amount in sorted(self.per_task.items()):
            found.setdefault(task, {})[size] = amount
        return found

    def version_of(self, task: Task, size: str) -> int:
        """Which version of the price book that is from."""
        what = task if (task, size) in self.per_task else unit_of(task)
        return self.versions.get((what, size), 0)


def unit_of(task: Task) -> Unit:
    """What the price of a task is for."""
    return Unit.PICTURE if task.is_picture else Unit.SECOND


EXPAND = "expand"
# The lane of speech and sounds, with whatever model; a film that is given sound takes its time.
SOUND_LANE = "sound"
SHORT = frozenset({Task.TEXT_TO_SPEECH, Task.TEXT_TO_AUDIO})
NEEDS_PICTURE = frozenset(
    {Task.IMAGE_TO_VIDEO, Task.IMAGE_TO_IMAGE, Task.VIDEO_EXTEND, Task.VIDEO_TO_AUDIO}
)


class NoParams(BaseModel):
    """A family without knobs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One entry of the catalogue."""

    id: ModelId
    family: str
    # Which workers can run it.
    lane: str
    title: Bilingual
    description: Bilingual
    runs_on: Bilingual
    licence: str
    tasks: frozenset[Task]
    formats: tuple[Format, ...]
    length: Length
    price: Price
    count_max: int = 4
    params: type[BaseModel] = NoParams
    roles: frozenset[ReferenceRole] = frozenset()
    folder: Path | None = None
    # Why it can't be used just now, for people; None when it can.
    unavailable: str | None = None
    # The words it knows, where they are few.
    vocabulary: Vocabulary | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def lane_of(self, task: Task) -> str:
        """Which workers can do this with it."""
        return SOUND_LANE if task in SHORT else self.lane

    def request(self, wish: Wish) -> GenerationRequest:
        """Settle what the wish leaves open. Raises InvalidRequest naming the field and the fix."""
        if self.unavailable is not None:
            raise ModelUnavailable(f"{self.id}: {self.unavailable}", field="model")
        self._check_task(wish)
        _check_prompt(wish)
        self._check_words(wish)
        params = self._params(wish.params)
        if wish.task.is_sound:
            return self._sound(wish, params)
        frame = self._format(wish) if EXPAND not in params else expanded(self, wish, params[EXPAND])
        return GenerationRequest(
            task=wish.task,
            model=self.id,
            prompt=wish.prompt.strip(),
            negative_prompt=wish.negative_prompt.strip(),
            shape=self._shape(wish, frame),
            size=frame.size,
            seed=_seed(wish.seed),
            count=self._count(wish.count),
            watermark=wish.watermark,
            references=wish.references,
            params=params,
        )

    def _sound(self, wish: Wish, params: dict[str, Any]) -> GenerationRequest:
        return GenerationRequest(
            task=wish.task,
            model=self.id,
            prompt=wish.prompt.strip(),
            shape=sound_shape(wish, params),
            size=SOUND_SIZE,
            seed=_seed(wish.seed),
            watermark=wish.watermark and wish.task is Task.VIDEO_TO_AUDIO,
            references=wish.references,
            params=params,
        )

    def read(self, prompt: str) -> Reading:
        """The prompt as the model is given it, and what to tell its author of that."""
        if self.vocabulary is None:
            return Reading(prompt, has_object=True, notes=())
        return self.vocabulary.read(prompt)

    def quote(self, request: GenerationRequest) -> Millicredits:
        """The most this request may cost."""
        frames = request.shape.frames * request.count
        return self.cost(request, frames=frames, unit_price=self.unit_price(request))

    def unit_price(self, request: GenerationRequest) -> Millicredits:
        """What a second of this request costs, or a picture."""
        return self.price.of(request.task, request.size)

    def price_version(self, request: GenerationRequest) -> int:
        """Which version of the price book that is from."""
        return self.price.version_of(request.task, request.size)

    def cost(
        self, request: GenerationRequest, *, frames: int, unit_price: Millicredits
    ) -> Millicredits:
        """What making `frames` frames of this request costs, rounded up to a whole thousandth.

        Seconds are counted as asked for: a model that must make 81 frames for 5 s at 16 fps does
        not charge for the extra one.
        """
        if request.task.is_picture:
            return Millicredits(unit_price * frames)
        asked = request.shape.frames - (self.length.offset if request.task.is_video else 0)
        rounded_up = -(-unit_price * asked * frames // (request.shape.fps * request.shape.frames))
        return Millicredits(rounded_up)

    def ratios(self, size: str | None = None) -> list[str]:
        """The aspect ratios on offer, in the catalogue's order."""
        return _unique(f.ratio for f in self.formats if size in (None, f.size))

    def sizes(self) -> list[str]:
        """The sizes on offer, the default first."""
        return _unique(f.size for f in self.formats)

    def sizes_priced(self, tasks: Iterable[Task]) -> list[str]:
        """The sizes that these tasks have prices by; a sound has its own."""
        kinds = {task.is_sound for task in tasks}
        seen = self.sizes() if False in kinds else []
        heard = [SOUND_SIZE] if True in kinds and SOUND_SIZE in self.price.per_second else []
        return seen + heard

    def _check_task(self, wish: Wish) -> None:
        if wish.task not in self.tasks:
            raise InvalidRequest(
                f"{self.id} can't do {wish.task}", field="task", fix=_one_of(self.tasks)
            )
        if wish.task in NEEDS_PICTURE and not wish.references:
            raise InvalidRequest(
                f"{wish.task} needs a picture",
                field="image",
                fix="send one, or ask for the task without it",
            )
        for reference in wish.references:
            if reference.role not in self.roles:
                raise InvalidRequest(
                    f"{self.id} takes no {reference.role}", field=str(reference.role)
                )
            if reference.role is ReferenceRole.INSET and EXPAND not in wish.params:
                raise InvalidRequest(
                    "an inset picture needs room around it",
                    field=f"params.{EXPAND}",
                    fix="say how much on each side",
                )

    def _check_words(self, wish: Wish) -> None:
        # What a picture shows need not be said.
        if self.vocabulary is not None and not wish.references:
            self.vocabulary.refuse_unless_known(wish.prompt, model=self.id)

    def _format(self, wish: Wish) -> Format:
        size = wish.size or self.formats[0].size
        if size not in self.sizes():
            raise InvalidRequest(
                f"{self.id} has no size {size!r}", field="size", fix=_one_of(self.sizes())
            )
        ratio = wish.ratio or self._ratio_of_picture(wish, size) or self.ratios(size)[0]
        for frame in self.formats:
            if (frame.size, frame.ratio) == (size, ratio):
                return frame
        raise InvalidRequest(
            f"{self.id} has no ratio {ratio!r} at {size}",
            field="ratio",
            fix=_one_of(self.ratios(size)),
        )

    def _ratio_of_picture(self, wish: Wish, size: str) -> str | None:
        """The ratio nearest to the first frame, for a wish that names none."""
        framing = {ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME, ReferenceRole.SOURCE_VIDEO}
        pictures = [r for r in wish.references if r.role in framing and r.width and r.height]
        if not pictures:
            return None
        aspect = pictures[0].width / pictures[0].height
        offered = [f for f in self.formats if f.size == size]
        return min(offered, key=lambda f: abs(f.width / f.height - aspect)).ratio

    def _shape(self, wish: Wish, frame: Format) -> Shape:
        fps = wish.fps if wish.fps is not None else self.length.fps[0]
        if fps not in self.length.fps:
            raise InvalidRequest(
                f"{self.id} can't make {fps} frames per second",
                field="fps",
                fix=_one_of(self.length.fps),
            )
        frames = self.length.frames(self._seconds(wish), fps) if wish.task.is_video else 1
        return Shape(width=frame.width, height=frame.height, frames=frames, fps=fps)

    def _seconds(self, wish: Wish) -> float:
        length = self.length
        seconds = length.seconds_default if wish.seconds is None else wish.seconds
        # Written so that NaN, which compares false with everything, is refused too.
        if not length.seconds_min <= seconds <= length.seconds_max:
            raise InvalidRequest(
                f"{self.id} makes {length.seconds_min:g} to {length.seconds_max:g} seconds; "
                f"got {seconds:g}",
                field="seconds",
                fix=f"ask for {length.seconds_min:g} to {length.seconds_max:g} seconds",
            )
        return seconds

    def _count(self, count: int) -> int:
        if not 1 <= count <= self.count_max:
            raise InvalidRequest(
                f"{self.id} makes 1 to {self.count_max} at a time; got {count}", field="count"
            )
        return count

    def _params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        try:
            checked = self.params.model_validate(dict(params))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in ("params", *first["loc"]))
            raise InvalidRequest(
                f"{where}: {first['msg']}",
                field=where,
                fix=f"{self.id} knows {', '.join(self.params.model_fields) or 'no params'}",
            ) from error
        return checked.model_dump(mode="json", exclude_none=True, exclude_unset=True)


def expanded(model: Model, wish: Wish, shares: Mapping[str, float]) -> Format:
    """The canvas for a picture with more around it, priced as the size that is nearest above."""
    insets = [each for each in wish.references if each.role is ReferenceRole.INSET]
    if wish.task is not Task.IMAGE_TO_IMAGE or len(insets) != 1:
        raise InvalidRequest(
            f"{EXPAND} takes one picture and makes one of it",
            field=f"params.{EXPAND}",
            fix="ask for image_to_image, with one picture as inset",
        )
    expansion = Expansion(**shares)
    if expansion.area <= 1 or expansion.is_too_large:
        raise InvalidRequest(
            f"the whole would be {expansion.area:g} times the picture",
            field=f"params.{EXPAND}",
            fix=f"more than 1 time and at most {AREA_MAX:g} times",
        )
    # Before the picture was opened, nothing is known of its sides.
    sides = (insets[0].width or model.formats[0].width, insets[0].height or model.formats[0].height)
    whole = expansion.place(*sides)
    by_area = sorted(model.formats, key=lambda each: each.width * each.height)
    enough = (each for each in by_area if each.width * each.height >= whole.width * whole.height)
    return Format(next(enough, by_area[-1]).size, "", whole.width, whole.height)


def _check_prompt(wish: Wish) -> None:
    for field_name, text in (("prompt", wish.prompt), ("negative_prompt", wish.negative_prompt)):
        if len(text) > PROMPT_LENGTH_MAX:
            raise InvalidRequest(
                f"{field_name} has {len(text)} characters; at most {PROMPT_LENGTH_MAX} fit",
                field=field_name,
                fix="shorten it",
            )
        if "\x00" in text:
            raise InvalidRequest(f"{field_name} holds a NUL character", field=field_name)
    if not wish.prompt.strip() and not wish.references:
        raise InvalidRequest(
            "the prompt is empty", field="prompt", fix="say what should be seen, in 中文 or English"
        )


def _seed(seed: int | None) -> int:
    if seed is None:
        return secrets.randbelow(SEED_MAX + 1)
    if not 0 <= seed <= SEED_MAX:
        raise InvalidRequest(f"seed must be 0 to {SEED_MAX}; got {seed}", field="seed")
    return seed


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _one_of(options: Iterable[object]) -> str:
    return "one of " + ", ".join(sorted(str(option) for option in options))
