"""API keys: one credential, proven by a bearer string or by a JWT signed with its secret half."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from sqlalchemy import Connection, Select, bindparam, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock
from mutoscope.core.errors import NotAuthenticated, NotFound
from mutoscope.core.ids import KeyId, OrganizationId, ProjectId, new_opaque_id
from mutoscope.db.schema import api_key
from mutoscope.identity.networks import Networks, stored_networks
from mutoscope.identity.secrets import Seal, new_token, token_hash

JWT_LEEWAY_SECONDS = 30
JWT_LENGTH_MAX = 4096
API_KEY_PREFIX = "mk_"


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
    networks: Networks = field(default_factory=Networks)


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
        self, tx: Connection, organization_id: OrganizationId, project_id: ProjectId, name: str
    ) -> Credentials:
        """Make a key that may spend for a project."""
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
            )
        )
        return credentials

    def list(self, tx: Connection, organization_id: OrganizationId) -> list[Key]:
        """All keys that work, oldest first."""
        rows = tx.execute(
            _working()
            .where(api_key.c.organization_id == organization_id)
            .order_by(api_key.c.created_at)
        )
        return [_key(row) for row in rows]

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
        row = tx.execute(_by_hash(), {"hash": token_hash(text)}).first()
        if row is None:
            raise NotAuthenticated("no such API key")
        return _key(row)

    def by_jwt(self, tx: Connection, token: str) -> Key:
        """Who signed this token (HS256, `iss` = access key), or a kind of NotAuthenticated."""
        row = tx.execute(_by_access_key(), {"access_key": _issuer(token)}).first()
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
    if parts != 3 or len(token) > JWT_LENGTH_MAX:
        raise TokenMalformed(f"The token was expected to have 3 parts, but got {parts}")
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenMalformed(f"the token can't be read: {error}") from error
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise TokenMalformed("the token has no iss claim; set it to your access key")
    return issuer


def _working() -> Select[Any]:
    return select(api_key).where(api_key.c.revoked_at.is_(None))


# Built once: every request asks these, and building a statement takes longer than running it.
@cache
def _by_hash() -> Select[Any]:
    return _working().where(api_key.c.api_key_hash == bindparam("hash"))


@cache
def _by_access_key() -> Select[Any]:
    return _working().where(api_key.c.access_key == bindparam("access_key"))


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        organization_id=row.organization_id,
        project_id=row.project_id,
        name=row.name,
        access_key=row.access_key,
        networks=stored_networks(row.networks),
    )
