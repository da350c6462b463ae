"""The controls that the chosen model has, and no others, taken from the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mutoscope.catalog import Bilingual, Format, Model
from mutoscope.core.credits import Millicredits
from mutoscope.core.request import ReferenceRole, Task
from mutoscope.studio.forms import PICTURE, VIDEO, CreateForm
from mutoscope.studio.knobs import KNOBS, Choice, Knob, knob_names
from mutoscope.studio.words import Words

GLYPH_SIDE = 22


@dataclass(frozen=True)
class RatioChoice:
    """A ratio as a little shape."""

    value: str
    label: str
    width: int
    height: int


@dataclass(frozen=True)
class TurnedKnob:
    """A knob and where it stands; a value that is none of its choices is one of its own."""

    knob: Knob
    value: str


@dataclass(frozen=True)
class Controls:
    """What the form offers for one model."""

    kinds: list[Choice]
    kind: str
    takes_picture: bool
    takes_last_picture: bool
    takes_subjects: bool
    takes_masks: bool
    needs_picture: bool
    ratios: list[RatioChoice]
    ratio: str
    sizes: list[str]
    size: str
    seconds_min: float
    seconds_max: float
    seconds_step: float
    seconds: str
    fps: list[int]
    fps_chosen: str
    count_max: int
    count: str
    knobs: list[TurnedKnob]


@dataclass(frozen=True)
class ModelCard:
    """A model, what it is good for and where it runs."""

    id: str
    title: str
    description: str
    runs_on: str
    # Of a second of video at the default size; of a picture, where it makes no video.
    price: Millicredits
    is_per_second: bool
    is_chosen: bool
    unavailable: str
    # The things a small model can draw; empty where anything may be asked for.
    knows: str


def controls_of(model: Model, form: CreateForm, words: Words) -> Controls:
    """The model's controls, turned as the form says where the model can."""
    kinds = _kinds(model, words)
    sizes = model.sizes()
    size = form.size if form.size in sizes else sizes[0]
    takes_picture = ReferenceRole.FIRST_FRAME in model.roles
    ratios = [_shape(f) for f in _formats(model, size)]
    if takes_picture:
        ratios.insert(0, RatioChoice("", words("Auto"), GLYPH_SIDE, GLYPH_SIDE))
    length = model.length
    return Controls(
        kinds=kinds,
        kind=_among(form.kind, [choice.value for choice in kinds]),
        takes_picture=takes_picture,
        takes_last_picture=ReferenceRole.LAST_FRAME in model.roles,
        takes_subjects=ReferenceRole.SUBJECT in model.roles,
        takes_masks=ReferenceRole.DYNAMIC_MASK in model.roles,
        needs_picture=Task.TEXT_TO_VIDEO not in model.tasks and Task.IMAGE_TO_VIDEO in model.tasks,
        ratios=ratios,
        ratio=_among(form.ratio, [choice.value for choice in ratios]),
        sizes=sizes,
        size=size,
        seconds_min=length.seconds_min,
        seconds_max=length.seconds_max,
        seconds_step=1 if length.step == 1 else length.step / length.fps[0],
        seconds=form.seconds or f"{length.seconds_default:g}",
        fps=list(length.fps),
        fps_chosen=form.fps if form.fps in map(str, length.fps) else str(length.fps[0]),
        count_max=model.count_max,
        count=form.count or "1",
        knobs=[
            _turned(KNOBS[n].draw(words), form.knobs.get(n, ""), words) for n in knob_names(model)
        ],
    )


def fitted(form: CreateForm, model: Model, words: Words) -> CreateForm:
    """The form as far as another model can follow it: what it has not, it decides itself."""
    controls = controls_of(model, form, words)
    length = model.length
    return replace(
        form,
        kind=controls.kind,
        ratio=controls.ratio,
        size=controls.size,
        fps=controls.fps_chosen,
        seconds=_within(form.seconds, length.seconds_min, length.seconds_max),
        count=_within(form.count, 1, model.count_max) or "1",
    )


def model_cards(models: Iterable[Model], chosen: Model, words: Words) -> list[ModelCard]:
    """All models, the default first."""
    return [_card(model, chosen, words) for model in models]


def _card(model: Model, chosen: Model, words: Words) -> ModelCard:
    size = model.sizes()[0]
    makes_video = any(task.is_video for task in model.tasks)
    prices = model.price.per_second if makes_video else model.price.per_picture
    return ModelCard(
        id=model.id,
        title=words.pick(model.title),
        description=words.pick(model.description),
        runs_on=words.pick(model.runs_on),
        price=prices[size],
        is_per_second=makes_video,
        is_chosen=model.id == chosen.id,
        unavailable=model.unavailable or "",
        knows=_known_things(model, words),
    )


def _known_things(model: Model, words: Words) -> str:
    if model.vocabulary is None:
        return ""
    things = model.vocabulary.objects.values()
    return ", ".join(words.pick(Bilingual(thing.zh[0], thing.en[0])) for thing in things)


def _kinds(model: Model, words: Words) -> list[Choice]:
    kinds = []
    if any(task.is_video for task in model.tasks):
        kinds.append(Choice(VIDEO, words("Video")))
    if Task.TEXT_TO_IMAGE in model.tasks:
        kinds.append(Choice(PICTURE, words("Picture")))
    return kinds


def _formats(model: Model, size: str) -> Iterable[Format]:
    return (frame for frame in model.formats if frame.size == size)


def _shape(frame: Format) -> RatioChoice:
    scale = GLYPH_SIDE / max(frame.width, frame.height)
    return RatioChoice(
        frame.ratio, frame.ratio, round(frame.width * scale), round(frame.height * scale)
    )


def _turned(knob: Knob, value: str, words: Words) -> TurnedKnob:
    if knob.choices and value not in [choice.value for choice in knob.choices]:
        knob = replace(knob, choices=(*knob.choices, Choice(value, words("As in the original"))))
    return TurnedKnob(knob, value)


def _among(value: str, options: list[str]) -> str:
    return value if value in options else options[0]


def _within(text: str, least: float, most: float) -> str:
    """The number that was typed if it lies there; nothing otherwise."""
    try:
        return text if least <= float(text) <= most else ""
    except ValueError:
        return ""
