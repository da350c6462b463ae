"""Several videos of ours become one: a job like any other, which costs nothing."""

from collections.abc import Sequence, Set
from dataclasses import replace

from sqlalchemy import Connection

from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import Conflict
from mutoscope.core.ids import JobId, new_generation_id
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Task
from mutoscope.generations import store
from mutoscope.generations.generation import Generation, Owner
from mutoscope.generations.rooms import Rooms

# Every worker serves it.
LANE = "storyboard"


def join_videos(
    tx: Connection,
    rooms: Rooms,
    owner: Owner,
    shots: Sequence[Generation],
    *,
    title: str,
    dissolving: Set[int] = frozenset(),
) -> Generation:
    """Ask for the first result of each, one after the other, in one newly labelled file.

    Those whose numbers (from 0) are in `dissolving` come in while the one before goes.
    Conflict when they differ in size or frames per second.
    """
    first = shots[0].request
    for number, shot in enumerate(shots):
        theirs, ours = shot.results[0], shots[0].results[0]
        if (theirs.width, theirs.height, theirs.fps) != (ours.width, ours.height, ours.fps):
            raise Conflict(
                f"shot {number + 1} has other pixels or another speed than the first",
                field=f"shots[{number}]",
                fix="make them all with one model at one size",
            )
    request = GenerationRequest(
        task=Task.TEXT_TO_VIDEO,
        model=first.model,
        prompt=title,
        shape=replace(first.shape, frames=sum(shot.results[0].frames for shot in shots)),
        size=first.size,
        seed=first.seed,
        references=tuple(
            _reference(shot, dissolves=number in dissolving) for number, shot in enumerate(shots)
        ),
    )
    nothing = Millicredits(0)
    draft = store.Draft(
        id=new_generation_id(),
        owner=owner,
        request=request,
        quote=nothing,
        price_version=0,
        unit_price=nothing,
        dialect="studio",
        dialect_echo={},
        external_task_id=None,
    )
    accepted = store.insert_generation(tx, draft, rooms.clock.now())
    rooms.ledger.reserve(tx, str(draft.id), owner.organization_id, nothing)
    rooms.jobs.enqueue(tx, JobId(draft.id), lane=LANE, tenant=owner.organization_id)
    return accepted


def _reference(shot: Generation, *, dissolves: bool) -> Reference:
    result = shot.results[0]
    return Reference(
        role=ReferenceRole.SHOT_DISSOLVING if dissolves else ReferenceRole.SHOT,
        blob=result.blob,
        media_type=result.media_type,
        width=result.width,
        height=result.height,
    )
