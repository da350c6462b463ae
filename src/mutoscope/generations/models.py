"""Which model is meant by those who name none."""

from mutoscope.core.actor import Actor
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission


def choose_default_model(rooms: Rooms, actor: Actor, name: str) -> None:
    """Let this be the default. UnknownModel or ModelUnavailable when it can't be."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        verb = "house.model.made_default"
        rooms.trail.record(tx, actor, verb, name, actor.organization_id)
        rooms.catalog.choose_default(name)
