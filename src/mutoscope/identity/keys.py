"""API keys: one credential, proven by a bearer string or by a JWT signed with its secret half."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import jwt
from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Update,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.core.actor import Actor
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import InvalidRequest, NotAuthenticated, NotFound
from mutoscope.core.ids import KeyId, OrganizationId, PersonId, ProjectId, new_opaque_id
from mutoscope.db import run_prepared
from mutoscope.db.schema import api_key, person, project
from mutoscope.identity.networks import Networks, stored_networks
from mutoscope.identity.roles import Role, permissions_of
from mutoscope.identity.scopes import DEFAULT_SCOPES, Scope, Scopes, allowed_by, scopes_text
from mutoscope.identity.secrets import Seal, new_token, token_hash

JWT_LEEWAY_SECONDS = 30
JWT_LENGTH_MAX = 4096
API_KEY_PREFIX = "mk_"
# How precisely its last use is known: a key in use is written down once a minute.
USE_MS = 60_000


@dataclass(frozen=True)
class Credentials:
    """A new key, with the secrets that are shown once."""

    id: KeyId
    access_key: str
    secret_key: str
    api_key: str


@dataclass(frozen=True)
class Key:
    """A key as it is known after that: who it speaks for."""

    id: KeyId
    organization_id: OrganizationId
    project_id: ProjectId
    name: str
    access_key: str
    created_at: Milliseconds
    networks: Networks = field(default_factory=Networks)
    scopes: Scopes = DEFAULT_SCOPES
    expires_at: Milliseconds | None = None
    last_used_at: Milliseconds | None = None
    # On whose behalf; None for a key of the organization's own.
    person_id: PersonId | None = None
    # What that person may do today: the key does no more.
    role: Role = Role.ADMIN
    # Its project is archived: nothing new is made in it.
    project_is_archived: bool = False

    def actor(self, *, in_house: bool) -> Actor:
        """It, as that which does something: what its scopes and its person's role both allow."""
        allowed = allowed_by(self.scopes) & permissions_of(self.role, in_house=in_house)
        return Actor(self.organization_id, self.person_id, self.id, self.role, allowed)


class TokenNotYetValid(NotAuthenticated):
    """The token's `nbf` lies in the future."""


class TokenExpired(NotAuthenticated):
    """The token's `exp` lies in the past."""


class UnknownAccessKey(NotAuthenticated):
    """No key has this access key."""


class TokenMalformed(NotAuthenticated):
    """The Authorization value is neither a key of ours nor a token."""


class Keys:
    """Makes, finds and revokes API keys."""

    def __init__(self, clock: Clock, seal: Seal) -> None:
        self._clock = clock
        self._seal = seal

    def create(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        project_id: ProjectId,
        name: str,
        *,
        scopes: Scopes = DEFAULT_SCOPES,
        expires_at: Milliseconds | None = None,
        created_by: PersonId | None = None,
    ) -> Credentials:
        """Make a key that may spend for a project, on behalf of whoever made it."""
        if expires_at is not None and expires_at <= self._clock.now():
            raise InvalidRequest("this moment has passed", field="expires_at")
        credentials = Credentials(
            id=KeyId(new_opaque_id()),
            access_key=new_token("ak_"),
            secret_key=new_token("sk_"),
            api_key=new_token(API_KEY_PREFIX),
        )
        tx.execute(
            insert(api_key).values(
                id=credentials.id,
                organization_id=organization_id,
                project_id=project_id,
                name=name,
                api_key_hash=token_hash(credentials.api_key),
                access_key=credentials.access_key,
                secret_key_sealed=self._seal.close(credentials.secret_key),
                created_at=self._clock.now(),
                scopes=scopes_text(scopes),
                expires_at=expires_at,
                created_by=created_by,
            )
        )
        return credentials

    def list(self, tx: Connection, organization_id: OrganizationId) -> list[Key]:
        """All keys that work, oldest first."""
        rows = tx.execute(
            _working()
            .where(api_key.c.organization_id == organization_id)
            .order_by(api_key.c.created_at),
            {"now": self._clock.now()},
        )
        return [_key(row) for row in rows]

    def names(self, tx: Connection, organization_id: OrganizationId) -> Mapping[KeyId, str]:
        """What each key of an organization is called, those included that work no more."""
        mine = api_key.c.organization_id == organization_id
        rows = tx.execute(select(api_key.c.id, api_key.c.name).where(mine))
        return {KeyId(row.id): row.name for row in rows}

    def find(self, tx: Connection, organization_id: OrganizationId, key_id: KeyId) -> Key:
        """One of an organization's keys that work. NotFound when it is none of theirs."""
        this = (api_key.c.id == key_id) & (api_key.c.organization_id == organization_id)
        row = tx.execute(_working().where(this), {"now": self._clock.now()}).first()
        if row is None:
            raise NotFound(f"no key {key_id}")
        return _key(row)

    def works(self, tx: Connection, key_id: KeyId) -> bool:
        """Whether it is still good: asked again while an answer goes on."""
        asked = {"id": key_id, "now": self._clock.now()}
        return run_prepared(tx, _by_id(), asked).first() is not None

    def revoke_all_of(self, tx: Connection, person_id: PersonId) -> tuple[KeyId, ...]:
        """Make every key that somebody has made worthless; says which."""
        theirs = (api_key.c.created_by == person_id) & api_key.c.revoked_at.is_(None)
        gone = tx.scalars(
            update(api_key)
            .where(theirs)
            .values(revoked_at=self._clock.now())
            .returning(api_key.c.id)
        )
        return tuple(KeyId(key_id) for key_id in gone)

    def is_news(self, key: Key) -> bool:
        """Whether the last use that is written down is a minute old."""
        return key.last_used_at is None or self._clock.now() - key.last_used_at >= USE_MS

    def note_use(self, tx: Connection, key_id: KeyId) -> None:
        """Write down that it is used now."""
        tx.execute(_note_use(), {"key_id": key_id, "now": self._clock.now()})

    def revoke(self, tx: Connection, organization_id: OrganizationId, key_id: KeyId) -> None:
        """Make a key worthless at once. NotFound when it is not this organization's."""
        revoked = tx.execute(
            update(api_key)
            .where(
                (api_key.c.id == key_id)
                & (api_key.c.organization_id == organization_id)
                & api_key.c.revoked_at.is_(None)
            )
            .values(revoked_at=self._clock.now())
        )
        if revoked.rowcount != 1:
            raise NotFound(f"no key {key_id}")

    def restrict(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        key_id: KeyId,
        networks: Networks,
    ) -> None:
        """Let a key be used from these networks only; from anywhere when there are none."""
        restricted = tx.execute(
            update(api_key)
            .where((api_key.c.id == key_id) & (api_key.c.organization_id == organization_id))
            .values(networks=str(networks) or None)
        )
        if restricted.rowcount != 1:
            raise NotFound(f"no key {key_id}")

    def by_api_key(self, tx: Connection, text: str) -> Key:
        """Who sent this bearer string, or NotAuthenticated."""
        # Looked up by its hash: how long that takes says nothing about the key.
        asked = {"hash": token_hash(text), "now": self._clock.now()}
        row = run_prepared(tx, _by_hash(), asked).first()
        if row is None:
            raise NotAuthenticated("no such API key")
        return _key(row)

    def by_jwt(self, tx: Connection, token: str) -> Key:
        """Who signed this token (HS256, `iss` = access key), or a kind of NotAuthenticated."""
        asked = {"access_key": _issuer(token), "now": self._clock.now()}
        row = run_prepared(tx, _by_access_key(), asked).first()
        if row is None:
            raise UnknownAccessKey
        try:
            # Extra claims are welcome; `exp` is required, the algorithm is not negotiable.
            jwt.decode(
                token,
                self._seal.open(row.secret_key_sealed),
                algorithms=["HS256"],
                leeway=JWT_LEEWAY_SECONDS,
                options={
                    "require": ["exp", "iss"],
                    "verify_aud": False,
                    "verify_iat": False,
                    "verify_sub": False,
                },
            )
        except jwt.ImmatureSignatureError as error:
            raise TokenNotYetValid from error
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired from error
        except jwt.PyJWTError as error:
            raise NotAuthenticated(f"the token is not valid: {error}") from error
        return _key(row)


def _issuer(token: str) -> str:
    """The access key that a token claims to be signed for; nothing is believed yet."""
    parts = token.count(".") + 1 if "." in token else 0
    if len(token) > JWT_LENGTH_MAX:
        raise TokenMalformed(f"the token has more than {JWT_LENGTH_MAX} characters")
    if parts != 3:
        raise TokenMalformed(f"The token was expected to have 3 parts, but got {parts}")
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenMalformed(f"the token can't be read: {error}") from error
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise TokenMalformed("the token has no iss claim; set it to your access key")
    if not issuer.isascii():  # none of ours; and the database can't take a lone surrogate
        raise UnknownAccessKey
    return issuer


def _working() -> Select[Any]:
    """Keys that are good at `now`, and whose people may still come in."""
    return (
        select(api_key, person.c.role, project.c.archived_at)
        .join_from(api_key, project, project.c.id == api_key.c.project_id)
        .outerjoin(person, person.c.id == api_key.c.created_by)
        .where(
            api_key.c.revoked_at.is_(None)
            & (api_key.c.expires_at.is_(None) | (api_key.c.expires_at > bindparam("now")))
            & person.c.disabled_at.is_(None)
        )
    )


# Built once: every request asks these, and building a statement takes longer than running it.
@cache
def _by_hash() -> Select[Any]:
    return _working().where(api_key.c.api_key_hash == bindparam("hash"))


@cache
def _by_access_key() -> Select[Any]:
    return _working().where(api_key.c.access_key == bindparam("access_key"))


@cache
def _by_id() -> Select[Any]:
    return _working().where(api_key.c.id == bindparam("id"))


@cache
def _note_use() -> Update:
    late = api_key.c.last_used_at.is_(None) | (
        api_key.c.last_used_at <= bindparam("now", type_=BigInteger) - USE_MS
    )
    this = (api_key.c.id == bindparam("key_id")) & late
    return update(api_key).where(this).values(last_used_at=bindparam("now"))


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        organization_id=row.organization_id,
        project_id=row.project_id,
        name=row.name,
        access_key=row.access_key,
        networks=stored_networks(row.networks),
        scopes=_stored_scopes(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        person_id=row.created_by,
        role=Role(row.role) if row.role else Role.ADMIN,
        project_is_archived=row.archived_at is not None,
    )


@lru_cache(maxsize=64)
def _stored_scopes(text: str) -> Scopes:
    return frozenset(Scope(scope) for scope in text.split())
