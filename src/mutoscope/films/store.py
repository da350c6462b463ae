"""Films in the database. Every read names the organization in the query itself."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import Conflict, NotFound
from mutoscope.core.ids import GenerationId, OrganizationId, PersonId
from mutoscope.db.schema import film, film_take
from mutoscope.films.film import Film, Shot, Take, TakeKind, check_shots, is_dissolving

LISTED_MAX = 100


def add(tx: Connection, new: Film, person_id: PersonId | None) -> None:
    """Write a new film."""
    check_shots(new.shots)
    tx.execute(
        insert(film).values(
            id=new.id,
            organization_id=new.organization_id,
            project_id=new.project_id,
            person_id=person_id,
            title=new.title,
            brief=new.brief,
            ratio=new.ratio,
            seed=new.seed,
            shots=_written(new.shots),
            revision=new.revision,
            created_at=new.created_at,
            updated_at=new.updated_at,
        )
    )


def find(tx: Connection, organization_id: OrganizationId, film_id: str) -> Film:
    """The organization's film of that id, or NotFound."""
    row = tx.execute(select(film).where(_mine(organization_id, film_id))).first()
    if row is None:
        raise NotFound("there is no such film")
    return _film(row)


def listing(tx: Connection, organization_id: OrganizationId) -> list[Film]:
    """The organization's films, what was worked on last first."""
    theirs = (film.c.organization_id == organization_id) & film.c.deleted_at.is_(None)
    rows = tx.execute(select(film).where(theirs).order_by(film.c.updated_at.desc(), film.c.id))
    return [_film(row) for row in rows.fetchmany(LISTED_MAX)]


def save(tx: Connection, changed: Film, now: Milliseconds) -> Film:
    """Write a changed shot list over the revision it was made from.

    Conflict when somebody else changed that meanwhile. Nothing changed is nothing written.
    """
    check_shots(changed.shots)
    standing = find(tx, changed.organization_id, changed.id)
    if standing.revision != changed.revision:
        raise Conflict("somebody changed this film meanwhile", fix="look at it again")
    values = {"title": changed.title, "ratio": changed.ratio, "shots": _written(changed.shots)}
    if values == {
        "title": standing.title,
        "ratio": standing.ratio,
        "shots": _written(standing.shots),
    }:
        return standing
    new = values | {"revision": standing.revision + 1, "updated_at": now}
    tx.execute(update(film).where(film.c.id == changed.id).values(new))
    return find(tx, changed.organization_id, changed.id)


def approve(tx: Connection, approved: Film, person_id: PersonId, now: Milliseconds) -> None:
    """Approve this revision. Conflict when it is not the latest any more."""
    mine = _mine(approved.organization_id, approved.id) & (film.c.revision == approved.revision)
    values = {"approved_revision": approved.revision, "approved_by": person_id, "approved_at": now}
    if tx.execute(update(film).where(mine).values(values)).rowcount != 1:
        raise Conflict("somebody changed this film meanwhile", fix="look at it again")


def delete(tx: Connection, gone: Film, now: Milliseconds) -> None:
    """Put a film away. What was made for it stays in the library."""
    tx.execute(update(film).where(film.c.id == gone.id).values(deleted_at=now))
    tx.execute(delete_from(film_take).where(film_take.c.film_id == gone.id))


def add_takes(tx: Connection, film_id: str, new: Iterable[Take]) -> None:
    """Note what is being made for a film; what was noted before stays."""
    rows = [take.__dict__ | {"film_id": film_id} for take in new]
    if rows:
        tx.execute(insert_or(film_take).on_conflict_do_nothing(), rows)


def takes(tx: Connection, film_id: str) -> list[Take]:
    """What was made for a film, the latest first."""
    query = select(film_take).where(film_take.c.film_id == film_id)
    return [
        Take(GenerationId(row.generation_id), row.shot_id, TakeKind(row.kind), row.fingerprint)
        for row in tx.execute(query.order_by(film_take.c.generation_id.desc()))
    ]


def _mine(organization_id: OrganizationId, film_id: str) -> Any:
    return (
        (film.c.id == film_id)
        & (film.c.organization_id == organization_id)
        & film.c.deleted_at.is_(None)
    )


def _written(shots: tuple[Shot, ...]) -> str:
    return json.dumps([shot.__dict__ for shot in shots], ensure_ascii=False, sort_keys=True)


def _shot(written: dict[str, Any]) -> Shot:
    """A shot as it was written; those from before dissolves were kept lead on as was planned."""
    return Shot(**{"dissolves": is_dissolving(written["scene"])} | written)


def _film(row: Row[Any]) -> Film:
    return Film(
        id=row.id,
        organization_id=row.organization_id,
        project_id=row.project_id,
        title=row.title,
        brief=row.brief,
        ratio=row.ratio,
        seed=row.seed,
        shots=tuple(_shot(shot) for shot in json.loads(row.shots)),
        revision=row.revision,
        approved_revision=row.approved_revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
