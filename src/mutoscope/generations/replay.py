"""Tell a caller once more what it was told, or should have been told."""

from mutoscope.callbacks import Delivery
from mutoscope.core.actor import Actor
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission


def replay_callback(rooms: Rooms, actor: Actor, delivery_id: int) -> Delivery:
    """Deliver it again with the same body; Conflict while it is still on its way."""
    actor.check(Permission.GENERATIONS_CREATE)
    organization_id = actor.organization_id
    with rooms.database.transaction() as tx:
        found = rooms.outbox.replay(tx, organization_id, delivery_id)
        rooms.trail.record(
            tx, actor, "callbacks.delivery.replayed", str(delivery_id), organization_id
        )
    return found
