"""Shots become takes: drafts to look at, the approved film with a model, and one file of all."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection

from mutoscope.catalog import Model
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import Conflict, InsufficientCredits, InvalidRequest, NotFound
from mutoscope.core.request import Task, Wish
from mutoscope.core.state import JobState
from mutoscope.films import store
from mutoscope.films.film import Film, Shot, Take, TakeKind
from mutoscope.generations import (
    Generation,
    Owner,
    Rooms,
    Submission,
    find,
    join_videos,
    submit,
)

STORYBOARD = "storyboard"
DRAFT_SIZE = "480p"
ENDED_BADLY = (JobState.FAILED, JobState.CANCELED)


def draft(rooms: Rooms, owner: Owner, film: Film, shots: Sequence[Shot]) -> None:
    """Draw these shots quickly; those whose draft still shows them are left as they are."""
    model = rooms.catalog.find(STORYBOARD)
    _make(rooms, owner, film, shots, TakeKind.DRAFT, model, DRAFT_SIZE)


def shoot(rooms: Rooms, owner: Owner, film: Film, *, model_name: str, size: str) -> None:
    """Make every shot of the approved film with a model. All of it must be affordable."""
    if not film.is_approved:
        raise Conflict("this film is not approved as it stands", fix="approve it first")
    model = rooms.catalog.find(model_name)
    _make(rooms, owner, film, film.shots, TakeKind.FINAL, model, size)


def price(rooms: Rooms, film: Film, *, model: Model, size: str) -> Millicredits:
    """What all shots would cost with that model today."""
    with rooms.database.snapshot() as tx:
        priced = rooms.billing.prices.applied(tx, model)
    wishes = (_wish(film, shot, model, size) for shot in film.shots)
    return Millicredits(sum(priced.quote(model.request(wish)) for wish in wishes))


def join(rooms: Rooms, owner: Owner, film: Film, kind: TakeKind) -> Generation:
    """One file of all shots, in their order, labelled anew. Costs nothing.

    Conflict names the first shot that is not there yet.
    """
    fingerprint = film.fingerprint_of_all()
    with rooms.database.transaction() as tx:
        made = takes_of(tx, film)
        standing = made.get((None, kind, fingerprint))
        if standing is not None and standing.state not in ENDED_BADLY:
            return standing
        shots = [_ready(made, film, number, kind) for number in range(len(film.shots))]
        joined = join_videos(
            tx,
            rooms,
            owner,
            shots,
            title=film.title,
            dissolving={number for number, shot in enumerate(film.shots) if shot.dissolves} - {0},
        )
        store.add_takes(tx, film.id, [Take(joined.id, None, kind, fingerprint)])
    return joined


Made = dict[tuple[str | None, TakeKind, str], Generation]


def takes_of(tx: Connection, film: Film) -> Made:
    """The latest generation of each shot and kind as it was asked for; deleted ones are gone."""
    made: Made = {}
    for take in store.takes(tx, film.id):
        key = (take.shot_id, take.kind, take.fingerprint)
        if key not in made:
            try:
                made[key] = find(tx, film.organization_id, take.generation_id)
            except NotFound:
                continue
    return made


def _ready(made: Made, film: Film, number: int, kind: TakeKind) -> Generation:
    shot = film.shots[number]
    found = made.get((shot.id, kind, film.fingerprint(shot)))
    if found is None or found.state is not JobState.SUCCEEDED:
        detail = f"shot {number + 1} is not made yet as it stands"
        raise Conflict(detail, field=f"shots[{number}]", fix="make it, and wait until it is done")
    return found


def _make(
    rooms: Rooms,
    owner: Owner,
    film: Film,
    shots: Sequence[Shot],
    kind: TakeKind,
    model: Model,
    size: str,
) -> None:
    with rooms.database.snapshot() as tx:
        made = takes_of(tx, film)
        tried = len(store.takes(tx, film.id))
        available = rooms.ledger.balance(tx, owner.organization_id).available
        priced = rooms.billing.prices.applied(tx, model)
    due = [shot for shot in shots if not _stands(made, film, shot, kind, model, size)]
    wishes = [_wish(film, shot, model, size) for shot in due]
    total = sum(priced.quote(model.request(wish)) for wish in wishes)
    if total > available:
        raise InsufficientCredits("there are not enough credits for all of its shots")
    for shot, wish in zip(due, wishes, strict=True):
        print_of_shot = film.fingerprint(shot)
        # Pressed twice at once, it is made once; after a failure it is made again.
        facts = f"{film.id}:{shot.id}:{print_of_shot}:{kind}:{model.id}:{size}:{tried}"
        key = hashlib.sha256(facts.encode()).hexdigest()
        submission = Submission(wish=wish, dialect="studio", idempotency_key=key)
        made_now = submit(rooms, submission, owner)
        with rooms.database.transaction() as tx:
            store.add_takes(tx, film.id, [Take(made_now.id, shot.id, kind, print_of_shot)])


def _stands(made: Made, film: Film, shot: Shot, kind: TakeKind, model: Model, size: str) -> bool:
    found = made.get((shot.id, kind, film.fingerprint(shot)))
    if found is None or found.state in ENDED_BADLY:
        return False
    return found.request.model == model.id and found.request.size == size


def _wish(film: Film, shot: Shot, model: Model, size: str) -> Wish:
    """A shot in a model's terms: the storyboard gets the scene, every other model the words."""
    if Task.TEXT_TO_VIDEO not in model.tasks:
        raise InvalidRequest(f"{model.id} makes no videos from words", field="model")
    scene = shot.scene if model.id == STORYBOARD else None
    return Wish(
        prompt=shot.words,
        task=Task.TEXT_TO_VIDEO,
        model=model.id,
        size=size if size in model.sizes() else None,
        ratio=film.ratio if film.ratio in model.ratios() else None,
        seconds=min(model.length.seconds_max, max(model.length.seconds_min, shot.seconds)),
        seed=film.seed,
        params={} if scene is None else {"shots": {"shots": [{**scene, "seconds": shot.seconds}]}},
    )
