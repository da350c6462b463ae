"""Writes and reads the trail. The database refuses to change or remove an entry."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select
from sqlalchemy.engine import Row

from mutoscope.core.actor import Actor
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.ids import KeyId, OrganizationId, PersonId
from mutoscope.db.schema import trail_entry

PAGE = 1000


@dataclass(frozen=True)
class Entry:
    """One thing that was done."""

    id: int
    organization_id: OrganizationId
    at: Milliseconds
    # Who; neither for what the house did by itself.
    person_id: PersonId | None
    key_id: KeyId | None
    # What: domain.resource.verb, such as identity.person.disabled.
    verb: str
    # To what or whom: its id.
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which entries; what is left open narrows nothing."""

    # How the verb begins: "credits." for all that moves credits.
    verb: str = ""
    person_id: PersonId | None = None
    subject: str = ""
    since: Milliseconds | None = None
    # Not at that moment any more.
    until: Milliseconds | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Only what is sought."""
        if self.verb:
            query = query.where(trail_entry.c.verb.startswith(self.verb, autoescape=True))
        if self.person_id is not None:
            query = query.where(trail_entry.c.person_id == self.person_id)
        if self.subject:
            query = query.where(trail_entry.c.subject == self.subject)
        if self.since is not None:
            query = query.where(trail_entry.c.at >= self.since)
        if self.until is not None:
            query = query.where(trail_entry.c.at < self.until)
        return query


EVERYTHING = Sought()


class Trail:
    """Every entry is written in the transaction of what it tells of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(
        self,
        tx: Connection,
        actor: Actor | None,
        verb: str,
        subject: object,
        organization_id: OrganizationId,
        **facts: Any,
    ) -> None:
        """Note that `actor` (None for the house itself) did this to that. No secrets in `facts`."""
        new = {
            "organization_id": organization_id,
            "person_id": actor.person_id if actor else None,
            "key_id": actor.key_id if actor else None,
            "verb": verb,
            "subject": str(subject),
            "facts": json.dumps(facts, ensure_ascii=False, default=str),
            "at": self._clock.now(),
        }
        tx.execute(_NEW, new)

    def page(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        *,
        sought: Sought = EVERYTHING,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """An organization's entries, newest first."""
        query = sought.narrow(_of(organization_id))
        if before is not None:
            query = query.where(trail_entry.c.id < before)
        query = query.order_by(trail_entry.c.id.desc()).limit(limit)
        return [_entry(row) for row in tx.execute(query)]

    def verbs(self, tx: Connection, organization_id: OrganizationId) -> list[str]:
        """What was done in an organization, each once."""
        mine = trail_entry.c.organization_id == organization_id
        query = select(trail_entry.c.verb).where(mine).distinct().order_by(trail_entry.c.verb)
        return list(tx.scalars(query))

    def all(
        self, tx: Connection, organization_id: OrganizationId, sought: Sought = EVERYTHING
    ) -> Iterator[Entry]:
        """Every entry of an organization, oldest first, without holding all at once."""
        after = 0
        query = sought.narrow(_of(organization_id)).order_by(trail_entry.c.id).limit(PAGE)
        while True:
            rows = tx.execute(query.where(trail_entry.c.id > after)).all()
            yield from (_entry(row) for row in rows)
            if len(rows) < PAGE:
                return
            after = rows[-1].id


_NEW = insert(trail_entry)


def _of(organization_id: OrganizationId) -> Select[Any]:
    return select(trail_entry).where(trail_entry.c.organization_id == organization_id)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        organization_id=row.organization_id,
        at=row.at,
        person_id=row.person_id,
        key_id=row.key_id,
        verb=row.verb,
        subject=row.subject,
        facts=json.loads(row.facts),
    )
