"""The front page: say what should be seen, choose how, see the price, go."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from statistics import median

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from mutoscope.catalog import Model
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InsufficientCredits, InvalidRequest, MutoscopeError, NotFound
from mutoscope.core.ids import GenerationId, parse_generation_id
from mutoscope.core.request import PROMPT_LENGTH_MAX, GenerationRequest
from mutoscope.core.state import JobState
from mutoscope.generations import (
    Asset,
    Filter,
    Generation,
    Submission,
    find,
    listing,
    submit,
)
from mutoscope.identity import Permission
from mutoscope.studio.controls import Controls, ModelCard, controls_of, fitted, model_cards
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.forms import CreateForm, Reading, form_of_request, read_form
from mutoscope.studio.knobs import knob_names
from mutoscope.studio.pictures import (
    SLOTS,
    kept_assets,
    kept_of,
    kept_references,
    sent_pictures,
    uploads_of,
)
from mutoscope.studio.views.cards import Card, card_of, cards_of
from mutoscope.studio.visit import Member, MemberVisit, Posted, text_of

router = APIRouter()

RECENT = 12
# How many earlier ones say how long the next will take.
PRECEDENTS = 7
ALWAYS = (
    "form",
    "prompt",
    "negative_prompt",
    "model",
    "ratio",
    "size",
    "seconds",
    "count",
    "seed",
    "credits",
)


@dataclass(frozen=True)
class PricePart:
    """Everything templates/partials/price.html may use."""

    price: Millicredits | None
    after: Millicredits | None
    # Why there is no price.
    complaint: str = ""
    # How long it will take, by how long the like took; empty while nobody knows.
    estimate: str = ""


@dataclass(frozen=True)
class CreatePage:
    """Everything templates/pages/create.html and its partials may use."""

    form: CreateForm
    key: str
    controls: Controls
    models: list[ModelCard]
    price: PricePart
    complaints: dict[str, Complaint]
    prompt_length_max: int
    examples: list[str]
    # Pictures that are here already, by the field they would fill.
    kept: dict[str, list[Asset]]
    made: list[Card]
    # The seed of the latest, for whoever wants to keep it; empty before there is one.
    last_seed: str
    can_make: bool


@dataclass(frozen=True)
class AcceptedPart:
    """Everything templates/partials/accepted.html may use: the new card, a fresh key and price."""

    card: Card
    key: str
    price: PricePart
    last_seed: str
    # Whose complaints are settled.
    fields: list[str]


@dataclass(frozen=True)
class ComplaintsPart:
    """Everything templates/partials/complaints.html may use."""

    complaints: dict[str, Complaint]
    fields: list[str]


@router.get("/")
def create_page(visit: Member, request: Request) -> Response:
    """The form, as empty or as full as the address says."""
    form = read_form(request.query_params)
    source = parse_generation_id(request.query_params.get("from", ""))
    if source is not None:
        form = _remix(visit, source, form)
    return _show(visit, form, {}, HTTPStatus.OK)


@router.get("/controls")
def controls_part(visit: Member, request: Request) -> Response:
    """The controls of another model or size; what still fits is kept."""
    form = read_form(request.query_params)
    form = fitted(form, _model(visit, form), visit.words)
    return visit.show("partials/controls.html", _page(visit, form, {}))


@router.get("/quote")
def quote_part(visit: Member, request: Request) -> Response:
    """What it would cost, and what would be left."""
    form = read_form(request.query_params)
    model = _model(visit, form)
    # The form may still show the last model's controls while those of another are on their way.
    form = replace(fitted(form, model, visit.words), seconds=form.seconds, count=form.count)
    return visit.show("partials/price.html", _price(visit, form, model))


@router.post("/generations")
def create_generation(visit: Member, posted: Posted) -> Response:
    """Ask for it. What was typed comes back with every complaint."""
    visit.check_may_make()
    form = read_form(posted)
    model = _model(visit, form)
    reading = Reading(form, model, visit.words)
    sent = sent_pictures(posted)
    with visit.rooms.database.snapshot() as tx:
        kept = kept_assets(tx, visit.owner.organization_id, form.kept)
    uploads = uploads_of(sent)
    references = kept_references(kept, without=sent)
    wish = reading.wish(references, [each.role for each in uploads])
    if reading.complaints:
        return _refuse(visit, form, reading.complaints, HTTPStatus.UNPROCESSABLE_ENTITY)
    key = form.fingerprint(text_of(posted, "key"), b"\0".join(each.data for each in uploads))
    submission = Submission(
        wish=wish,
        uploads=uploads,
        dialect="studio",
        idempotency_key=key,
        made_from=_source(visit, form),
    )
    try:
        generation = submit(visit.rooms, submission, visit.owner)
    except InvalidRequest as error:
        reading.refused(error)
        return _refuse(visit, form, reading.complaints, HTTPStatus.UNPROCESSABLE_ENTITY)
    except MutoscopeError as error:
        name = "credits" if isinstance(error, InsufficientCredits) else "form"
        status = visit.house.status_of(error)
        return _refuse(visit, form, {name: complaint(error, visit.words)}, status)
    if visit.is_partial:
        return visit.show("partials/accepted.html", _accepted(visit, form, model, generation))
    return visit.leads_to(f"/generations/{generation.id}")


def _show(
    visit: MemberVisit, form: CreateForm, complaints: dict[str, Complaint], status: int
) -> Response:
    return visit.show("pages/create.html", _page(visit, form, complaints), status)


def _refuse(
    visit: MemberVisit, form: CreateForm, complaints: dict[str, Complaint], status: int
) -> Response:
    """Scripts get the complaints alone and leave the form, its picture too, as it is."""
    if not visit.is_partial:
        return _show(visit, form, complaints, status)
    shown = _complaint_fields(visit, form)
    unknown = [c for name, c in complaints.items() if name not in shown]
    if unknown:
        complaints = complaints | {"form": unknown[0]}
    part = ComplaintsPart(complaints, shown)
    return visit.show("partials/complaints.html", part, status, HX_Reswap="none")


def _complaint_fields(visit: MemberVisit, form: CreateForm) -> list[str]:
    """Beside which fields this form has room for a complaint."""
    model = _model(visit, form)
    optional = {"fps": len(model.length.fps) > 1, "knobs": bool(knob_names(model))}
    optional |= {name: slot.role in model.roles for name, slot in SLOTS.items()}
    return [*ALWAYS, *(name for name, is_there in optional.items() if is_there), *knob_names(model)]


def _page(visit: MemberVisit, form: CreateForm, complaints: dict[str, Complaint]) -> CreatePage:
    model = _model(visit, form)
    form = replace(form, model=str(model.id))
    with visit.rooms.database.snapshot() as tx:
        made = _recent(tx, visit)
        kept = kept_assets(tx, visit.owner.organization_id, form.kept)
    return CreatePage(
        form=form,
        key=secrets.token_urlsafe(12),
        controls=controls_of(model, form, visit.words),
        models=model_cards(_models(visit), model, visit.words),
        price=_price(visit, form, model),
        complaints=complaints,
        prompt_length_max=PROMPT_LENGTH_MAX,
        examples=_examples(visit),
        kept=kept,
        made=made,
        last_seed=str(made[0].generation.request.seed) if made else "",
        can_make=visit.may(Permission.GENERATIONS_CREATE),
    )


def _accepted(
    visit: MemberVisit, form: CreateForm, model: Model, generation: Generation
) -> AcceptedPart:
    with visit.rooms.database.snapshot() as tx:
        card = card_of(tx, visit, generation)
    return AcceptedPart(
        card=card,
        key=secrets.token_urlsafe(12),
        price=_price(visit, form, model),
        last_seed=str(generation.request.seed),
        fields=_complaint_fields(visit, form),
    )


def _recent(tx: Connection, visit: MemberVisit) -> list[Card]:
    wanted = Filter(project_id=visit.owner.project_id)
    found = listing(tx, visit.owner.organization_id, wanted, limit=RECENT)
    return cards_of(tx, visit, found)


def _price(visit: MemberVisit, form: CreateForm, model: Model) -> PricePart:
    reading = Reading(form, model, visit.words)
    wish = reading.quotable()
    if reading.complaints:
        return PricePart(None, None, next(iter(reading.complaints.values())).text)
    try:
        request = model.request(wish)
    except MutoscopeError as error:
        return PricePart(None, None, complaint(error, visit.words).text)
    with visit.rooms.database.snapshot() as tx:
        price = visit.rooms.billing.prices.applied(tx, model).quote(request)
        available = visit.rooms.ledger.balance(tx, visit.owner.organization_id).available
        estimate = _estimate(tx, visit, request)
    return PricePart(price, Millicredits(available - price), estimate=estimate)


def _estimate(tx: Connection, visit: MemberVisit, request: GenerationRequest) -> str:
    """By the pixels that the model made a second, lately and in the middle of its tries."""
    wanted = Filter(model=request.model, state=JobState.SUCCEEDED)
    made = listing(tx, visit.owner.organization_id, wanted, limit=PRECEDENTS)
    paces = [
        (each.ended_at - each.started_at) / 1000 / _pixels(each.request)
        for each in made
        if each.ended_at and each.started_at and each.request.task.is_video == request.task.is_video
    ]
    if not paces:
        return ""
    seconds = max(1, round(median(paces) * _pixels(request)))
    return visit.words("takes about %s") % visit.words.duration(seconds)


def _pixels(request: GenerationRequest) -> int:
    shape = request.shape
    return shape.width * shape.height * shape.frames * request.count


def _models(visit: MemberVisit) -> list[Model]:
    """All models, at what they cost today."""
    with visit.rooms.database.snapshot() as tx:
        return [visit.rooms.billing.prices.applied(tx, m) for m in visit.rooms.catalog.models()]


def _model(visit: MemberVisit, form: CreateForm) -> Model:
    """The model that the form names, or the default where it names none that is here."""
    try:
        return visit.rooms.catalog.find(form.model or None)
    except MutoscopeError:
        return visit.rooms.catalog.find(None)


def _remix(visit: MemberVisit, source: GenerationId, typed: CreateForm) -> CreateForm:
    """The form that made something here, with a seed still to be drawn."""
    with visit.rooms.database.snapshot() as tx:
        generation = find(tx, visit.owner.organization_id, source)
    model = _model(visit, CreateForm(model=generation.request.model))
    form = form_of_request(generation.request, model, kept_of(generation))
    return replace(form, seed=typed.seed, kept={**form.kept, **typed.kept}, made_from=str(source))


def _source(visit: MemberVisit, form: CreateForm) -> GenerationId | None:
    """What the form says it goes out from, if that is here."""
    source = parse_generation_id(form.made_from)
    if source is None:
        return None
    with visit.rooms.database.snapshot() as tx, suppress(NotFound):
        return find(tx, visit.owner.organization_id, source).id
    return None


def _examples(visit: MemberVisit) -> list[str]:
    say = visit.words
    return [
        say("A red balloon drifts over the sea at sunset"),
        say("A little fox runs through a snowy forest, the camera follows"),
        say("A rocket rises from the desert at night, slow zoom out"),
    ]
