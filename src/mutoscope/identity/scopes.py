"""What a key may be used for."""

from collections.abc import Iterable
from enum import StrEnum

from mutoscope.core.errors import InvalidRequest
from mutoscope.identity.roles import Permission


class Scope(StrEnum):
    """One thing that a key may be used for."""

    GENERATIONS_READ = "generations:read"
    GENERATIONS_WRITE = "generations:write"
    FILES_READ = "files:read"
    CREDITS_READ = "credits:read"
    # People, projects, keys, budgets, the trail; the whole house for people who run it.
    ADMIN = "admin"


Scopes = frozenset[Scope]

DEFAULT_SCOPES: Scopes = frozenset(Scope) - {Scope.ADMIN}

ALLOWS: dict[Scope, frozenset[Permission]] = {
    Scope.GENERATIONS_READ: frozenset({Permission.GENERATIONS_VIEW}),
    Scope.GENERATIONS_WRITE: frozenset({Permission.GENERATIONS_CREATE}),
    Scope.FILES_READ: frozenset({Permission.GENERATIONS_VIEW}),
    Scope.CREDITS_READ: frozenset({Permission.CREDITS_VIEW}),
    Scope.ADMIN: frozenset(Permission) - {Permission.GENERATIONS_CREATE},
}


def parse_scopes(texts: Iterable[str]) -> Scopes:
    """Read scopes. InvalidRequest lists those there are, for unknown ones and for none at all."""
    found = set()
    for text in texts:
        try:
            found.add(Scope(text))
        except ValueError:
            raise InvalidRequest(
                f"{text!r} is no scope", field="scopes", fix=f"send some of {', '.join(Scope)}"
            ) from None
    if not found:
        raise InvalidRequest(
            "a key without scopes could do nothing",
            field="scopes",
            fix=f"send some of {', '.join(Scope)}, or leave scopes out for all but {Scope.ADMIN}",
        )
    return frozenset(found)


def scopes_text(scopes: Scopes) -> str:
    """Scopes as the database holds them, in one order."""
    return " ".join(scope for scope in Scope if scope in scopes)


def allowed_by(scopes: Scopes) -> frozenset[Permission]:
    """What a key with these scopes may do, if the person behind it may."""
    return frozenset().union(*(ALLOWS[scope] for scope in scopes))
