"""The first run: whoever came by the first link says who they are, and whose house this is."""

from mutoscope.core.errors import Conflict, InvalidRequest
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission, Person


def is_set_up(rooms: Rooms) -> bool:
    """Whether somebody who administers this service has a password."""
    with rooms.database.snapshot() as tx:
        return rooms.people.an_administrator_has_a_password(tx)


def set_up(
    rooms: Rooms, person: Person, *, organization: str, name: str, email: str, password: str
) -> None:
    """Name the organization and its first administrator, and give them a password. Works once.

    InvalidRequest and Conflict name the field that can't be so: then nothing is changed.
    """
    person.actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        if rooms.people.an_administrator_has_a_password(tx):
            raise Conflict("this service is set up already", fix="change names under Team")
        try:
            rooms.projects.change_organization(tx, person.organization_id, name=organization)
        except InvalidRequest as error:
            raise InvalidRequest(error.detail, field="organization", fix=error.fix) from error
        rooms.people.rename(tx, person.id, name=name, email=email)
        rooms.people.set_password(tx, person.id, password)
        rooms.trail.record(
            tx,
            person.actor,
            "house.service.set_up",
            person.organization_id,
            person.organization_id,
            name=organization.strip(),
        )
