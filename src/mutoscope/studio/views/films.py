"""Storyboard: a brief becomes a shot list, drafts, an approved film, and one file of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from mutoscope import films
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, MutoscopeError, NotFound
from mutoscope.core.request import Task
from mutoscope.core.state import JobState
from mutoscope.films import Film, Shot, TakeKind
from mutoscope.films.render import DRAFT_SIZE, STORYBOARD, Made, takes_of
from mutoscope.identity import Permission
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.views.cards import Card, card_of
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of
from mutoscope.studio.words import amount

router = APIRouter()

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
TITLE_LENGTH_MAX = 120


@dataclass(frozen=True)
class Listed:
    """A film in the list."""

    film: Film
    card: Card | None


@dataclass(frozen=True)
class FilmsPage:
    """Everything templates/pages/films.html may use."""

    films: list[Listed]
    brief: str
    seconds: str
    ratio: str
    ratios: tuple[str, ...]
    complaints: Mapping[str, Complaint]


@dataclass(frozen=True)
class ShotRow:
    """A shot as it is edited. `draft` and `final` are cards of what was made of it as it stands."""

    shot: Shot
    number: int
    draft: Card | None
    final: Card | None
    # There is a draft, but of what the shot was before.
    is_outdated: bool


@dataclass(frozen=True)
class MakeOption:
    """A model and a size the film can be made with, and what that costs."""

    value: str
    label: str


@dataclass(frozen=True)
class FilmPage:
    """Everything templates/pages/film.html may use."""

    film: Film
    rows: list[ShotRow]
    ratios: tuple[str, ...]
    draft_price: Millicredits
    options: list[MakeOption]
    drafts_done: int
    finals_done: int
    # One file of all drafts, one of all finals, as the film stands.
    animatic: Card | None
    cut: Card | None
    can_make: bool
    can_approve: bool
    can_add: bool
    complaint: Complaint | None


@router.get("/storyboards")
def films_page(visit: Member) -> Response:
    """All of the organization's, and the form that begins another."""
    return _show_all(visit, {})


@router.post("/storyboards")
def begin_film(visit: Member, posted: Posted) -> Response:
    """Plan a brief."""
    visit.check_may_make()
    brief, seconds, ratio = (text_of(posted, name) for name in ("brief", "seconds", "ratio"))
    try:
        film = films.begin(
            visit.rooms,
            visit.owner,
            brief=brief,
            seconds=_seconds(seconds),
            ratio=ratio if ratio in RATIOS else RATIOS[0],
        )
    except MutoscopeError as error:
        said = {error.field or "brief": complaint(error, visit.words)}
        typed = {"brief": brief, "seconds": seconds, "ratio": ratio}
        return _show_all(visit, said, visit.house.status_of(error), **typed)
    return visit.leads_to(f"/storyboards/{film.id}")


@router.get("/storyboards/{film_id}")
def film_page(visit: Member, film_id: str) -> Response:
    """The shot list and what was made of it."""
    return _show(visit, _found(visit, film_id), None)


@router.post("/storyboards/{film_id}")
def work_on_film(visit: Member, film_id: str, posted: Posted) -> Response:
    """Keep what was typed, then do what the pressed button says."""
    visit.check_may_make()
    standing = _found(visit, film_id)
    verb, _, subject = text_of(posted, "do").partition(":")
    edited = standing
    try:
        edited = _arranged(_typed(standing, posted), verb, subject)
        with visit.rooms.database.transaction() as tx:
            film = films.save(tx, edited, visit.rooms.clock.now())
        _act(visit, film, verb, subject, text_of(posted, "make"))
    except MutoscopeError as error:
        return _show(visit, edited, complaint(error, visit.words), visit.house.status_of(error))
    anchor = f"#shot-{subject}" if verb in {"up", "down", "draft"} else ""
    return visit.leads_to(f"/storyboards/{film_id}{anchor}")


@router.post("/storyboards/{film_id}/delete", dependencies=[PressedByMember])
def delete_film(visit: Member, film_id: str) -> Response:
    """Put it away; what was made for it stays in the library."""
    visit.check_may_make()
    film = _found(visit, film_id)
    with visit.rooms.database.transaction() as tx:
        films.delete(tx, film, visit.rooms.clock.now())
    return visit.leads_to("/storyboards")


def _act(visit: MemberVisit, film: Film, verb: str, subject: str, make: str) -> None:
    match verb:
        case "draft":
            shots = [shot for shot in film.shots if shot.id == subject]
            films.draft(visit.rooms, visit.owner, film, shots)
        case "drafts":
            films.draft(visit.rooms, visit.owner, film, film.shots)
        case "approve":
            visit.actor.check(Permission.REVIEWS_DECIDE)
            with visit.rooms.database.transaction() as tx:
                films.approve(tx, film, visit.person.id, visit.rooms.clock.now())
        case "shoot":
            model_name, _, size = make.partition(" ")
            films.shoot(visit.rooms, visit.owner, film, model_name=model_name, size=size)
        case "join":
            films.join(visit.rooms, visit.owner, film, TakeKind(subject))
        case _:
            pass


def _typed(film: Film, posted: FormData) -> Film:
    """The film as the form has it, made from the revision that the form was made from."""
    shots = []
    for shot in film.shots:
        if f"words-{shot.id}" not in posted:
            shots.append(shot)
            continue
        words = text_of(posted, f"words-{shot.id}").strip()
        seconds = _seconds(text_of(posted, f"seconds-{shot.id}"))
        # Rewritten words are read anew: the planner's reading was of other words.
        scene = shot.scene if words == shot.words else None
        dissolves = bool(text_of(posted, f"dissolves-{shot.id}"))
        shots.append(replace(shot, words=words, seconds=seconds, scene=scene, dissolves=dissolves))
    ratio = text_of(posted, "ratio")
    title = text_of(posted, "title").strip()[:TITLE_LENGTH_MAX]
    revision = text_of(posted, "revision")
    return replace(
        film,
        title=title or film.title,
        ratio=ratio if ratio in RATIOS else film.ratio,
        shots=tuple(shots),
        revision=int(revision) if revision.isascii() and revision.isdigit() else film.revision,
    )


def _arranged(film: Film, verb: str, subject: str) -> Film:
    """With a shot moved, removed or added."""
    shots = list(film.shots)
    if verb == "add":
        shots.append(films.new_shot(shots[-1].words, shots[-1].seconds))
    if verb in {"up", "down", "remove"}:
        at = next((n for n, shot in enumerate(shots) if shot.id == subject), None)
        if at is None:
            raise NotFound("there is no such shot")
        shot = shots.pop(at)
        if verb != "remove":
            shots.insert(max(0, at + (-1 if verb == "up" else 1)), shot)
    return replace(film, shots=tuple(shots))


def _seconds(text: str) -> float:
    try:
        return round(float(text), 1)
    except ValueError:
        raise InvalidRequest("a number of seconds is needed", field="seconds") from None


def _found(visit: MemberVisit, film_id: str) -> Film:
    with visit.rooms.database.snapshot() as tx:
        return films.find(tx, visit.owner.organization_id, film_id)


def _show_all(
    visit: MemberVisit,
    complaints: Mapping[str, Complaint],
    status: int = HTTPStatus.OK,
    *,
    brief: str = "",
    seconds: str = "12",
    ratio: str = RATIOS[0],
) -> Response:
    with visit.rooms.database.snapshot() as tx:
        listed = [
            Listed(film, _first_card(tx, visit, film))
            for film in films.listing(tx, visit.owner.organization_id)
        ]
    page = FilmsPage(listed, brief, seconds, ratio, RATIOS, complaints)
    return visit.show("pages/films.html", page, status)


def _first_card(tx: Connection, visit: MemberVisit, film: Film) -> Card | None:
    made = takes_of(tx, film)
    done = (g for g in made.values() if g.state is JobState.SUCCEEDED)
    first = next(done, None)
    return None if first is None else card_of(tx, visit, first)


def _show(
    visit: MemberVisit, film: Film, said: Complaint | None, status: int = HTTPStatus.OK
) -> Response:
    with visit.rooms.database.snapshot() as tx:
        made = takes_of(tx, film)
        rows = [_row(tx, visit, film, made, number) for number in range(len(film.shots))]
        whole = film.fingerprint_of_all()
        joined = {
            kind: card_of(tx, visit, made[None, kind, whole])
            for kind in TakeKind
            if (None, kind, whole) in made
        }
    page = FilmPage(
        film=film,
        rows=rows,
        ratios=RATIOS,
        draft_price=_price(visit, film, STORYBOARD, DRAFT_SIZE) or Millicredits(0),
        options=_options(visit, film),
        drafts_done=sum(_is_done(row.draft) for row in rows),
        finals_done=sum(_is_done(row.final) for row in rows),
        animatic=joined.get(TakeKind.DRAFT),
        cut=joined.get(TakeKind.FINAL),
        can_make=visit.may(Permission.GENERATIONS_CREATE),
        can_approve=visit.may(Permission.REVIEWS_DECIDE),
        can_add=len(film.shots) < films.SHOTS_MAX,
        complaint=said,
    )
    return visit.show("pages/film.html", page, status)


def _row(tx: Connection, visit: MemberVisit, film: Film, made: Made, number: int) -> ShotRow:
    shot = film.shots[number]
    fingerprint = film.fingerprint(shot)

    def card(kind: TakeKind) -> Card | None:
        found = made.get((shot.id, kind, fingerprint))
        return None if found is None else card_of(tx, visit, found)

    had_one = any((key[0], key[1]) == (shot.id, TakeKind.DRAFT) for key in made)
    draft = card(TakeKind.DRAFT)
    return ShotRow(shot, number + 1, draft, card(TakeKind.FINAL), had_one and draft is None)


def _is_done(card: Card | None) -> bool:
    return card is not None and card.result is not None


def _options(visit: MemberVisit, film: Film) -> list[MakeOption]:
    options = []
    for model in visit.rooms.catalog.models():
        if Task.TEXT_TO_VIDEO not in model.tasks or model.unavailable is not None:
            continue
        for size in model.sizes():
            price = _price(visit, film, str(model.id), size)
            if price is not None:
                said = visit.words("%s credits") % amount(price)
                label = f"{visit.words.pick(model.title)} · {size} · {said}"
                options.append(MakeOption(f"{model.id} {size}", label))
    return options


def _price(visit: MemberVisit, film: Film, model_name: str, size: str) -> Millicredits | None:
    """What all shots cost; None for a model that can't make them."""
    try:
        return films.price(visit.rooms, film, model=visit.rooms.catalog.find(model_name), size=size)
    except MutoscopeError:
        return None
