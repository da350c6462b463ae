"""The create form: what was typed, what is wrong with it, and the wish it amounts to."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from starlette.datastructures import FormData, QueryParams

from mutoscope.catalog import Model
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import (
    PROMPT_LENGTH_MAX,
    SEED_MAX,
    GenerationRequest,
    Reference,
    ReferenceRole,
    Task,
    Wish,
)
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.knobs import KNOBS, knob_names
from mutoscope.studio.pictures import SLOTS, read_paths, write_paths
from mutoscope.studio.words import Words

VIDEO, PICTURE = "video", "picture"
KNOB_PREFIX = "knob_"
KEPT_PREFIX = "kept_"
KNOB_LENGTH_MAX = 500
MASKS = frozenset({ReferenceRole.STATIC_MASK, ReferenceRole.DYNAMIC_MASK})
FRAMES = frozenset({ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME})
# The form's field for each field that a refusal may name.
FIELDS = {
    "image": "picture",
    "last_frame": "last_picture",
    "task": "kind",
    "first_frame": "picture",
    "params": "knobs",
    "dynamic_masks": "dynamic_mask",
    "references": "subject",
}


@dataclass(frozen=True, kw_only=True)
class CreateForm:
    """The fields as they were typed; empty means that the model decides."""

    prompt: str = ""
    negative_prompt: str = ""
    model: str = ""
    kind: str = VIDEO
    size: str = ""
    ratio: str = ""
    seconds: str = ""
    fps: str = ""
    count: str = "1"
    seed: str = ""
    # The paths of the areas that move, a line each.
    trajectories: str = ""
    # The id of the generation that this one goes out from.
    made_from: str = ""
    knobs: Mapping[str, str] = field(default_factory=dict)
    # Pictures that are here already: the ids of their files, by the field they would fill.
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fingerprint(self, key: str, picture: bytes) -> str | None:
        """The same for a form sent twice by one impatient hand, another for any change.

        None for a form without a key, which may ask for the same as often as it likes.
        """
        if not key:
            return None
        text = json.dumps([getattr(self, f.name) for f in fields(self)], sort_keys=True)
        digest = hashlib.sha256(text.encode() + b"\0" + picture).hexdigest()
        return f"studio:{key[:40]}:{digest}"


def read_form(given: FormData | QueryParams) -> CreateForm:
    """Take the fields out of a form or an address; what is no field of ours is left."""
    names = [f.name for f in fields(CreateForm) if f.name not in ("knobs", "kept")]
    typed = {name: text for name in names if isinstance(text := given.get(name), str)}
    knobs = {
        name: value
        for name in KNOBS
        if isinstance(value := given.get(KNOB_PREFIX + name), str) and len(value) <= KNOB_LENGTH_MAX
    }
    form = CreateForm(**typed, knobs=knobs, kept=_read_kept(given))
    return replace(
        form,
        prompt=form.prompt.replace("\r\n", "\n"),
        negative_prompt=form.negative_prompt.replace("\r\n", "\n"),
    )


def _read_kept(given: FormData | QueryParams) -> dict[str, tuple[str, ...]]:
    """Which pictures the form keeps; no more of each than there may be."""
    kept = {}
    for name, slot in SLOTS.items():
        ids = [each for each in given.getlist(KEPT_PREFIX + name) if isinstance(each, str) and each]
        if ids:
            kept[name] = tuple(ids[: slot.most])
    return kept


def form_of_request(
    request: GenerationRequest, model: Model, kept: Mapping[str, tuple[str, ...]]
) -> CreateForm:
    """A form that would ask for this again, with the files that it was given."""
    return CreateForm(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        model=request.model,
        kind=VIDEO if request.task.is_video else PICTURE,
        size=request.size,
        ratio=ratio_of(request, model),
        seconds=f"{seconds_of(request, model):g}" if request.task.is_video else "",
        fps=str(request.shape.fps),
        count=str(request.count),
        seed=str(request.seed),
        kept=kept,
        trajectories=write_paths(request.params.get("trajectories")),
        knobs={
            name: KNOBS[name].write(request.params[name])
            for name in KNOBS
            if name in request.params
        },
    )


def ratio_of(request: GenerationRequest, model: Model) -> str:
    """The name of the frame's ratio, as the catalogue has it."""
    shape = request.shape
    named = (f.ratio for f in model.formats if (f.width, f.height) == (shape.width, shape.height))
    return next(named, "")


def seconds_of(request: GenerationRequest, model: Model) -> float:
    """The seconds that were asked for; the model's extra frame is not among them."""
    return round((request.shape.frames - model.length.offset) / request.shape.fps, 3)


def wish_again(request: GenerationRequest, model: Model, seed: int | None) -> Wish:
    """The wish behind a request, with another seed."""
    return Wish(
        prompt=request.prompt,
        task=request.task,
        model=request.model,
        negative_prompt=request.negative_prompt,
        size=request.size,
        ratio=ratio_of(request, model) or None,
        seconds=seconds_of(request, model) if request.task.is_video else None,
        fps=request.shape.fps,
        seed=seed,
        count=request.count,
        watermark=request.watermark,
        references=request.references,
        params=request.params,
    )


class Reading:
    """Reads a form for one model; `complaints` says beside which field it could not."""

    def __init__(self, form: CreateForm, model: Model, words: Words) -> None:
        self._form = form
        self._model = model
        self._words = words
        self.complaints: dict[str, Complaint] = {}

    def wish(self, references: tuple[Reference, ...], sent: Iterable[ReferenceRole] = ()) -> Wish:
        """What is asked for. Worth submitting only while there are no complaints."""
        form, length = self._form, self._model.length
        roles = Counter([*(each.role for each in references), *sent])
        task = self._task(has_picture=bool(roles.keys() - MASKS))
        self._check_words(has_frame=bool(roles.keys() & FRAMES))
        self._check_pictures(roles, task)
        return Wish(
            prompt=form.prompt,
            task=task,
            model=self._model.id,
            negative_prompt=form.negative_prompt,
            size=self._one_of("size", self._model.sizes()),
            ratio=self._one_of("ratio", self._model.ratios()),
            seconds=self._number("seconds", length.seconds_min, length.seconds_max)
            if task.is_video
            else None,
            fps=self._whole("fps", min(length.fps), max(length.fps)),
            seed=self._whole("seed", 0, SEED_MAX),
            count=self._whole("count", 1, self._model.count_max) or 1,
            references=references,
            params=self._params() | self._paths(roles),
        )

    def quotable(self) -> Wish:
        """The wish as far as its price needs it: any words will do."""
        stand_in = replace(self._form, prompt="?", negative_prompt="", seed="", trajectories="")
        reading = Reading(stand_in, self._model, self._words)
        # A model that only animates pictures costs the same whichever picture it gets.
        needs_picture = Task.TEXT_TO_VIDEO not in self._model.tasks
        wish = reading.wish((), [ReferenceRole.FIRST_FRAME] if needs_picture else [])
        self.complaints = reading.complaints
        return wish

    def refused(self, error: InvalidRequest) -> None:
        """The catalogue had something to say after all."""
        name = (error.field or "").partition(".")[0]
        self.complaints[FIELDS.get(name, name)] = complaint(error, self._words)

    def _task(self, *, has_picture: bool) -> Task:
        if self._form.kind == PICTURE:
            return Task.IMAGE_TO_IMAGE if has_picture else Task.TEXT_TO_IMAGE
        task = Task.IMAGE_TO_VIDEO if has_picture else Task.TEXT_TO_VIDEO
        if task not in self._model.tasks:
            self._complain(
                "picture",
                self._words("This model can't start from a picture.")
                if has_picture
                else self._words("This model needs a picture to start from."),
            )
        return task

    def _check_pictures(self, roles: Counter[ReferenceRole], task: Task) -> None:
        """Which pictures go together. The catalogue knows only which a model takes at all."""
        say, masks = self._words, roles.keys() & MASKS
        for name, slot in SLOTS.items():
            if roles[slot.role] > slot.most:
                self._complain(name, say("At most %d of these.") % slot.most)
        if task.is_video and roles[ReferenceRole.SUBJECT] and roles.keys() & FRAMES:
            self._complain("subject", say("Subjects go without a first or an end frame."))
        if not masks:
            return
        if not task.is_video:
            self._complain("dynamic_mask", say("The brush is for videos: it makes parts move."))
        elif not roles[ReferenceRole.FIRST_FRAME]:
            self._complain("dynamic_mask", say("The brush needs a first frame to lie on."))
        elif roles[ReferenceRole.LAST_FRAME]:
            self._complain("dynamic_mask", say("The brush goes without an end frame."))
        elif roles[ReferenceRole.DYNAMIC_MASK] and self._form.knobs.get("camera_control"):
            self._complain("dynamic_mask", say("The brush goes without a camera move."))

    def _paths(self, roles: Counter[ReferenceRole]) -> dict[str, Any]:
        """The way of each area that moves."""
        if "trajectories" not in self._model.params.model_fields:
            return {}
        try:
            paths = read_paths(self._form.trajectories)
        except ValueError as error:
            text = self._words("Path %s can't be read. Write it as 12,30 40,55.")
            self._complain("dynamic_mask", text % error)
            return {}
        areas = roles[ReferenceRole.DYNAMIC_MASK]
        if len(paths) != areas:
            text = self._words(
                "Each area that moves needs a path; there are %(areas)d and %(paths)d."
            )
            self._complain("dynamic_mask", text % {"areas": areas, "paths": len(paths)})
        return {"trajectories": paths} if paths else {}

    def _check_words(self, *, has_frame: bool) -> None:
        say = self._words
        if not self._form.prompt.strip() and not has_frame:
            self._complain("prompt", say("Say what should be seen, in Chinese or English."))
        for name in ("prompt", "negative_prompt"):
            length = len(getattr(self._form, name))
            if length > PROMPT_LENGTH_MAX:
                text = say("%(length)d characters are too many; at most %(most)d fit.")
                self._complain(name, text % {"length": length, "most": PROMPT_LENGTH_MAX})

    def _one_of(self, name: str, options: list[str]) -> str | None:
        given: str = getattr(self._form, name)
        if given and given not in options:
            text = self._words("This model offers %s.")
            self._complain(name, text % ", ".join(options))
            return None
        return given or None

    def _number(self, name: str, least: float, most: float) -> float | None:
        given = getattr(self._form, name).strip()
        if not given:
            return None
        try:
            number = float(given)
        except ValueError:
            number = float("nan")
        # Written so that NaN is refused too.
        if not least <= number <= most:
            text = self._words("A number from %(least)g to %(most)g is needed.")
            self._complain(name, text % {"least": least, "most": most})
            return None
        return number

    def _whole(self, name: str, least: int, most: int) -> int | None:
        given = getattr(self._form, name).strip()
        if not given:
            return None
        if not (given.isascii() and given.isdigit() and least <= int(given[:20]) <= most):
            text = self._words("A whole number from %(least)d to %(most)d is needed.")
            self._complain(name, text % {"least": least, "most": most})
            return None
        return int(given)

    def _params(self) -> dict[str, Any]:
        params: dict[str, Any] = {}
        for name in knob_names(self._model):
            typed = self._form.knobs.get(name, "").strip()
            if not typed:
                continue
            try:
                params[name] = KNOBS[name].read(typed)
            except ValueError:
                self._complain(name, self._words("This can't be read."))
        return params

    def _complain(self, name: str, text: str) -> None:
        self.complaints.setdefault(name, Complaint(text))
