"""A generation as a card: in the library, beside the form and while it is being made."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mutoscope.core.ids import JobId, ModelId
from mutoscope.core.state import JobState, Stage
from mutoscope.generations import Asset, AssetKind, Generation, read_preview
from mutoscope.studio.explain import Complaint, failure
from mutoscope.studio.visit import Visit
from mutoscope.studio.words import Words


@dataclass(frozen=True)
class Progress:
    """Where a generation is: everything templates/partials/progress.html may use."""

    headline: str
    detail: str
    percent: int
    # The address of the latest picture, which changes with it.
    preview: str


@dataclass(frozen=True)
class Card:
    """Everything templates/partials/card.html may use."""

    generation: Generation
    model_title: str
    # The first result and its small picture.
    result: Asset | None
    thumbnail: Asset | None
    progress: Progress | None
    failure: Complaint | None


def card_of(tx: Connection, visit: Visit, generation: Generation) -> Card:
    """One card."""
    return cards_of(tx, visit, [generation])[0]


def cards_of(tx: Connection, visit: Visit, generations: Sequence[Generation]) -> list[Card]:
    """Gather what the cards show."""
    titles = model_titles(visit)
    return [
        Card(
            generation=generation,
            model_title=titles.get(generation.request.model, str(generation.request.model)),
            result=next(iter(generation.results), None),
            thumbnail=generation.asset(AssetKind.THUMBNAIL),
            progress=None if generation.state.is_terminal else progress_of(tx, visit, generation),
            failure=failure(generation.failure, visit.words) if generation.failure else None,
        )
        for generation in generations
    ]


def model_titles(visit: Visit) -> dict[ModelId, str]:
    """What the models on offer are called; one that is gone is known by its name alone."""
    return {model.id: visit.words.pick(model.title) for model in visit.rooms.catalog.models()}


def progress_of(tx: Connection, visit: Visit, generation: Generation) -> Progress:
    """In words: stage, step, place in the queue, time left."""
    say = visit.words
    percent = round(generation.share * 100)
    if generation.state is JobState.QUEUED:
        ahead = visit.rooms.jobs.ahead(tx, JobId(generation.id))
        waits = (
            say.count("%d before it", "%d before it", ahead) % ahead if ahead else say("Next up")
        )
        return Progress(say("Waiting in the queue"), waits, percent, "")
    if generation.cancel_requested:
        return Progress(say("Stopping"), say("Nothing will be charged."), percent, "")
    preview = read_preview(tx, generation.id)
    address = f"/generations/{generation.id}/preview?step={preview.step}" if preview else ""
    parts = [_step(generation, say), _eta(visit, generation), _attempt(generation, say)]
    headline = stage_name(generation.stage, say)
    return Progress(headline, " · ".join(part for part in parts if part), percent, address)


def stage_name(stage: Stage | str | None, say: Words) -> str:
    """What a worker is doing."""
    match stage:
        case Stage.LOAD:
            return say("Loading the model")
        case Stage.PLAN:
            return say("Planning the shots")
        case Stage.ENCODE_PROMPT:
            return say("Reading the prompt")
        case Stage.DENOISE:
            return say("Developing the picture")
        case Stage.DECODE:
            return say("Decoding frames")
        case Stage.DRAW:
            return say("Drawing frames")
        case Stage.ENCODE_VIDEO:
            return say("Encoding the video")
        case Stage.STORE:
            return say("Storing the files")
        case "wait":
            return say("Waiting")
        case _:
            return say("Starting")


def _step(generation: Generation, say: Words) -> str:
    if generation.steps <= 1:
        return ""
    return say("%(step)d of %(steps)d") % {"step": generation.step, "steps": generation.steps}


def _eta(visit: Visit, generation: Generation) -> str:
    seconds = generation.eta_seconds(visit.rooms.clock.now())
    if seconds is None:
        return ""
    return visit.words("about %s left") % visit.words.duration(max(1, round(seconds)))


def _attempt(generation: Generation, say: Words) -> str:
    return say("attempt %d") % generation.attempt if generation.attempt > 1 else ""
