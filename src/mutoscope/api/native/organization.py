"""The caller's organization; for the house, all of them."""

from http import HTTPStatus

from fastapi import APIRouter

from mutoscope.api.access import ActorHere, HouseHere, Reader, RoomsHere
from mutoscope.api.native.addresses import AddressesHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_people import (
    NewOrganizationBody,
    NewOrganizationReply,
    OrganizationChange,
    OrganizationList,
    OrganizationReply,
    organization_reply,
    person_reply,
)
from mutoscope.generations import change_organization, found_organization

router = APIRouter(tags=["organization"], responses=REFUSALS)


@router.get("/organization")
def get_organization(rooms: RoomsHere, owner: Reader) -> OrganizationReply:
    """The organization that the key belongs to."""
    with rooms.database.snapshot() as tx:
        return organization_reply(rooms.projects.organization(tx, owner.organization_id))


@router.patch("/organization")
def patch_organization(
    body: OrganizationChange, rooms: RoomsHere, actor: ActorHere
) -> OrganizationReply:
    """Give it another name, or another time zone for its days and months."""
    changed = change_organization(rooms, actor, name=body.name, time_zone=body.time_zone)
    return organization_reply(changed)


@router.get("/organizations")
def list_organizations(
    rooms: RoomsHere,
    house: HouseHere,  # noqa: ARG001 - who may
) -> OrganizationList:
    """For the house: every tenant."""
    with rooms.database.snapshot() as tx:
        found = rooms.projects.organizations(tx)
    return OrganizationList(items=[organization_reply(each) for each in found])


@router.post("/organizations", status_code=HTTPStatus.CREATED)
def create_organization(
    body: NewOrganizationBody, rooms: RoomsHere, actor: ActorHere, addresses: AddressesHere
) -> NewOrganizationReply:
    """For the house: take a tenant in."""
    founded = found_organization(
        rooms, actor, name=body.name, owner_name=body.owner_name, owner_email=body.owner_email
    )
    return NewOrganizationReply(
        organization=organization_reply(founded.organization),
        owner=person_reply(founded.owner),
        owner_link=f"{addresses.base_url}/sign-in?token={founded.link_token}",
    )
