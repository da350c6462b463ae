"""People, their passwords and sessions."""

from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.core.actor import Actor
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotAuthenticated, NotFound
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId, new_opaque_id
from mutoscope.db.schema import (
    organization,
    outside_identity,
    person,
    project,
    session,
    sign_in_link,
)
from mutoscope.identity.projects import valid_name
from mutoscope.identity.roles import Permission, Role, permissions_of
from mutoscope.identity.secrets import new_token, token_hash

PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 200
LINK_HOURS = 24
SESSION_DAYS = 14
EMAIL_LENGTH_MAX = 254
ADMINISTRATORS = (Role.OWNER, Role.ADMIN)


@dataclass(frozen=True)
class Person:
    """Someone who may sign in."""

    id: PersonId
    organization_id: OrganizationId
    project_id: ProjectId
    name: str
    email: str
    role: Role
    has_password: bool
    created_at: Milliseconds
    disabled_at: Milliseconds | None = None
    # Whether theirs is the organization that runs this service.
    in_house: bool = False

    @property
    def actor(self) -> Actor:
        """They, as those who do something."""
        permissions = permissions_of(self.role, in_house=self.in_house)
        return Actor(self.organization_id, self.id, role=self.role, permissions=permissions)

    def may(self, permission: Permission) -> bool:
        """Whether their role allows it."""
        return self.actor.may(permission)


class People:
    """Who is who."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hasher = PasswordHasher()
        self._house: OrganizationId | None = None

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
            .order_by(*_OLDEST, project.c.created_at)
            .limit(1)
        ).first()
        return None if row is None else (row.id, row.project_id)

    def house(self, tx: Connection) -> OrganizationId | None:
        """The organization that runs this service: the first. It never becomes another."""
        if self._house is None:
            self._house = tx.scalar(select(organization.c.id).order_by(*_OLDEST).limit(1))
        return self._house

    def add(
        self, tx: Connection, organization_id: OrganizationId, *, name: str, email: str, role: str
    ) -> PersonId:
        """Add someone, who can't sign in until a link or password lets them.

        Conflict when the address is somebody's: it leads to one person in the whole house.
        """
        email = _free_email(tx, email)
        person_id = PersonId(new_opaque_id())
        tx.execute(
            insert(person).values(
                id=person_id,
                organization_id=organization_id,
                name=valid_name(name),
                email=email,
                role=Role.parse(role),
                created_at=self._clock.now(),
            )
        )
        return person_id

    def rename(self, tx: Connection, person_id: PersonId, *, name: str, email: str) -> None:
        """Another name and address. Conflict when the address is somebody else's."""
        values = {"name": valid_name(name), "email": _free_email(tx, email, but_for=person_id)}
        tx.execute(update(person).where(person.c.id == person_id).values(values))

    def list(self, tx: Connection, organization_id: OrganizationId) -> list[Person]:
        """Everyone in an organization, the disabled too, who came first first."""
        query = _everyone().where(person.c.organization_id == organization_id)
        return [self._person(tx, row) for row in tx.execute(query)]

    def find(self, tx: Connection, organization_id: OrganizationId, person_id: PersonId) -> Person:
        """One of an organization's people, disabled or not. NotFound when they are none of them."""
        ours = person.c.organization_id == organization_id
        row = tx.execute(_everyone().where((person.c.id == person_id) & ours)).first()
        if row is None:
            raise NotFound("there is no such person")
        return self._person(tx, row)

    def find_by_email(self, tx: Connection, email: str, *, may_be_disabled: bool = False) -> Person:
        """The person with that address. NotFound when there is none."""
        query = _everyone() if may_be_disabled else _people()
        row = tx.execute(query.where(person.c.email == plain_email(email))).first()
        if row is None:
            raise NotFound(f"nobody here has the address {email}")
        return self._person(tx, row)

    def administrator(
        self, tx: Connection, organization_id: OrganizationId | None = None
    ) -> Person | None:
        """The first administrator of an organization or the house; None before the first start."""
        theirs = person.c.organization_id == (organization_id or self.house(tx))
        query = _people().where(person.c.role.in_(ADMINISTRATORS) & theirs)
        row = tx.execute(query.order_by(None).order_by(person.c.created_at, _PERSON_ROW)).first()
        return None if row is None else self._person(tx, row)

    def is_last_owner(self, tx: Connection, who: Person) -> bool:
        """Whether nobody would own the organization without them."""
        if who.role is not Role.OWNER or who.disabled_at is not None:
            return False
        owners = select(func.count()).where(
            (person.c.organization_id == who.organization_id)
            & (person.c.role == Role.OWNER)
            & person.c.disabled_at.is_(None)
        )
        return tx.scalar(owners) == 1

    def set_role(self, tx: Connection, person_id: PersonId, role: Role) -> None:
        """Change what somebody may do; every session of theirs ends."""
        tx.execute(update(person).where(person.c.id == person_id).values(role=role))
        self.end_sessions(tx, person_id)

    def disable(self, tx: Connection, person_id: PersonId) -> None:
        """Let somebody in no more; every session and unused link of theirs ends."""
        now = self._clock.now()
        tx.execute(update(person).where(person.c.id == person_id).values(disabled_at=now))
        self.end_sessions(tx, person_id)

    def enable(self, tx: Connection, person_id: PersonId) -> None:
        """Let somebody in again."""
        tx.execute(update(person).where(person.c.id == person_id).values(disabled_at=None))

    def end_sessions(self, tx: Connection, person_id: PersonId) -> None:
        """Sign somebody out everywhere; what could sign them in again is used up."""
        tx.execute(delete(session).where(session.c.person_id == person_id))
        unused = (sign_in_link.c.person_id == person_id) & sign_in_link.c.used_at.is_(None)
        tx.execute(update(sign_in_link).where(unused).values(used_at=self._clock.now()))

    def link_identity(
        self, tx: Connection, person_id: PersonId, *, issuer: str, subject: str
    ) -> None:
        """Remember what an identity provider calls somebody."""
        new = {
            "issuer": issuer,
            "subject": subject,
            "person_id": person_id,
            "created_at": self._clock.now(),
        }
        tx.execute(insert(outside_identity).values(new))

    def by_identity(self, tx: Connection, *, issuer: str, subject: str) -> Person | None:
        """Whom an identity provider means, disabled or not; None for the unknown."""
        this = (outside_identity.c.issuer == issuer) & (outside_identity.c.subject == subject)
        query = _everyone().join(outside_identity, outside_identity.c.person_id == person.c.id)
        row = tx.execute(query.where(this)).first()
        return None if row is None else self._person(tx, row)

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
        self.end_sessions(tx, person_id)

    def check_password(self, tx: Connection, email: str, password: str) -> Person:
        """The person who has this address and password, or NotAuthenticated."""
        row = tx.execute(_people().where(person.c.email == plain_email(email))).first()
        # The same work for an unknown address, so that time tells nobody which addresses exist.
        stored = row.password_hash if row and row.password_hash else self._hasher.hash("nobody")
        try:
            self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError) as error:
            raise NotAuthenticated("no such address with this password") from error
        if row is None or row.password_hash is None:
            raise NotAuthenticated("no such address with this password")
        return self._person(tx, row)

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
            _people_in(func.coalesce(_chosen_project(), _first_project()))
            .join(session, session.c.person_id == person.c.id)
            .where(
                (session.c.token_hash == token_hash(token))
                & (session.c.expires_at > self._clock.now())
            )
        ).first()
        return None if row is None else self._person(tx, row)

    def choose_project(self, tx: Connection, token: str, project_id: ProjectId) -> None:
        """Have a session work in that project; the caller has seen that it may."""
        this = session.c.token_hash == token_hash(token)
        tx.execute(update(session).where(this).values(project_id=project_id))

    def end_session(self, tx: Connection, token: str) -> None:
        """Sign out."""
        tx.execute(delete(session).where(session.c.token_hash == token_hash(token)))

    def _by_id(self, tx: Connection, person_id: PersonId) -> Person:
        row = tx.execute(_people().where(person.c.id == person_id)).first()
        if row is None:
            raise NotAuthenticated("this person may not sign in any more")
        return self._person(tx, row)

    def _person(self, tx: Connection, row: Row[Any]) -> Person:
        return Person(
            id=row.id,
            organization_id=row.organization_id,
            project_id=row.project_id,
            name=row.name,
            email=row.email,
            role=Role(row.role),
            has_password=row.password_hash is not None,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            in_house=row.organization_id == self.house(tx),
        )


def _free_email(tx: Connection, email: str, *, but_for: PersonId | None = None) -> str:
    """A plain address that is nobody's, or `but_for`'s own."""
    email = valid_email(email)
    owner = tx.scalar(select(person.c.id).where(person.c.email == email))
    if owner is not None and owner != but_for:
        raise Conflict(
            "somebody here has this address already",
            field="email",
            fix="one address belongs to one organization; use another",
        )
    return email


def plain_email(email: str) -> str:
    """An address as it is stored and compared."""
    return email.strip().lower()


def valid_email(email: str) -> str:
    """A plain address. InvalidRequest when it is none."""
    plain = plain_email(email)
    name, at, domain = plain.rpartition("@")
    has_blanks = any(each.isspace() or not each.isprintable() for each in plain)
    if not (name and at and domain) or has_blanks or len(plain) > EMAIL_LENGTH_MAX:
        raise InvalidRequest(
            f"{email!r} is no e-mail address", field="email", fix="send one like ada@example.com"
        )
    return plain


# Those of one millisecond in the order they came.
_OLDEST = (organization.c.created_at, literal_column("organization.rowid", BigInteger))
_PERSON_ROW = literal_column("person.rowid", BigInteger)


def _first_project() -> Any:
    return (
        select(project.c.id)
        .where(
            (project.c.organization_id == person.c.organization_id)
            & project.c.archived_at.is_(None)
        )
        .order_by(project.c.created_at)
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )


def _chosen_project() -> Any:
    """The session's project, as long as it goes on."""
    return (
        select(project.c.id)
        .where(
            (project.c.id == session.c.project_id)
            & (project.c.organization_id == person.c.organization_id)
            & project.c.archived_at.is_(None)
        )
        .correlate(person, session)
        .scalar_subquery()
    )


def _people_in(project_id: Any) -> Select[Any]:
    return (
        select(person, project_id.label("project_id"))
        .where(person.c.disabled_at.is_(None))
        .order_by(person.c.created_at)
    )


def _everyone() -> Select[Any]:
    return select(person, _first_project().label("project_id")).order_by(
        person.c.created_at, _PERSON_ROW
    )


def _people() -> Select[Any]:
    return _people_in(_first_project())
