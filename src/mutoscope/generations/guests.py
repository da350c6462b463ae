"""Guests: people without an account who watch one result, and may say what they think of it.

A link names one result of one generation, which never changes: what was approved stays what it was.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotFound
from mutoscope.core.ids import GenerationId, OrganizationId, PersonId, new_opaque_id
from mutoscope.db.schema import guest_link, review_note
from mutoscope.generations import store
from mutoscope.generations.generation import Generation
from mutoscope.generations.rooms import Rooms

DAY_MS = 86_400_000
DAYS_MAX = 90
AUTHOR_LENGTH_MAX = 80
BODY_LENGTH_MAX = 2000
NOTES_MAX = 500


class GuestPurpose(StrEnum):
    """What the holder of a link may do."""

    WATCH = "watch"
    REVIEW = "review"


class Verdict(StrEnum):
    """What a client decides."""

    APPROVED = "approved"
    CHANGES = "changes"


@dataclass(frozen=True)
class GuestLink:
    """A link to one result, good until it expires or is revoked."""

    id: str
    organization_id: OrganizationId
    generation_id: GenerationId
    position: int
    purpose: GuestPurpose
    created_at: Milliseconds
    expires_at: Milliseconds


@dataclass(frozen=True)
class Remark:
    """Words of a guest: of a moment or of the whole, with a decision or without."""

    author: str
    body: str
    moment_ms: int | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class ReviewNote:
    """A remark as it was written down."""

    remark: Remark
    created_at: Milliseconds


def invite_guest(
    rooms: Rooms,
    organization_id: OrganizationId,
    person_id: PersonId,
    generation_id: GenerationId,
    *,
    position: int,
    purpose: GuestPurpose,
    days: int,
) -> GuestLink:
    """A new link to a result that is there."""
    if not 1 <= days <= DAYS_MAX:
        raise InvalidRequest(f"a link lasts 1 to {DAYS_MAX} days", field="days")
    now = rooms.clock.now()
    with rooms.database.transaction() as tx:
        generation = store.find(tx, organization_id, generation_id)
        if all(result.position != position for result in generation.results):
            raise Conflict("there is nothing to show yet", fix="wait until it is done")
        new = {
            "id": new_opaque_id(),
            "organization_id": organization_id,
            "generation_id": generation_id,
            "position": position,
            "purpose": purpose,
            "person_id": person_id,
            "created_at": now,
            "expires_at": now + days * DAY_MS,
        }
        tx.execute(insert(guest_link), new)
        return _link(tx.execute(select(guest_link).where(guest_link.c.id == new["id"])).one())


def revoke_guest(
    rooms: Rooms, organization_id: OrganizationId, generation_id: GenerationId, link_id: str
) -> None:
    """End a link at once; what was said stays."""
    mine = (
        (guest_link.c.id == link_id)
        & (guest_link.c.organization_id == organization_id)
        & (guest_link.c.generation_id == generation_id)
    )
    with rooms.database.transaction() as tx:
        end = update(guest_link).where(mine).values(revoked_at=rooms.clock.now())
        if tx.execute(end).rowcount == 0:
            raise NotFound("there is no such link")


def revoke_guests_of(tx: Connection, person_id: PersonId, now: Milliseconds) -> int:
    """End every link that somebody made; returns how many were good."""
    theirs = (guest_link.c.person_id == person_id) & _is_good(now)
    return tx.execute(update(guest_link).where(theirs).values(revoked_at=now)).rowcount


def guest_links(tx: Connection, generation_id: GenerationId, now: Milliseconds) -> list[GuestLink]:
    """The links to it that are good, newest first. The caller has checked whose it is."""
    good = (guest_link.c.generation_id == generation_id) & _is_good(now)
    query = select(guest_link).where(good).order_by(guest_link.c.created_at.desc())
    return [_link(row) for row in tx.execute(query)]


def admit_guest(tx: Connection, link_id: str, now: Milliseconds) -> tuple[GuestLink, Generation]:
    """The link, and what it shows. NotFound when it is over or what it showed is gone."""
    row = tx.execute(select(guest_link).where((guest_link.c.id == link_id) & _is_good(now))).first()
    if row is None:
        raise NotFound("this link has expired or was revoked")
    link = _link(row)
    return link, store.find(tx, link.organization_id, link.generation_id)


def remark(rooms: Rooms, link_id: str, said: Remark) -> None:
    """Write down what a guest says."""
    said = _checked(said)
    with rooms.database.transaction() as tx:
        link, _ = admit_guest(tx, link_id, rooms.clock.now())
        if link.purpose is not GuestPurpose.REVIEW:
            raise NotFound("this link is for watching only")
        mine = select(func.count()).where(review_note.c.guest_link_id == link_id)
        if (tx.scalar(mine) or 0) >= NOTES_MAX:
            raise Conflict(f"{NOTES_MAX} remarks are as many as fit")
        tx.execute(
            insert(review_note),
            {
                "guest_link_id": link_id,
                "author": said.author,
                "body": said.body,
                "moment_ms": said.moment_ms,
                "verdict": said.verdict,
                "created_at": rooms.clock.now(),
            },
        )


def remarks_by(tx: Connection, link_id: str) -> list[ReviewNote]:
    """What was said by one link, in the order it was said."""
    return _notes(tx, review_note.c.guest_link_id == link_id)


def remarks_on(tx: Connection, generation_id: GenerationId) -> list[ReviewNote]:
    """What was said of a generation by any link. The caller has checked whose it is."""
    links = select(guest_link.c.id).where(guest_link.c.generation_id == generation_id)
    return _notes(tx, review_note.c.guest_link_id.in_(links))


def _checked(said: Remark) -> Remark:
    author, body = " ".join(said.author.split()), said.body.strip()
    if not 0 < len(author) <= AUTHOR_LENGTH_MAX:
        raise InvalidRequest(f"a name has 1 to {AUTHOR_LENGTH_MAX} characters", field="author")
    if len(body) > BODY_LENGTH_MAX:
        raise InvalidRequest(f"at most {BODY_LENGTH_MAX} characters fit", field="body")
    if not body and said.verdict is not Verdict.APPROVED:
        raise InvalidRequest("say what you think", field="body")
    if said.moment_ms is not None and not 0 <= said.moment_ms < DAY_MS:
        raise InvalidRequest("there is no such moment", field="moment")
    return Remark(author, body, said.moment_ms, said.verdict)


def _is_good(now: Milliseconds) -> ColumnElement[bool]:
    return guest_link.c.revoked_at.is_(None) & (guest_link.c.expires_at > now)


def _notes(tx: Connection, where: ColumnElement[bool]) -> list[ReviewNote]:
    query = select(review_note).where(where).order_by(review_note.c.id)
    return [
        ReviewNote(
            Remark(
                row.author,
                row.body,
                row.moment_ms,
                Verdict(row.verdict) if row.verdict else None,
            ),
            row.created_at,
        )
        for row in tx.execute(query)
    ]


def _link(row: Row[Any]) -> GuestLink:
    return GuestLink(
        row.id,
        row.organization_id,
        row.generation_id,
        row.position,
        GuestPurpose(row.purpose),
        row.created_at,
        row.expires_at,
    )
