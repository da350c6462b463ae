"""Create, read, list, cancel and delete generations."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from mutoscope.api.access import Maker, Reader, RoomsHere
from mutoscope.api.native.addresses import AddressesHere
from mutoscope.api.native.wire import (
    GenerationBody,
    GenerationList,
    GenerationReply,
    ProblemReply,
    StateName,
    TaskName,
    generation_reply,
)
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import GenerationId, parse_generation_id
from mutoscope.core.request import Task
from mutoscope.core.state import JobState
from mutoscope.generations import (
    CallbackWish,
    Filter,
    Submission,
    cancel,
    delete,
    find,
    listing,
    submit,
)

PROBLEM: dict[str, object] = {
    "description": "Refused: what went wrong, in which field, and what would help.",
    "content": {"application/problem+json": {"schema": ProblemReply.model_json_schema()}},
}
REFUSALS: dict[int | str, dict[str, object]] = {"4XX": PROBLEM, "5XX": PROBLEM}

router = APIRouter(prefix="/generations", tags=["generations"], responses=REFUSALS)

IdText = Annotated[str, Path(description="The id that creating it answered.", max_length=40)]


@router.post("", status_code=HTTPStatus.ACCEPTED)
def create_generation(
    body: GenerationBody,
    rooms: RoomsHere,
    owner: Maker,
    addresses: AddressesHere,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> GenerationReply:
    """Ask for a video or a picture. The same `Idempotency-Key` with the same body asks once."""
    submission = Submission(
        wish=body.to_wish(),
        uploads=body.uploads(),
        callback=None
        if body.callback_url is None
        else CallbackWish(body.callback_url, addresses.base_url),
        idempotency_key=idempotency_key,
        body=body.model_dump(exclude_unset=True),
    )
    generation = submit(rooms, submission, owner)
    response.headers["Location"] = f"/api/v1/generations/{generation.id}"
    return generation_reply(generation, rooms.clock.now(), urls=addresses)


@router.get("")
def list_generations(
    rooms: RoomsHere,
    owner: Reader,
    addresses: AddressesHere,
    state: StateName | None = None,
    model: Annotated[str | None, Query(max_length=200)] = None,
    task: TaskName | None = None,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> GenerationList:
    """The project's generations, newest first."""
    wanted = Filter(
        project_id=owner.project_id,
        state=None if state is None else JobState(state),
        model=model,
        tasks=None if task is None else frozenset({Task(task)}),
    )
    with rooms.database.snapshot() as tx:
        page = listing(tx, owner.organization_id, wanted, before=_cursor(cursor), limit=limit + 1)
    now = rooms.clock.now()
    shown = page[:limit]
    return GenerationList(
        items=[generation_reply(generation, now, urls=addresses) for generation in shown],
        cursor=str(shown[-1].id) if len(page) > limit else None,
    )


@router.get("/{generation_id}")
def get_generation(
    generation_id: IdText, rooms: RoomsHere, owner: Reader, addresses: AddressesHere
) -> GenerationReply:
    """One generation, as it stands."""
    with rooms.database.snapshot() as tx:
        generation = find(tx, owner.organization_id, known_id(generation_id))
    return generation_reply(generation, rooms.clock.now(), urls=addresses)


@router.post("/{generation_id}/cancel")
def cancel_generation(
    generation_id: IdText, rooms: RoomsHere, owner: Maker, addresses: AddressesHere
) -> GenerationReply:
    """Stop it: at once while queued, within a step while running. Its credits return."""
    generation = cancel(rooms, owner.organization_id, known_id(generation_id))
    return generation_reply(generation, rooms.clock.now(), urls=addresses)


@router.delete("/{generation_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_generation(generation_id: IdText, rooms: RoomsHere, owner: Maker) -> None:
    """Remove a generation that has ended, with its files."""
    delete(rooms, owner.organization_id, known_id(generation_id))


def known_id(text: str) -> GenerationId:
    """Read an id; what is no id names nothing."""
    generation_id = parse_generation_id(text)
    if generation_id is None:
        raise NotFound("there is no such generation")
    return generation_id


def _cursor(text: str | None) -> GenerationId | None:
    if text is None:
        return None
    generation_id = parse_generation_id(text)
    if generation_id is None:
        raise InvalidRequest(
            "this cursor is none of ours", field="cursor", fix="send the cursor of the last page"
        )
    return generation_id
