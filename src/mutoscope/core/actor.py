"""Who does something, and what they may do."""

from dataclasses import dataclass, field

from mutoscope.core.errors import NotPermitted
from mutoscope.core.ids import KeyId, OrganizationId, PersonId


@dataclass(frozen=True)
class Actor:
    """A person, or a key on a person's behalf. Permissions are names such as `people.manage`."""

    organization_id: OrganizationId
    person_id: PersonId | None = None
    key_id: KeyId | None = None
    role: str = "viewer"
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether they have it."""
        return permission in self.permissions

    def check(self, permission: str) -> None:
        """NotPermitted when they don't."""
        if not self.may(permission):
            whose = "this key" if self.key_id else f"the role {self.role}"
            raise NotPermitted(
                f"{whose} does not include {permission}",
                fix="ask an owner or administrator of your organization",
            )
