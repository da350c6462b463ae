"""The new standard: create videos by a model in the path, and ask after tasks of any kind."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path, Query

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_key
from mutoscope.api.dialects.kling.collections import (
    DIALECT,
    IMAGE_TO_VIDEO,
    OMNI_TO_VIDEO,
    TEXT_TO_VIDEO,
)
from mutoscope.api.dialects.kling.modern_bodies import (
    ModernImageToVideo,
    ModernOmniVideo,
    ModernTextToVideo,
    Options,
    TaskQuery,
)
from mutoscope.api.dialects.kling.modern_replies import (
    ModernCreated,
    ModernTask,
    TaskPage,
    modern_created,
    modern_status,
    modern_task,
    product_of,
)
from mutoscope.api.dialects.kling.modern_translate import CONTENT_FIELDS, FIELDS
from mutoscope.api.dialects.kling.parts import in_their_words, one_of
from mutoscope.api.dialects.kling.replies import Reply
from mutoscope.api.dialects.kling.tasks import REFUSALS, Call, CallHere, find_any
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import GenerationId, first_id_at, parse_generation_id
from mutoscope.generations import Filter, Generation, Submission, listing

router = APIRouter(route_class=route_for(by_key), tags=["new standard"], responses=REFUSALS)

ModelName = Annotated[str, Path(max_length=200)]
Ids = Annotated[str, Query(max_length=6000, description="Up to 20 ids, with commas between.")]
IDS_MAX = 20
PAGE = 200
WAIT_MS = 60_000
_CURSOR = re.compile(r"([0-9]{1,19})\.(-?[0-9]{1,15})\.(-?[0-9]{1,15})")
MONTH_MS = 30 * 86_400_000
FILTER_VALUES = {
    "status": ("submitted", "processing", "succeeded", "failed"),
    "product_type": ("video", "image", "audio", "try_on"),
}


@router.post(f"{TEXT_TO_VIDEO.path}/{{model}}")
def text_to_video(
    model: ModelName, body: ModernTextToVideo, call: CallHere
) -> Reply[ModernCreated]:
    """A video from words."""
    return _create(call, partial(call.modern.text_to_video, model, body), body.options, FIELDS)


@router.post(f"{IMAGE_TO_VIDEO.path}/{{model}}")
def image_to_video(
    model: ModelName, body: ModernImageToVideo, call: CallHere
) -> Reply[ModernCreated]:
    """A video from its first frame, and its last."""
    translate = partial(call.modern.image_to_video, model, body)
    return _create(call, translate, body.options, CONTENT_FIELDS)


@router.post(f"{OMNI_TO_VIDEO.path}/{{model}}")
def omni_to_video(model: ModelName, body: ModernOmniVideo, call: CallHere) -> Reply[ModernCreated]:
    """A video from words, frames or subjects."""
    translate = partial(call.modern.omni_video, model, body)
    return _create(call, translate, body.options, CONTENT_FIELDS)


@router.get("/tasks", response_model_exclude_none=True)
def tasks_by_id(
    call: CallHere, task_ids: Ids = "", external_task_ids: Ids = ""
) -> Reply[list[ModernTask]]:
    """Up to 20 tasks by their ids; those that are unknown are left out."""
    if bool(task_ids) == bool(external_task_ids):
        raise InvalidRequest(
            "exactly one of task_ids and external_task_ids is needed", field="task_ids"
        )
    names = [name for name in (task_ids or external_task_ids).split(",") if name]
    if len(names) > IDS_MAX:
        raise InvalidRequest(f"task ids cannot exceed {IDS_MAX} in total", field="task_ids")
    found = (find_any(call, name, external=not task_ids) for name in dict.fromkeys(names))
    return Reply(data=[modern_task(each, call.link) for each in found if each is not None])


@router.post("/tasks", response_model_exclude_none=True)
def tasks_by_time(query: TaskQuery, call: CallHere) -> Reply[TaskPage]:
    """Tasks of a span of time (the last 30 days unless said), newest first."""
    wanted = _wanted(query, call.rooms.clock.now())
    page = list(islice(_matching(call, wanted), query.limit + 1))
    shown = page[: query.limit]
    more = len(page) > query.limit
    return Reply(
        data=TaskPage(
            result=[modern_task(generation, call.link) for generation in shown],
            count=len(shown),
            next_cursor=f"{shown[-1].id}.{wanted.start}.{wanted.end}" if more else "",
            has_more=more,
        )
    )


@dataclass(frozen=True)
class Wanted:
    """Which tasks: those below an id, made from `start` to `end`, that meet every filter."""

    before: GenerationId
    start: int
    end: int
    filters: tuple[tuple[str, frozenset[str]], ...]

    def fits(self, generation: Generation) -> bool:
        """Whether a task was made in time and meets the filters."""
        if not self.start <= generation.created_at <= self.end:
            return False
        facts = {"status": modern_status(generation), "product_type": product_of(generation)}
        return all(facts[key] in values for key, values in self.filters)


def _create(
    call: Call, translate: Callable[[], Submission], options: Options, fields: Mapping[str, str]
) -> Reply[ModernCreated]:
    with in_their_words(fields):
        generation = call.submit(translate(), options.callback_url, field="options.callback_url")
    return Reply(data=modern_created(generation))


def _wanted(query: TaskQuery, now: int) -> Wanted:
    filters = []
    for number, each in enumerate(query.filters):
        key = one_of(each.key, tuple(FILTER_VALUES), f"filters.{number}.key")
        for value in each.values:
            one_of(value, FILTER_VALUES[key], f"filters.{number}.values")
        if each.values:
            filters.append((key, frozenset(each.values)))
    if query.cursor is not None:
        return Wanted(*_cursor(query.cursor), tuple(filters))
    end = now if query.end_time is None else int(query.end_time)
    start = end - MONTH_MS if query.start_time is None else int(query.start_time)
    return Wanted(first_id_at(end + 1), start, end, tuple(filters))


def _cursor(text: str) -> tuple[GenerationId, int, int]:
    found = _CURSOR.fullmatch(text)
    before = None if found is None else parse_generation_id(found[1])
    if found is None or before is None:
        raise InvalidRequest("cursor is none of ours", field="cursor")
    return before, int(found[2]), int(found[3])


def _matching(call: Call, wanted: Wanted) -> Iterator[Generation]:
    """Tasks from newest to oldest; each page is read in a snapshot of its own."""
    before = wanted.before
    # An id is drawn a moment before its task is written: as long as a writer may have to wait.
    oldest = first_id_at(wanted.start - WAIT_MS)
    mine = Filter(project_id=call.owner.project_id)
    while True:
        with call.rooms.database.snapshot() as tx:
            page = listing(tx, call.owner.organization_id, mine, before=before, limit=PAGE)
        for generation in page:
            if generation.id < oldest:
                return
            if generation.dialect.startswith(f"{DIALECT}/") and wanted.fits(generation):
                yield generation
        if len(page) < PAGE:
            return
        before = page[-1].id
