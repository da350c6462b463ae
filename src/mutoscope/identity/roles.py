"""What each role may do: one table."""

from enum import StrEnum

from mutoscope.core.errors import InvalidRequest


class Role(StrEnum):
    """What somebody is in their organization, from the one who may most."""

    OWNER = "owner"
    ADMIN = "admin"
    PRODUCER = "producer"
    CREATOR = "creator"
    VIEWER = "viewer"

    @classmethod
    def parse(cls, text: str) -> "Role":
        """Read a role. InvalidRequest lists those there are."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidRequest(
                f"{text!r} is no role", field="role", fix=f"send one of {', '.join(cls)}"
            ) from None


class Permission(StrEnum):
    """What there is to be allowed."""

    PEOPLE_MANAGE = "people.manage"
    PROJECTS_MANAGE = "projects.manage"
    KEYS_MANAGE = "keys.manage"
    CREDITS_VIEW = "credits.view"
    # Budgets, redeem codes, orders.
    CREDITS_MANAGE = "credits.manage"
    GENERATIONS_CREATE = "generations.create"
    GENERATIONS_VIEW = "generations.view"
    REVIEWS_DECIDE = "reviews.decide"
    TRAIL_VIEW = "trail.view"
    # Prices, plans, grants and all organizations: only in the organization that came first.
    HOUSE_ADMINISTER = "house.administer"


_LOOKS = frozenset({Permission.GENERATIONS_VIEW, Permission.CREDITS_VIEW})
_MAKES = _LOOKS | {Permission.GENERATIONS_CREATE}
_PRODUCES = _MAKES | {
    Permission.PROJECTS_MANAGE,
    Permission.KEYS_MANAGE,
    Permission.REVIEWS_DECIDE,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.PRODUCER: _PRODUCES,
    Role.CREATOR: _MAKES,
    Role.VIEWER: _LOOKS,
}


def permissions_of(role: Role, *, in_house: bool) -> frozenset[Permission]:
    """What the role may do; `in_house` in the organization that runs this service."""
    allowed = PERMISSIONS[role]
    return allowed if in_house else allowed - {Permission.HOUSE_ADMINISTER}


def may_give(giver: str, role: Role) -> bool:
    """Whether `giver` may make somebody that, or change somebody who is."""
    return giver == Role.OWNER or role is not Role.OWNER
