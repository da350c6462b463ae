"""What people do with what was made: judge it, throw it away, take it back."""

from collections.abc import Sequence

from mutoscope.core.errors import Conflict, InvalidRequest
from mutoscope.core.ids import GenerationId, OrganizationId
from mutoscope.generations import store
from mutoscope.generations.rooms import Rooms

STARS_MAX = 5
# As many as may be picked at once.
PICKED_MAX = 200


def rate(
    rooms: Rooms, organization_id: OrganizationId, generation_id: GenerationId, stars: int | None
) -> None:
    """Give it one to five stars, or take them off."""
    if stars is not None and not 1 <= stars <= STARS_MAX:
        raise InvalidRequest(f"there are 1 to {STARS_MAX} stars", field="stars")
    with rooms.database.transaction() as tx:
        store.find(tx, organization_id, generation_id)
        store.rate(tx, generation_id, stars)


def throw_away(
    rooms: Rooms, organization_id: OrganizationId, ids: Sequence[GenerationId]
) -> list[GenerationId]:
    """Put generations out of everybody's sight; after a week their files go too. All or none.

    Conflict while one of them is queued or running: cancel it first.
    """
    _check_number(ids)
    with rooms.database.transaction() as tx:
        for each in ids:
            generation = store.find(tx, organization_id, each)
            if not generation.state.is_terminal:
                raise Conflict(f"{each} is {generation.state}", fix="cancel it first")
        store.mark_trashed(tx, ids, rooms.clock.now())
    return list(ids)


def put_back(rooms: Rooms, organization_id: OrganizationId, ids: Sequence[GenerationId]) -> int:
    """Put back what was thrown away, where it is not gone for good; returns how many."""
    _check_number(ids)
    with rooms.database.transaction() as tx:
        return store.mark_restored(tx, organization_id, ids)


def _check_number(ids: Sequence[GenerationId]) -> None:
    if len(ids) > PICKED_MAX:
        raise InvalidRequest(f"at most {PICKED_MAX} at once", field="of")
