"""Change what somebody may do, or show them the door: at once, whatever they have under way."""

from sqlalchemy import Connection

from mutoscope.core.actor import Actor
from mutoscope.core.errors import Conflict, NotPermitted
from mutoscope.core.ids import PersonId
from mutoscope.generations import store
from mutoscope.generations.cancel import cancel_within
from mutoscope.generations.guests import revoke_guests_of
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission, Person, Role, may_give


def dismiss(rooms: Rooms, actor: Actor, person_id: PersonId) -> Person:
    """Disable somebody: sessions, links, keys and invitations end, and what they make stops.

    So do the links that they gave to guests. Conflict when nobody would own the organization
    without them.
    """
    with rooms.database.transaction() as tx:
        person = _changeable(tx, rooms, actor, person_id)
        if person.disabled_at is None:
            _check_not_last_owner(tx, rooms, person)
            rooms.people.disable(tx, person_id)
            after = rooms.people.find(tx, person.organization_id, person_id)
            facts = _withdraw(tx, rooms, after)
            rooms.trail.record(
                tx, actor, "identity.person.disabled", person_id, person.organization_id, **facts
            )
        return rooms.people.find(tx, person.organization_id, person_id)


def readmit(rooms: Rooms, actor: Actor, person_id: PersonId) -> Person:
    """Let somebody in again, by the password they had. Their keys stay revoked."""
    with rooms.database.transaction() as tx:
        person = _changeable(tx, rooms, actor, person_id)
        if person.disabled_at is not None:
            rooms.people.enable(tx, person_id)
            rooms.trail.record(
                tx, actor, "identity.person.enabled", person_id, person.organization_id
            )
        return rooms.people.find(tx, person.organization_id, person_id)


def set_role(rooms: Rooms, actor: Actor, person_id: PersonId, role: Role) -> Person:
    """Promote or demote somebody: every session of theirs ends.

    What they may not have any more ends too: keys, invitations, generations under way.
    """
    with rooms.database.transaction() as tx:
        person = _changeable(tx, rooms, actor, person_id)
        if not may_give(actor.role, role):
            raise NotPermitted("only owners make owners", field="role")
        if role is person.role:
            return person
        if role is not Role.OWNER:
            _check_not_last_owner(tx, rooms, person)
        rooms.people.set_role(tx, person_id, role)
        after = rooms.people.find(tx, person.organization_id, person_id)
        facts = _withdraw(tx, rooms, after)
        order = list(Role)
        verb = "promoted" if order.index(role) < order.index(person.role) else "demoted"
        rooms.trail.record(
            tx,
            actor,
            f"identity.person.{verb}",
            person_id,
            person.organization_id,
            before=person.role,
            after=role,
            **facts,
        )
        return after


def _changeable(tx: Connection, rooms: Rooms, actor: Actor, person_id: PersonId) -> Person:
    actor.check(Permission.PEOPLE_MANAGE)
    person = rooms.people.find(tx, actor.organization_id, person_id)
    if not may_give(actor.role, person.role):
        raise NotPermitted("only owners change what owners may do")
    return person


def _check_not_last_owner(tx: Connection, rooms: Rooms, person: Person) -> None:
    if rooms.people.is_last_owner(tx, person):
        raise Conflict("this is the last owner", fix="make somebody else an owner first")


def _withdraw(tx: Connection, rooms: Rooms, person: Person) -> dict[str, int]:
    """End what a person may not have as they are now; says how much of each there was."""
    is_out = person.disabled_at is not None
    facts = {"keys_revoked": 0, "generations_canceled": 0}
    if is_out:
        facts["guest_links_ended"] = revoke_guests_of(tx, person.id, rooms.clock.now())
    if is_out or not person.may(Permission.KEYS_MANAGE):
        facts["keys_revoked"] = len(rooms.keys.revoke_all_of(tx, person.id))
    if is_out or not person.may(Permission.PEOPLE_MANAGE):
        rooms.invitations.revoke_all_by(tx, person.id)
    if is_out or not person.may(Permission.GENERATIONS_CREATE):
        under_way = store.under_way_of(tx, person.organization_id, person.id)
        for generation_id in under_way:
            cancel_within(tx, rooms, person.organization_id, generation_id)
        facts["generations_canceled"] = len(under_way)
    return facts
