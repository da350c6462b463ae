"""Bring people in: write an invitation, take it back, follow it."""

from mutoscope.core.actor import Actor
from mutoscope.core.errors import InvalidRequest, NotPermitted
from mutoscope.core.ids import InvitationId
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Invitation, Permission, Person, Role, may_give, valid_email


def invite(
    rooms: Rooms, actor: Actor, *, role: Role, email: str | None = None, days: int = 7
) -> tuple[Invitation, str]:
    """An invitation and the token of its link, which is shown this once."""
    actor.check(Permission.PEOPLE_MANAGE)
    if not may_give(actor.role, role):
        raise NotPermitted("only owners invite owners", field="role")
    with rooms.database.transaction() as tx:
        invitation, token = rooms.invitations.write(
            tx,
            actor.organization_id,
            role=role,
            email=None if email is None else valid_email(email),
            invited_by=actor.person_id,
            days=days,
        )
        rooms.trail.record(
            tx,
            actor,
            "identity.invitation.created",
            invitation.id,
            actor.organization_id,
            role=role,
            email=invitation.email,
        )
    return invitation, token


def take_back(rooms: Rooms, actor: Actor, invitation_id: InvitationId) -> None:
    """Make an invitation worthless at once."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.transaction() as tx:
        rooms.invitations.revoke(tx, actor.organization_id, invitation_id)
        rooms.trail.record(
            tx, actor, "identity.invitation.revoked", invitation_id, actor.organization_id
        )


def join(rooms: Rooms, token: str, *, name: str, email: str, password: str) -> Person:
    """Become a member by an invitation, which is used up."""
    with rooms.database.transaction() as tx:
        invitation = rooms.invitations.read(tx, token)
        address = valid_email(email)
        if invitation.email is not None and invitation.email != address:
            raise InvalidRequest(
                "this invitation is for another address",
                field="email",
                fix="use the address it was sent to",
            )
        organization_id = invitation.organization_id
        person_id = rooms.people.add(
            tx, organization_id, name=name, email=address, role=invitation.role
        )
        rooms.people.set_password(tx, person_id, password)
        rooms.invitations.use(tx, invitation.id, person_id)
        person = rooms.people.find(tx, organization_id, person_id)
        rooms.trail.record(
            tx,
            person.actor,
            "identity.person.joined",
            person_id,
            organization_id,
            role=person.role,
            invitation=invitation.id,
        )
    return person
