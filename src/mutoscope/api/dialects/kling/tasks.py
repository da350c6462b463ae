"""Create, poll and list tasks of the legacy standard, whatever the collection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute

from mutoscope.api.access import rooms_of
from mutoscope.api.callers import Caller, admit
from mutoscope.api.dialects.kling.access import by_token_or_key
from mutoscope.api.dialects.kling.collections import DIALECT, Collection
from mutoscope.api.dialects.kling.errors import ErrorReply
from mutoscope.api.dialects.kling.fields import TaskBody
from mutoscope.api.dialects.kling.modern_translate import ModernTranslator
from mutoscope.api.dialects.kling.names import Names
from mutoscope.api.dialects.kling.parts import in_their_words
from mutoscope.api.dialects.kling.replies import Created, Link, Reply, TaskReply, created, task
from mutoscope.api.dialects.kling.sources import find_source
from mutoscope.api.dialects.kling.translate import FIELDS, Translator
from mutoscope.api.native.addresses import Addresses, addresses_of
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import parse_generation_id
from mutoscope.generations import (
    Asset,
    CallbackWish,
    Filter,
    Generation,
    Owner,
    Rooms,
    Submission,
    find,
    find_by_external_id,
    listing,
    submit,
)

REFUSALS: dict[int | str, dict[str, object]] = {
    code: {"model": ErrorReply} for code in (400, 401, 403, 404, 429, 500, 503)
}
AnyBody = TypeVar("AnyBody", bound=TaskBody)
PAGE_SIZE_MAX = 500
PAGE_NUMBER_MAX = 1000


@dataclass(frozen=True)
class Call:
    """One request to make something: who asks, of which house, and how to reach its files."""

    rooms: Rooms
    owner: Owner
    translator: Translator
    modern: ModernTranslator
    addresses: Addresses

    @property
    def link(self) -> Link:
        """The address of a file that needs no credentials."""
        return self.addresses.link

    def find_source(self, video_id: str) -> tuple[Asset, Generation]:
        """The caller's video of that id, and what it was made by."""
        with self.rooms.database.snapshot() as tx:
            return find_source(tx, self.owner.organization_id, video_id)

    def create(
        self,
        translate: Callable[[AnyBody], Submission],
        body: AnyBody,
        fields: Mapping[str, str] = FIELDS,
    ) -> Reply[Created]:
        """Accept what the body asks for and answer with its task."""
        with in_their_words(fields):
            generation = self.submit(translate(body), body.callback_url)
        return Reply(data=created(generation))

    def submit(
        self, submission: Submission, callback_url: str | None, *, field: str = "callback_url"
    ) -> Generation:
        """Accept a submission, to be told of at a URL where one is given."""
        if callback_url is not None:
            wish = CallbackWish(callback_url, self.addresses.base_url, field)
            submission = replace(submission, callback=wish)
        return submit(self.rooms, submission, self.owner)


async def call_of(request: Request, owner: Caller) -> Call:
    """What an operation needs of the request but its body; async, as `caller` is."""
    return make_call(request, owner)


def make_call(request: Request, owner: Owner) -> Call:
    """The request of someone who was let in."""
    rooms = rooms_of(request)
    names: Names = request.app.state.kling_names
    return Call(
        rooms=rooms,
        owner=owner,
        translator=Translator(names, rooms.catalog),
        modern=ModernTranslator(names, rooms.catalog),
        addresses=addresses_of(request),
    )


CallHere = Annotated[Call, Depends(call_of)]
TaskId = Annotated[str, Path(max_length=1000)]


def add_queries(router: APIRouter, collection: Collection) -> None:
    """Let tasks of a collection be polled and listed."""

    # The call that clients make most: who asks and what they get is found in one thread, and
    # written by hand, where the framework would hop to a thread three times.
    def poll(task_id: TaskId, request: Request) -> Response:
        call = make_call(request, admit(by_token_or_key, request))
        found = task(find_task(call, collection, task_id), call.link)
        reply = Reply[TaskReply](data=found)
        return Response(reply.model_dump_json(exclude_none=True), media_type="application/json")

    def listed(
        call: CallHere,
        pageNum: Annotated[int, Query(ge=1, le=PAGE_NUMBER_MAX)] = 1,  # noqa: N803
        pageSize: Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX)] = 30,  # noqa: N803
    ) -> Reply[list[TaskReply]]:
        wanted = Filter(project_id=call.owner.project_id, dialect=collection.dialect)
        with call.rooms.database.snapshot() as tx:
            page = listing(
                tx,
                call.owner.organization_id,
                wanted,
                limit=pageSize,
                offset=(pageNum - 1) * pageSize,
            )
        return Reply(data=[task(generation, call.link) for generation in page])

    name = collection.operation
    router.add_api_route(
        f"{collection.path}/{{task_id}}",
        poll,
        methods=["GET"],
        summary=f"One {name} task",
        operation_id=f"poll_{name}".replace("-", "_"),
        response_model=Reply[TaskReply],
        route_class_override=APIRoute,
    )
    router.add_api_route(
        collection.path,
        listed,
        methods=["GET"],
        summary=f"{name} tasks, newest first",
        operation_id=f"list_{name}".replace("-", "_"),
        response_model_exclude_none=True,
    )


def find_task(call: Call, collection: Collection, text: str) -> Generation:
    """The task of that id, or that its caller named so. InvalidRequest, as Kling has it."""
    found = find_any(call, text, external=False)
    if found is None and collection.by_external_id:
        found = find_any(call, text, external=True)
    if found is None or found.dialect != collection.dialect:
        raise InvalidRequest(f"Task not found by id/external id: {text}")
    return found


def find_any(call: Call, text: str, *, external: bool) -> Generation | None:
    """The task of that id (the caller's own, if `external`) in any collection of Kling's."""
    organization_id = call.owner.organization_id
    generation_id = parse_generation_id(text)
    with call.rooms.database.snapshot() as tx:
        try:
            if external:
                found = find_by_external_id(tx, organization_id, text)
            elif generation_id is not None:
                found = find(tx, organization_id, generation_id)
            else:
                return None
        except NotFound:
            return None
    return found if found.dialect.startswith(f"{DIALECT}/") else None
