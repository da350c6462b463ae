"""One generation: watched while it is made, then played, copied from, varied, deleted."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from mutoscope.core.errors import Conflict, MutoscopeError, NotFound
from mutoscope.core.request import SEED_MAX, Reference, ReferenceRole, Task, Wish
from mutoscope.core.state import JobState
from mutoscope.generations import (
    Asset,
    AssetKind,
    Filter,
    Generation,
    GuestLink,
    GuestPurpose,
    ReviewNote,
    Submission,
    cancel,
    find,
    guest_links,
    invite_guest,
    listing,
    rate,
    remarks_on,
    revoke_guest,
    submit,
    throw_away,
)
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.forms import ratio_of, seconds_of, wish_again
from mutoscope.studio.guestbook import guest_path
from mutoscope.studio.knobs import KNOBS, knob_names
from mutoscope.studio.views.cards import Card, card_of, cards_of, stage_name
from mutoscope.studio.views.library import undoable
from mutoscope.studio.views.progress import known_id
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of

router = APIRouter()

EXTEND_SECONDS = 5
LINK_DAYS = 14
BECAME_MAX = 12


@dataclass(frozen=True)
class Fact:
    """A parameter with its value as people read it; `copied` is what the copy button takes."""

    name: str
    value: str
    copied: str


@dataclass(frozen=True)
class Given:
    """A picture that it was given, and what for."""

    name: str
    asset: Asset


@dataclass(frozen=True)
class Timing:
    """How long a stage took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Invitation:
    """A link for guests, with its address."""

    link: GuestLink
    address: str


@dataclass(frozen=True)
class GenerationPage:
    """Everything templates/pages/generation.html may use."""

    card: Card
    generation: Generation
    # The result that is shown, of those there are.
    result: Asset | None
    poster: Asset | None
    others: list[Asset]
    pictures: list[Given]
    facts: list[Fact]
    notes: list[str]
    timings: list[Timing]
    # What it was made from, and what was made from it.
    source: Card | None
    became: list[Card]
    links: list[Invitation]
    remarks: list[ReviewNote]
    can_cancel: bool
    can_retry: bool
    can_extend: bool
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
    """Move it to the bin; the library offers to take it back."""
    visit.check_may_make()
    gone = throw_away(visit.rooms, visit.owner.organization_id, [known_id(generation_id)])
    return visit.leads_to(undoable("/library", gone))


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
        submission = Submission(wish=wish, dialect="studio", made_from=earlier.id)
        generation = submit(visit.rooms, submission, visit.owner)
    except MutoscopeError as error:
        return _refuse(visit, generation_id, error)
    return visit.leads_to(f"/generations/{generation.id}")


@router.post("/generations/{generation_id}/extend")
def make_longer(visit: Member, generation_id: str, posted: Posted) -> Response:
    """Go on from the end of a film: the new one holds both."""
    visit.check_may_make()
    with visit.rooms.database.snapshot() as tx:
        earlier = find(tx, visit.owner.organization_id, known_id(generation_id))
    try:
        wish = _continuation(earlier, _position(posted), text_of(posted, "prompt"))
        submission = Submission(wish=wish, dialect="studio", made_from=earlier.id)
        generation = submit(visit.rooms, submission, visit.owner)
    except MutoscopeError as error:
        return _refuse(visit, generation_id, error)
    return visit.leads_to(f"/generations/{generation.id}")


@router.post("/generations/{generation_id}/rate")
def rate_generation(visit: Member, generation_id: str, posted: Posted) -> Response:
    """Say how good it is."""
    visit.check_may_make()
    typed = text_of(posted, "stars")
    stars = int(typed) if typed.isascii() and typed.isdigit() else None
    rate(visit.rooms, visit.owner.organization_id, known_id(generation_id), stars)
    return visit.leads_to(f"/generations/{known_id(generation_id)}")


@router.post("/generations/{generation_id}/links")
def invite(visit: Member, generation_id: str, posted: Posted) -> Response:
    """Make a link for somebody without an account."""
    visit.check_may_make()
    purpose, days = text_of(posted, "purpose"), text_of(posted, "days")
    invite_guest(
        visit.rooms,
        visit.owner.organization_id,
        visit.person.id,
        known_id(generation_id),
        position=_position(posted),
        purpose=GuestPurpose.WATCH if purpose == GuestPurpose.WATCH else GuestPurpose.REVIEW,
        days=int(days) if days.isascii() and days.isdigit() else LINK_DAYS,
    )
    return visit.leads_to(f"/generations/{known_id(generation_id)}#guests")


@router.post("/generations/{generation_id}/links/{link_id}/revoke", dependencies=[PressedByMember])
def revoke_link(visit: Member, generation_id: str, link_id: str) -> Response:
    """End a link at once."""
    visit.check_may_make()
    owner = visit.owner.organization_id
    revoke_guest(visit.rooms, owner, known_id(generation_id), link_id)
    return visit.leads_to(f"/generations/{known_id(generation_id)}#guests")


def _refuse(visit: MemberVisit, generation_id: str, error: MutoscopeError) -> Response:
    page = _page(visit, generation_id, 0, complaint(error, visit.words))
    return visit.show("pages/generation.html", page, visit.house.status_of(error))


def _position(posted: FormData) -> int:
    typed = text_of(posted, "result")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0


def _continuation(earlier: Generation, position: int, prompt: str) -> Wish:
    """What to make after a film."""
    film = earlier.asset(AssetKind.VIDEO, position)
    if film is None:
        raise Conflict("there is no film to go on from")
    sound = earlier.request.params.get("sound")
    return Wish(
        task=Task.VIDEO_EXTEND,
        prompt=prompt.strip() or earlier.request.prompt,
        negative_prompt=earlier.request.negative_prompt,
        model=earlier.request.model,
        size=earlier.request.size,
        seconds=EXTEND_SECONDS,
        fps=film.fps,
        references=(
            Reference(
                role=ReferenceRole.SOURCE_VIDEO,
                blob=film.blob,
                media_type=film.media_type,
                width=film.width,
                height=film.height,
            ),
        ),
        params={} if sound is None else {"sound": sound},
    )


def _page(
    visit: MemberVisit, generation_id: str, position: int, refusal: Complaint | None
) -> GenerationPage:
    with visit.rooms.database.snapshot() as tx:
        generation = find(tx, visit.owner.organization_id, known_id(generation_id))
        card = card_of(tx, visit, generation)
        source, became = _family(tx, visit, generation)
        links = guest_links(tx, generation.id, visit.rooms.clock.now())
        said = remarks_on(tx, generation.id)
    results = generation.results
    shown = results[min(position, len(results) - 1)] if results else None
    say = visit.words
    return GenerationPage(
        card=card,
        generation=generation,
        result=shown,
        poster=shown and generation.asset(AssetKind.THUMBNAIL, shown.position),
        others=list(results) if len(results) > 1 else [],
        pictures=_given(visit, generation),
        facts=_facts(visit, generation, shown.position if shown else 0, card.model_title),
        notes=[say.pick(note) for note in generation.notes],
        timings=[Timing(stage_name(n, say), s) for n, s in generation.timings.items()],
        source=source,
        became=became,
        links=[Invitation(link, _absolute(visit, guest_path(visit.house, link))) for link in links],
        remarks=said,
        can_extend=shown is not None and _can_extend(visit, generation),
        can_cancel=not generation.state.is_terminal and not generation.cancel_requested,
        can_retry=generation.state in (JobState.FAILED, JobState.CANCELED),
        complaint=refusal,
    )


def _given(visit: MemberVisit, generation: Generation) -> list[Given]:
    say = visit.words
    names = {
        ReferenceRole.FIRST_FRAME: say("First frame"),
        ReferenceRole.LAST_FRAME: say("End frame"),
        ReferenceRole.SUBJECT: say("Subject"),
        ReferenceRole.INSET: say("Picture"),
        ReferenceRole.STATIC_MASK: say("What stays still"),
        ReferenceRole.DYNAMIC_MASK: say("What moves"),
    }
    given = []
    for position, reference in enumerate(generation.request.references):
        asset = generation.asset(AssetKind.REFERENCE, position)
        if asset is not None and reference.role in names:
            given.append(Given(names[reference.role], asset))
    return given


def _family(
    tx: Connection, visit: MemberVisit, generation: Generation
) -> tuple[Card | None, list[Card]]:
    """What it was made from, where that is still there, and the latest made from it."""
    organization = visit.owner.organization_id
    source = None
    if generation.made_from is not None:
        with suppress(NotFound):
            source = card_of(tx, visit, find(tx, organization, generation.made_from))
    later = listing(tx, organization, Filter(made_from=generation.id), limit=BECAME_MAX)
    return source, cards_of(tx, visit, later)


def _can_extend(visit: MemberVisit, generation: Generation) -> bool:
    """Whether its model goes on from films."""
    models = (m for m in visit.rooms.catalog.models() if m.id == generation.request.model)
    return generation.request.task.is_video and any(
        Task.VIDEO_EXTEND in model.tasks for model in models
    )


def _absolute(visit: MemberVisit, path: str) -> str:
    base = visit.house.public_url or str(visit.request.base_url)
    return base.rstrip("/") + path


def _facts(visit: MemberVisit, generation: Generation, position: int, title: str) -> list[Fact]:
    """Every parameter that made this result."""
    say, request = visit.words, generation.request
    shape = request.shape
    # Each of several results has a seed of its own, counted on from the first.
    seed = str((request.seed + position) % (SEED_MAX + 1))
    facts = [
        Fact(say("Seed"), seed, seed),
        Fact(say("Model"), title, str(request.model)),
    ]
    if not request.task.is_sound:
        facts.append(Fact(say("Size"), *[f"{shape.width} × {shape.height}"] * 2))
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
