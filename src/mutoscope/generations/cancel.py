"""Change of mind: cancel what is not done, delete what is."""

from sqlalchemy import Connection

from mutoscope.core.actor import Actor
from mutoscope.core.errors import Conflict, JobMoved
from mutoscope.core.ids import GenerationId, JobId, OrganizationId
from mutoscope.core.state import JobState
from mutoscope.generations import store
from mutoscope.generations.generation import Generation
from mutoscope.generations.loose import drop_loose
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission


def cancel(
    rooms: Rooms, organization_id: OrganizationId, generation_id: GenerationId
) -> Generation:
    """Stop a generation and return its credits: at once when queued, within a step when running.

    Conflict when it has ended otherwise; canceling twice is no error.
    """
    with rooms.database.transaction() as tx:
        return cancel_within(tx, rooms, organization_id, generation_id)


def cancel_within(
    tx: Connection, rooms: Rooms, organization_id: OrganizationId, generation_id: GenerationId
) -> Generation:
    """The same, as a part of something larger."""
    before = store.find(tx, organization_id, generation_id)
    try:
        state = rooms.jobs.request_cancel(tx, JobId(generation_id))
    except JobMoved as error:
        raise Conflict(error.detail) from error
    if state is JobState.CANCELED and before.state is not JobState.CANCELED:
        rooms.ledger.void(tx, str(generation_id))
    return store.find(tx, organization_id, generation_id)


def cancel_for_house(rooms: Rooms, actor: Actor, generation_id: GenerationId) -> Generation:
    """Stop anybody's generation, as `cancel` does; the trail of its owner says who did."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        owner = store.find_for_worker(tx, generation_id).owner.organization_id
        canceled = cancel_within(tx, rooms, owner, generation_id)
        rooms.trail.record(tx, actor, "house.generation.canceled", generation_id, owner)
        return canceled


def delete(rooms: Rooms, organization_id: OrganizationId, generation_id: GenerationId) -> None:
    """Remove a generation that has ended, with its files. Its ledger lines stay.

    Conflict while it is queued or running: cancel it first.
    """
    with rooms.database.transaction() as tx:
        generation = store.find(tx, organization_id, generation_id)
        if not generation.state.is_terminal:
            raise Conflict(f"it is {generation.state}", fix="cancel it first")
        loose = store.mark_deleted(tx, generation_id, rooms.clock.now())
    drop_loose(rooms, loose)
