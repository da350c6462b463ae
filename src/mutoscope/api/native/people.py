"""People of the organization, and invitations to it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from mutoscope.api.access import ActorHere, RoomsHere
from mutoscope.api.native.addresses import AddressesHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_people import (
    InvitationBody,
    InvitationList,
    JoinBody,
    NewInvitationReply,
    PersonChange,
    PersonList,
    PersonReply,
    invitation_reply,
    person_reply,
)
from mutoscope.core.ids import InvitationId, PersonId
from mutoscope.generations import dismiss, invite, join, readmit, set_role, take_back
from mutoscope.identity import Permission, Role

router = APIRouter(tags=["people"], responses=REFUSALS)

PersonText = Annotated[str, Path(max_length=64)]


@router.get("/people")
def list_people(rooms: RoomsHere, actor: ActorHere) -> PersonList:
    """Everyone in the organization."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.snapshot() as tx:
        found = rooms.people.list(tx, actor.organization_id)
    return PersonList(items=[person_reply(each) for each in found])


@router.get("/people/{person_id}")
def get_person(person_id: PersonText, rooms: RoomsHere, actor: ActorHere) -> PersonReply:
    """One of them."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.snapshot() as tx:
        found = rooms.people.find(tx, actor.organization_id, PersonId(person_id))
    return person_reply(found)


@router.patch("/people/{person_id}")
def change_person(
    person_id: PersonText, body: PersonChange, rooms: RoomsHere, actor: ActorHere
) -> PersonReply:
    """Promote, demote, disable or enable. Their sessions end, and what they may not have."""
    whom = PersonId(person_id)
    if body.role is not None:
        set_role(rooms, actor, whom, Role.parse(body.role))
    if body.disabled is not None:
        (dismiss if body.disabled else readmit)(rooms, actor, whom)
    return get_person(person_id, rooms, actor)


@router.post("/invitations", status_code=HTTPStatus.CREATED)
def create_invitation(
    body: InvitationBody, rooms: RoomsHere, actor: ActorHere, addresses: AddressesHere
) -> NewInvitationReply:
    """A link that makes one person a member. It is shown this once."""
    invitation, token = invite(
        rooms, actor, role=Role.parse(body.role), email=body.email, days=body.days
    )
    plain = invitation_reply(invitation)
    url = f"{addresses.base_url}/join?token={token}"
    return NewInvitationReply(**plain.model_dump(), token=token, url=url)


@router.get("/invitations")
def list_invitations(rooms: RoomsHere, actor: ActorHere) -> InvitationList:
    """Those that can still be followed."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.snapshot() as tx:
        found = rooms.invitations.list(tx, actor.organization_id)
    return InvitationList(items=[invitation_reply(each) for each in found])


@router.delete("/invitations/{invitation_id}", status_code=HTTPStatus.NO_CONTENT)
def revoke_invitation(
    invitation_id: Annotated[str, Path(max_length=64)], rooms: RoomsHere, actor: ActorHere
) -> None:
    """Take one back."""
    take_back(rooms, actor, InvitationId(invitation_id))


@router.post("/invitations/accept", status_code=HTTPStatus.CREATED)
def accept_invitation(body: JoinBody, rooms: RoomsHere) -> PersonReply:
    """Become a member. Needs no key: the invitation is one."""
    person = join(rooms, body.token, name=body.name, email=body.email, password=body.password)
    return person_reply(person)
