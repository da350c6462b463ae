"""One generation: watched while it is made, then played, copied from, varied, deleted."""

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from mutoscope.core.errors import MutoscopeError
from mutoscope.core.request import SEED_MAX
from mutoscope.core.state import JobState
from mutoscope.generations import (
    Asset,
    AssetKind,
    Generation,
    Submission,
    cancel,
    delete,
    find,
    submit,
)
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.forms import ratio_of, seconds_of, wish_again
from mutoscope.studio.knobs import KNOBS, knob_names
from mutoscope.studio.views.cards import Card, card_of, stage_name
from mutoscope.studio.views.progress import known_id
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of

router = APIRouter()


@dataclass(frozen=True)
class Fact:
    """A parameter with its value as people read it; `copied` is what the copy button takes."""

    name: str
    value: str
    copied: str


@dataclass(frozen=True)
class Timing:
    """How long a stage took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class GenerationPage:
    """Everything templates/pages/generation.html may use."""

    card: Card
    generation: Generation
    # The result that is shown, of those there are.
    result: Asset | None
    poster: Asset | None
    others: list[Asset]
    reference: Asset | None
    facts: list[Fact]
    notes: list[str]
    timings: list[Timing]
    can_cancel: bool
    can_retry: bool
    # Why a variation was refused.
    complaint: Complaint | None


@router.get("/generations/{generation_id}")
def generation_page(
    visit: Member, generation_id: str, result: Annotated[int, Query(ge=0, le=99)] = 0
) -> Response:
    """Watch it, play it, take it further."""
    return visit.show("pages/generation.html", _page(visit, generation_id, result, None))


@router.get("/generations/{generation_id}/card")
def card_part(visit: Member, generation_id: str) -> Response:
    """The card alone, for a page that shows several."""
    with visit.rooms.database.snapshot() as tx:
        generation = find(tx, visit.owner.organization_id, known_id(generation_id))
        card = card_of(tx, visit, generation)
    return visit.show("partials/card_news.html", card)


@router.post("/generations/{generation_id}/cancel", dependencies=[PressedByMember])
def cancel_generation(visit: Member, generation_id: str) -> Response:
    """Stop it; its credits return."""
    visit.check_may_make()
    generation = cancel(visit.rooms, visit.owner.organization_id, known_id(generation_id))
    if visit.is_partial:
        with visit.rooms.database.snapshot() as tx:
            return visit.show("partials/card_news.html", card_of(tx, visit, generation))
    return visit.leads_to(f"/generations/{generation.id}")


@router.post("/generations/{generation_id}/delete", dependencies=[PressedByMember])
def delete_generation(visit: Member, generation_id: str) -> Response:
    """Remove it and its files."""
    visit.check_may_make()
    delete(visit.rooms, visit.owner.organization_id, known_id(generation_id))
    return visit.leads_to("/library")


@router.post("/generations/{generation_id}/again")
def make_again(visit: Member, generation_id: str, posted: Posted) -> Response:
    """The same once more: with its own seed after a failure, with another to vary it."""
    visit.check_may_make()
    with visit.rooms.database.snapshot() as tx:
        earlier = find(tx, visit.owner.organization_id, known_id(generation_id))
    varies = text_of(posted, "seed") != "same"
    try:
        model = visit.rooms.catalog.find(earlier.request.model)
        seed = secrets.randbelow(SEED_MAX + 1) if varies else earlier.request.seed
        wish = wish_again(earlier.request, model, seed)
        generation = submit(visit.rooms, Submission(wish=wish, dialect="studio"), visit.owner)
    except MutoscopeError as error:
        page = _page(visit, generation_id, 0, complaint(error, visit.words))
        return visit.show("pages/generation.html", page, visit.house.status_of(error))
    return visit.leads_to(f"/generations/{generation.id}")


def _page(
    visit: MemberVisit, generation_id: str, position: int, refusal: Complaint | None
) -> GenerationPage:
    with visit.rooms.database.snapshot() as tx:
        generation = find(tx, visit.owner.organization_id, known_id(generation_id))
        card = card_of(tx, visit, generation)
    results = generation.results
    shown = results[min(position, len(results) - 1)] if results else None
    say = visit.words
    return GenerationPage(
        card=card,
        generation=generation,
        result=shown,
        poster=shown and generation.asset(AssetKind.THUMBNAIL, shown.position),
        others=list(results) if len(results) > 1 else [],
        reference=generation.asset(AssetKind.REFERENCE),
        facts=_facts(visit, generation, shown.position if shown else 0, card.model_title),
        notes=[say.pick(note) for note in generation.notes],
        timings=[Timing(stage_name(n, say), s) for n, s in generation.timings.items()],
        can_cancel=not generation.state.is_terminal and not generation.cancel_requested,
        can_retry=generation.state in (JobState.FAILED, JobState.CANCELED),
        complaint=refusal,
    )


def _facts(visit: MemberVisit, generation: Generation, position: int, title: str) -> list[Fact]:
    """Every parameter that made this result."""
    say, request = visit.words, generation.request
    shape = request.shape
    # Each of several results has a seed of its own, counted on from the first.
    seed = str((request.seed + position) % (SEED_MAX + 1))
    facts = [
        Fact(say("Seed"), seed, seed),
        Fact(say("Model"), title, str(request.model)),
        Fact(say("Size"), *[f"{shape.width} × {shape.height}"] * 2),
    ]
    if request.task.is_video:
        facts.append(
            Fact(
                say("Frames"),
                say("%(frames)d at %(fps)d per second") % vars(shape),
                str(shape.frames),
            )
        )
    facts += _from_catalogue(visit, generation)
    facts.append(Fact(say("Task"), str(generation.id), str(generation.id)))
    return facts


def _from_catalogue(visit: MemberVisit, generation: Generation) -> list[Fact]:
    """What the catalogue can still put a name to: ratio, length and the family's knobs."""
    say, request = visit.words, generation.request
    models = (m for m in visit.rooms.catalog.models() if m.id == request.model)
    model = next(models, None)
    if model is None:
        return [Fact(name, str(value), str(value)) for name, value in request.params.items()]
    facts = []
    if ratio := ratio_of(request, model):
        facts.append(Fact(say("Ratio"), ratio, ratio))
    if request.task.is_video:
        seconds = f"{seconds_of(request, model):g}"
        facts.append(Fact(say("Length"), say("%s s") % seconds, seconds))
    for name in knob_names(model):
        if name in request.params:
            knob, written = KNOBS[name].draw(say), KNOBS[name].write(request.params[name])
            label = next((c.label for c in knob.choices if c.value == written), written)
            facts.append(Fact(knob.label, label, written))
    return facts
