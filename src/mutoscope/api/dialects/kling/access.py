"""Who is asking, in Kling's two ways: a JWT signed with the secret key, or a static API key."""

from fastapi import Request

from mutoscope.api.access import admitted, bearer, owner_of, rooms_of
from mutoscope.generations import Owner
from mutoscope.identity import API_KEY_PREFIX, Key, Scope, TokenMalformed


def by_token_or_key(request: Request) -> Owner:
    """For the legacy standard: either way is good."""
    return owner_for(request, key_by_either(request))


def key_by_either(request: Request) -> Key:
    """The key that a token or an API key proves."""
    token = bearer(request)
    rooms = rooms_of(request)
    with rooms.database.snapshot() as tx:
        if token.startswith(API_KEY_PREFIX):
            return rooms.keys.by_api_key(tx, token)
        return rooms.keys.by_jwt(tx, token)


def owner_for(request: Request, key: Key) -> Owner:
    """Whom the key speaks for, if it may be used for this request."""
    return owner_of(admitted(request, key, scope_for(request)))


def by_key(request: Request) -> Owner:
    """For the new standard: static API keys only."""
    token = bearer(request)
    if not token.startswith(API_KEY_PREFIX):
        raise TokenMalformed(
            "this API does not support AccessKey and SecretKey",
            fix="send an API key (mutoscope keys create)",
        )
    rooms = rooms_of(request)
    with rooms.database.snapshot() as tx:
        key = rooms.keys.by_api_key(tx, token)
    return owner_for(request, key)


def scope_for(request: Request) -> Scope:
    """What a key needs for a request: Kling only asks with GET and only makes with others."""
    if "/account/" in request.url.path:
        return Scope.CREDITS_READ
    return Scope.GENERATIONS_READ if request.method == "GET" else Scope.GENERATIONS_WRITE
