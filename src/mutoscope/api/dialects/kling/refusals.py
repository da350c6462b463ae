"""What no installed model offers is refused in Kling's own shape, never with a fake."""

from collections.abc import Callable

from fastapi import APIRouter

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_key, by_token_or_key
from mutoscope.api.dialects.kling.errors import NotOffered
from mutoscope.api.dialects.kling.operations import CHAPTERS, MODERN, Operation
from mutoscope.api.dialects.kling.tasks import REFUSALS
from mutoscope.api.dialects.support import Level

legacy = APIRouter(route_class=route_for(by_token_or_key), tags=["not offered"], responses=REFUSALS)
modern = APIRouter(route_class=route_for(by_key), tags=["not offered"], responses=REFUSALS)


def _refuser(operation: Operation) -> Callable[[], None]:
    def refuse() -> None:
        raise NotOffered(f"{operation.path} is not available here", fix=operation.support.how)

    return refuse


for _chapter in CHAPTERS:
    for _operation in _chapter.operations:
        if _operation.support.level is Level.NOT_OFFERED:
            (modern if _chapter is MODERN else legacy).add_api_route(
                _operation.path,
                _refuser(_operation),
                methods=[_operation.method],
                summary=_operation.purpose,
                include_in_schema=False,
            )
