"""Create, read, list, cancel and delete generations."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from mutoscope.api.access import Maker, Reader, RoomsHere, key_of, owner_of, rooms_of
from mutoscope.api.native.addresses import AddressesHere, addresses_of
from mutoscope.api.native.wire import (
    GenerationBody,
    GenerationList,
    GenerationReply,
    ProblemReply,
    StateName,
    TaskName,
    generation_reply,
)
from mutoscope.api.problems import nested_too_deep
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
from mutoscope.identity import Scope

PROBLEM: dict[str, object] = {
    "description": "Refused: what went wrong, in which field, and what would help.",
    "content": {"application/problem+json": {"schema": ProblemReply.model_json_schema()}},
}
IDEMPOTENCY_KEY = "Idempotency-Key"
REFUSALS: dict[int | str, dict[str, object]] = {"4XX": PROBLEM, "5XX": PROBLEM}

router = APIRouter(prefix="/generations", tags=["generations"], responses=REFUSALS)

IdText = Annotated[str, Path(description="The id that creating it answered.", max_length=40)]


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    response_model=GenerationReply,
    openapi_extra={
        "parameters": [
            {
                "name": IDEMPOTENCY_KEY,
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": GenerationBody.model_json_schema()}},
        },
    },
)
async def create_generation(request: Request) -> Response:
    """Ask for a video or a picture. The same `Idempotency-Key` with the same body asks once."""
    # The call that must be quick: one trip to a thread, and no machinery around it.
    return await run_in_threadpool(_create, request, await request.body())


def _create(request: Request, raw: bytes) -> Response:
    owner = owner_of(key_of(request, Scope.GENERATIONS_WRITE))
    rooms, addresses, body = rooms_of(request), addresses_of(request), _parsed(raw)
    submission = Submission(
        wish=body.to_wish(),
        uploads=body.uploads(),
        callback=None
        if body.callback_url is None
        else CallbackWish(body.callback_url, addresses.base_url),
        idempotency_key=request.headers.get(IDEMPOTENCY_KEY),
        body=body.model_dump(exclude_unset=True),
    )
    generation = submit(rooms, submission, owner)
    reply = generation_reply(generation, rooms.clock.now(), urls=addresses)
    return Response(
        reply.model_dump_json(),
        HTTPStatus.ACCEPTED,
        {"Location": f"/api/v1/generations/{generation.id}"},
        media_type="application/json",
    )


def _parsed(raw: bytes) -> GenerationBody:
    """The body, or what the framework would raise for it."""
    try:
        return GenerationBody.model_validate_json(raw)
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        if "recursion" in complaints[0]["msg"]:
            raise nested_too_deep() from error
        named = [{**complaint, "loc": ("body", *complaint["loc"])} for complaint in complaints]
        raise RequestValidationError(named) from error


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
