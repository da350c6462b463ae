"""Who is asking: what every router may depend on."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError

from mutoscope.api.throttle import Throttle
from mutoscope.core.actor import Actor
from mutoscope.core.errors import AddressNotAllowed, NotAuthenticated, NotPermitted, ScopeMissing
from mutoscope.core.ids import KeyId
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import Key, Permission, Scope, allowed_by


class CredentialsMissing(NotAuthenticated):
    """There is no Authorization header."""


def rooms_of(request: Request) -> Rooms:
    """The house, as `app.py` built it."""
    rooms: Rooms = request.app.state.rooms
    return rooms


# Async, here and below, where there is nothing to wait for: a plain function is sent to a thread.
async def rooms_here(request: Request) -> Rooms:
    """The house, for a route."""
    return rooms_of(request)


RoomsHere = Annotated[Rooms, Depends(rooms_here)]


def bearer(request: Request) -> str:
    """The token of the Authorization header. NotAuthenticated says what is missing."""
    header = request.headers.get("authorization", "")
    if not header.strip():
        raise CredentialsMissing(
            "no Authorization header", field="Authorization", fix="send: Bearer YOUR_API_KEY"
        )
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated(
            "the Authorization header must read: Bearer YOUR_API_KEY", field="Authorization"
        )
    return token.strip()


def throttle(request: Request, key_id: KeyId | None) -> None:
    """RateLimited when the key asks too often."""
    limits: Throttle = request.app.state.throttle
    limits.pass_through(key_id)


def admitted(request: Request, key: Key, scope: Scope) -> Key:
    """The key, if it may be used for that, from here, today.

    AddressNotAllowed, ScopeMissing or NotPermitted otherwise.
    """
    address = request.client.host if request.client else None
    if not key.networks.hold(address):
        raise AddressNotAllowed(f"this key may not be used from {address}")
    if scope not in key.scopes:
        raise ScopeMissing(
            f"this key lacks the scope {scope}",
            fix=f"make a key with it: mutoscope keys create --scope {scope}",
        )
    if scope is Scope.GENERATIONS_WRITE and key.project_is_archived:
        raise NotPermitted(
            "this key's project is archived", fix="restore it, or use another project's key"
        )
    if scope is not Scope.ADMIN and not allowed_by(frozenset({scope})) <= _allowed(key):
        raise NotPermitted(f"whoever made this key is a {key.role} now, and may not do that")
    request.state.key = key
    return key


def note_use(rooms: Rooms, key: Key) -> None:
    """Write down that a key is used, once a minute. May wait for a writer: not for the loop."""
    if rooms.keys.is_news(key):
        # Not worth an error: a full disk must not keep people from reading.
        with suppress(OperationalError), rooms.database.transaction() as tx:
            rooms.keys.note_use(tx, key.id)


def _allowed(key: Key) -> frozenset[str]:
    return key.actor(in_house=False).permissions


def owner_of(key: Key) -> Owner:
    """Whom the key speaks for. What it spends counts to the person who made it."""
    return Owner(key.organization_id, key.project_id, key_id=key.id, person_id=key.person_id)


def key_with(scope: Scope) -> Callable[..., Key]:
    """A dependency: the API key of the request, which must have that scope."""

    def key_here(request: Request) -> Key:
        return key_of(request, scope)

    return key_here


def key_of(request: Request, scope: Scope) -> Key:
    """The API key of a request, which must have that scope and must not ask too often."""
    token, rooms = bearer(request), rooms_of(request)
    with rooms.database.snapshot() as tx:
        key = rooms.keys.by_api_key(tx, token)
    throttle(request, key.id)
    admitted(request, key, scope)
    note_use(rooms, key)
    return key


def _owner_with(scope: Scope) -> Callable[[Key], Coroutine[Any, Any, Owner]]:
    async def owner(key: Annotated[Key, Depends(key_with(scope))]) -> Owner:
        return owner_of(key)

    return owner


_key_for_administration = key_with(Scope.ADMIN)


def actor_of_key(rooms: RoomsHere, key: Annotated[Key, Depends(_key_for_administration)]) -> Actor:
    """Who does something through the API: a key for administration, on its person's behalf."""
    with rooms.database.snapshot() as tx:
        return key.actor(in_house=rooms.people.house(tx) == key.organization_id)


def maker_of_key(
    rooms: RoomsHere, key: Annotated[Key, Depends(key_with(Scope.GENERATIONS_WRITE))]
) -> Actor:
    """Who does something to generations through the API: what it leaves a trail of."""
    with rooms.database.snapshot() as tx:
        return key.actor(in_house=rooms.people.house(tx) == key.organization_id)


def _manager_with(
    permission: Permission,
) -> Callable[[Actor, Key], Coroutine[Any, Any, Owner]]:
    async def manager(
        actor: Annotated[Actor, Depends(actor_of_key)],
        key: Annotated[Key, Depends(_key_for_administration)],
    ) -> Owner:
        actor.check(permission)
        return owner_of(key)

    return manager


Reader = Annotated[Owner, Depends(_owner_with(Scope.GENERATIONS_READ))]
Maker = Annotated[Owner, Depends(_owner_with(Scope.GENERATIONS_WRITE))]
FileReader = Annotated[Owner, Depends(_owner_with(Scope.FILES_READ))]
CreditsReader = Annotated[Owner, Depends(_owner_with(Scope.CREDITS_READ))]
CreditsManager = Annotated[Owner, Depends(_manager_with(Permission.CREDITS_MANAGE))]
HouseHere = Annotated[Owner, Depends(_manager_with(Permission.HOUSE_ADMINISTER))]
ActorHere = Annotated[Actor, Depends(actor_of_key)]
MakingActor = Annotated[Actor, Depends(maker_of_key)]
