"""Invitations: links that make whoever follows one a member, once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import InvalidRequest, NotAuthenticated, NotFound
from mutoscope.core.ids import InvitationId, OrganizationId, PersonId, new_opaque_id
from mutoscope.db.schema import invitation
from mutoscope.identity.roles import Role
from mutoscope.identity.secrets import new_token, token_hash

DAYS_DEFAULT = 7
DAYS_MAX = 30
PREFIX = "join_"


@dataclass(frozen=True)
class Invitation:
    """An offer to become a member, in a role that is fixed."""

    id: InvitationId
    organization_id: OrganizationId
    role: Role
    # Whose it is; None for whoever holds the link.
    email: str | None
    invited_by: PersonId | None
    created_at: Milliseconds
    expires_at: Milliseconds


class Invitations:
    """Writes, finds and takes them back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def write(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        *,
        role: Role,
        email: str | None,
        invited_by: PersonId | None,
        days: int = DAYS_DEFAULT,
    ) -> tuple[Invitation, str]:
        """An invitation and the token of its link, which is shown this once."""
        if not 1 <= days <= DAYS_MAX:
            raise InvalidRequest(f"an invitation is good for 1 to {DAYS_MAX} days", field="days")
        token = new_token(PREFIX)
        now = self._clock.now()
        new = {
            "id": InvitationId(new_opaque_id()),
            "token_hash": token_hash(token),
            "organization_id": organization_id,
            "role": role,
            "email": email,
            "invited_by": invited_by,
            "created_at": now,
            "expires_at": now + days * 86_400_000,
        }
        row = tx.execute(insert(invitation).values(new).returning(invitation)).one()
        return _invitation(row), token

    def list(self, tx: Connection, organization_id: OrganizationId) -> list[Invitation]:
        """Those that can still be followed, oldest first."""
        ours = invitation.c.organization_id == organization_id
        query = select(invitation).where(ours & self._open()).order_by(invitation.c.created_at)
        return [_invitation(row) for row in tx.execute(query)]

    def read(self, tx: Connection, token: str) -> Invitation:
        """The invitation of that link, still unused. NotAuthenticated when it can't be followed."""
        this = invitation.c.token_hash == token_hash(token)
        row = tx.execute(select(invitation).where(this & self._open())).first()
        if row is None:
            raise NotAuthenticated(
                "this invitation was used, taken back, or is too old",
                field="token",
                fix="ask for a new one",
            )
        return _invitation(row)

    def use(self, tx: Connection, invitation_id: InvitationId, person_id: PersonId) -> None:
        """Note who came by it; it works no more. NotAuthenticated when it was used meanwhile."""
        this = invitation.c.id == invitation_id
        new = {"ended_at": self._clock.now(), "person_id": person_id}
        used = tx.execute(update(invitation).where(this & self._open()).values(new))
        if used.rowcount != 1:
            raise NotAuthenticated("this invitation was used", field="token")

    def revoke(
        self, tx: Connection, organization_id: OrganizationId, invitation_id: InvitationId
    ) -> None:
        """Take one back. NotFound when it is none of theirs or no longer open."""
        this = (invitation.c.id == invitation_id) & (
            invitation.c.organization_id == organization_id
        )
        ended = tx.execute(
            update(invitation).where(this & self._open()).values(ended_at=self._clock.now())
        )
        if ended.rowcount != 1:
            raise NotFound("there is no such invitation")

    def revoke_all_by(self, tx: Connection, person_id: PersonId) -> None:
        """Take back what somebody has written who may not any more."""
        theirs = invitation.c.invited_by == person_id
        tx.execute(
            update(invitation).where(theirs & self._open()).values(ended_at=self._clock.now())
        )

    def _open(self) -> Any:
        return invitation.c.ended_at.is_(None) & (invitation.c.expires_at > self._clock.now())


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        organization_id=row.organization_id,
        role=Role(row.role),
        email=row.email,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
