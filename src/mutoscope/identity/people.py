"""Organizations, projects, people, their passwords and sessions."""

from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock
from mutoscope.core.errors import InvalidRequest, NotAuthenticated, NotFound
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId, new_opaque_id
from mutoscope.db.schema import organization, person, project, session, sign_in_link
from mutoscope.identity.secrets import new_token, token_hash

PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 200
LINK_HOURS = 24
SESSION_DAYS = 14
ADMINISTRATORS = ("owner", "admin")


@dataclass(frozen=True)
class Person:
    """Someone who may sign in."""

    id: PersonId
    organization_id: OrganizationId
    project_id: ProjectId
    name: str
    email: str
    role: str
    has_password: bool


class People:
    """Who is who."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hasher = PasswordHasher()

    def found_organization(self, tx: Connection, name: str) -> tuple[OrganizationId, ProjectId]:
        """Make an organization with its first project."""
        organization_id = OrganizationId(new_opaque_id())
        project_id = ProjectId(new_opaque_id())
        now = self._clock.now()
        tx.execute(insert(organization).values(id=organization_id, name=name, created_at=now))
        tx.execute(
            insert(project).values(
                id=project_id, organization_id=organization_id, name="default", created_at=now
            )
        )
        return organization_id, project_id

    def first_organization(self, tx: Connection) -> tuple[OrganizationId, ProjectId] | None:
        """The oldest organization and its oldest project, or None before the first start."""
        row = tx.execute(
            select(organization.c.id, project.c.id.label("project_id"))
            .join_from(organization, project)
            .order_by(organization.c.created_at, project.c.created_at)
            .limit(1)
        ).first()
        return None if row is None else (row.id, row.project_id)

    def add(
        self, tx: Connection, organization_id: OrganizationId, *, name: str, email: str, role: str
    ) -> PersonId:
        """Add someone, who can't sign in until a link or password lets them."""
        person_id = PersonId(new_opaque_id())
        tx.execute(
            insert(person).values(
                id=person_id,
                organization_id=organization_id,
                name=name,
                email=email,
                role=role,
                created_at=self._clock.now(),
            )
        )
        return person_id

    def find_by_email(self, tx: Connection, email: str) -> Person:
        """The person with that address. NotFound when there is none."""
        row = tx.execute(_people().where(person.c.email == email)).first()
        if row is None:
            raise NotFound(f"nobody here has the address {email}")
        return _person(row)

    def administrator(self, tx: Connection) -> Person | None:
        """The first administrator, or None before the first start."""
        row = tx.execute(_people().where(person.c.role.in_(ADMINISTRATORS))).first()
        return None if row is None else _person(row)

    def an_administrator_has_a_password(self, tx: Connection) -> bool:
        """Whether somebody can keep strangers out: the condition for a public address."""
        query = select(person.c.id).where(
            person.c.role.in_(ADMINISTRATORS)
            & person.c.password_hash.is_not(None)
            & person.c.disabled_at.is_(None)
        )
        return tx.execute(query.limit(1)).first() is not None

    def set_password(self, tx: Connection, person_id: PersonId, password: str) -> None:
        """Set a password; every earlier session of that person ends."""
        if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
            raise InvalidRequest(
                f"a password has {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters",
                field="password",
            )
        hashed = self._hasher.hash(password)
        tx.execute(update(person).where(person.c.id == person_id).values(password_hash=hashed))
        tx.execute(delete(session).where(session.c.person_id == person_id))

    def check_password(self, tx: Connection, email: str, password: str) -> Person:
        """The person who has this address and password, or NotAuthenticated."""
        row = tx.execute(_people().where(person.c.email == email)).first()
        # The same work for an unknown address, so that time tells nobody which addresses exist.
        stored = row.password_hash if row and row.password_hash else self._hasher.hash("nobody")
        try:
            self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError) as error:
            raise NotAuthenticated("no such address with this password") from error
        if row is None or row.password_hash is None:
            raise NotAuthenticated("no such address with this password")
        return _person(row)

    def new_link(self, tx: Connection, person_id: PersonId) -> str:
        """A token that signs its holder in once, within a day."""
        token = new_token("link_")
        expires_at = self._clock.now() + LINK_HOURS * 3_600_000
        tx.execute(
            insert(sign_in_link).values(
                token_hash=token_hash(token), person_id=person_id, expires_at=expires_at
            )
        )
        return token

    def use_link(self, tx: Connection, token: str) -> Person:
        """Whom the link signs in; it works once. NotAuthenticated when used, late or unknown."""
        now = self._clock.now()
        used = tx.execute(
            update(sign_in_link)
            .where(
                (sign_in_link.c.token_hash == token_hash(token))
                & sign_in_link.c.used_at.is_(None)
                & (sign_in_link.c.expires_at > now)
            )
            .values(used_at=now)
            .returning(sign_in_link.c.person_id)
        ).first()
        if used is None:
            raise NotAuthenticated("this link was used before, or is too old")
        return self._by_id(tx, used.person_id)

    def new_session(self, tx: Connection, person_id: PersonId) -> str:
        """Sign someone in: a token for their browser, good for two weeks."""
        token = new_token("sess_")
        now = self._clock.now()
        tx.execute(
            insert(session).values(
                token_hash=token_hash(token),
                person_id=person_id,
                created_at=now,
                expires_at=now + SESSION_DAYS * 86_400_000,
            )
        )
        return token

    def by_session(self, tx: Connection, token: str) -> Person | None:
        """Whose session this is, if it is anyone's."""
        row = tx.execute(
            _people()
            .join(session, session.c.person_id == person.c.id)
            .where(
                (session.c.token_hash == token_hash(token))
                & (session.c.expires_at > self._clock.now())
            )
        ).first()
        return None if row is None else _person(row)

    def end_session(self, tx: Connection, token: str) -> None:
        """Sign out."""
        tx.execute(delete(session).where(session.c.token_hash == token_hash(token)))

    def _by_id(self, tx: Connection, person_id: PersonId) -> Person:
        return _person(tx.execute(_people().where(person.c.id == person_id)).one())


def _people() -> Select[Any]:
    first_project = (
        select(project.c.id)
        .where(project.c.organization_id == person.c.organization_id)
        .order_by(project.c.created_at)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(person, first_project.label("project_id"))
        .where(person.c.disabled_at.is_(None))
        .order_by(person.c.created_at)
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        organization_id=row.organization_id,
        project_id=row.project_id,
        name=row.name,
        email=row.email,
        role=row.role,
        has_password=row.password_hash is not None,
    )
