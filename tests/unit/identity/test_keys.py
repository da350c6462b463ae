import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from tests.support.world import World

from mutoscope.core.errors import NotAuthenticated
from mutoscope.identity import (
    Credentials,
    TokenExpired,
    TokenMalformed,
    TokenNotYetValid,
    UnknownAccessKey,
)


@pytest.fixture
def credentials(world: World) -> Credentials:
    with world.rooms.database.transaction() as tx:
        return world.rooms.keys.create(
            tx, world.owner.organization_id, world.owner.project_id, "test"
        )


def signed(secret: str, claims: dict[str, Any], algorithm: str = "HS256") -> str:
    """A JWT by hand: the tests share no code with what they test."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    body = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return f"{body}.{'' if algorithm == 'none' else signature}"


def claims(credentials: Credentials, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"iss": credentials.access_key, "exp": now + 1800, "nbf": now - 5} | changes


def who(world: World, token: str) -> str:
    with world.rooms.database.snapshot() as tx:
        return world.rooms.keys.by_jwt(tx, token).organization_id


def test_a_token_signed_with_the_secret_key_is_its_owner(
    world: World, credentials: Credentials
) -> None:
    token = signed(credentials.secret_key, claims(credentials, iat=0, extra="welcome", sub=7))
    assert who(world, token) == world.owner.organization_id


def test_an_api_key_is_its_owner_and_another_is_nobody(
    world: World, credentials: Credentials
) -> None:
    with world.rooms.database.snapshot() as tx:
        assert world.rooms.keys.by_api_key(tx, credentials.api_key).id == credentials.id
        with pytest.raises(NotAuthenticated):
            world.rooms.keys.by_api_key(tx, credentials.api_key + "x")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"exp": 1}, TokenExpired),
        ({"nbf": 2**40}, TokenNotYetValid),
        ({"iss": "ak_nobody"}, UnknownAccessKey),
        ({"iss": 5}, NotAuthenticated),
        ({"exp": "soon"}, NotAuthenticated),
    ],
)
def test_a_token_that_does_not_hold_is_refused(
    world: World, credentials: Credentials, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        who(world, signed(credentials.secret_key, claims(credentials, **changes)))


def test_a_token_without_an_end_is_refused(world: World, credentials: Credentials) -> None:
    endless = {"iss": credentials.access_key}
    with pytest.raises(NotAuthenticated, match="exp"):
        who(world, signed(credentials.secret_key, endless))


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256"])
def test_the_algorithm_is_not_negotiable(
    world: World, credentials: Credentials, algorithm: str
) -> None:
    with pytest.raises(NotAuthenticated):
        who(world, signed(credentials.secret_key, claims(credentials), algorithm))


def test_a_token_signed_with_another_secret_is_refused(
    world: World, credentials: Credentials
) -> None:
    with pytest.raises(NotAuthenticated):
        who(world, signed("sk_guess", claims(credentials)))


@pytest.mark.parametrize("text", ["", "garbage", "a.b", "a.b.c", "." * 10, "x" * 10_000, "é.é.é"])
def test_what_is_no_token_is_refused(world: World, text: str) -> None:
    with pytest.raises(TokenMalformed):
        who(world, text)


def test_a_revoked_key_is_worth_nothing_at_once(world: World, credentials: Credentials) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.keys.revoke(tx, world.owner.organization_id, credentials.id)
    with world.rooms.database.snapshot() as tx, pytest.raises(NotAuthenticated):
        world.rooms.keys.by_api_key(tx, credentials.api_key)
    with pytest.raises(NotAuthenticated):
        who(world, signed(credentials.secret_key, claims(credentials)))


def test_no_secret_lies_open_in_the_database(world: World, credentials: Credentials) -> None:
    with world.rooms.database.snapshot() as tx:
        rows = tx.exec_driver_sql("SELECT * FROM api_key").all()
    stored = repr(rows)
    assert credentials.access_key in stored
    assert credentials.secret_key not in stored
    assert credentials.api_key not in stored
