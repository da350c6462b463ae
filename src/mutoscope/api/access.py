"""Who is asking: what every router may depend on."""

from typing import Annotated

from fastapi import Depends, Request

from mutoscope.api.throttle import Throttle
from mutoscope.core.errors import AddressNotAllowed, NotAuthenticated
from mutoscope.core.ids import KeyId
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import Key


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


async def bearer_here(request: Request) -> str:
    """The token, for a route."""
    return bearer(request)


def throttle(request: Request, key_id: KeyId | None) -> None:
    """RateLimited when the key asks too often."""
    limits: Throttle = request.app.state.throttle
    limits.pass_through(key_id)


def owner_of(request: Request, key: Key) -> Owner:
    """Whom the key speaks for. AddressNotAllowed when it may not be used from here."""
    address = request.client.host if request.client else None
    if not key.networks.hold(address):
        raise AddressNotAllowed(f"this key may not be used from {address}")
    return Owner(key.organization_id, key.project_id, key_id=key.id)


def owner_of_key(
    request: Request, rooms: RoomsHere, token: Annotated[str, Depends(bearer_here)]
) -> Owner:
    """Whom the API key speaks for."""
    with rooms.database.snapshot() as tx:
        key = rooms.keys.by_api_key(tx, token)
    throttle(request, key.id)
    return owner_of(request, key)


OwnerHere = Annotated[Owner, Depends(owner_of_key)]
