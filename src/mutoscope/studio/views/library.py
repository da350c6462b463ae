"""Everything that was made, newest first, a page at a time."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from mutoscope.core.ids import parse_generation_id
from mutoscope.core.state import JobState
from mutoscope.generations import Filter, listing
from mutoscope.studio.knobs import Choice
from mutoscope.studio.views.cards import Card, cards_of, model_titles
from mutoscope.studio.visit import Member, MemberVisit

router = APIRouter()

PAGE_LENGTH = 24


@dataclass(frozen=True)
class LibraryPage:
    """Everything templates/pages/library.html and partials/shelf.html may use."""

    cards: list[Card]
    words: str
    state: str
    states: list[Choice]
    model: str
    models: list[Choice]
    # The address of what comes after this page; empty at the end.
    more: str
    is_filtered: bool


@router.get("/library")
def library_page(
    visit: Member,
    words: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    model: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Find what was made by its words, its state or its model."""
    chosen_state = JobState(state) if state in set(JobState) else None
    wanted = Filter(
        project_id=visit.owner.project_id,
        state=chosen_state,
        model=model or None,
        words=tuple(words.split()),
    )
    with visit.rooms.database.snapshot() as tx:
        found = listing(
            tx,
            visit.owner.organization_id,
            wanted,
            before=parse_generation_id(before),
            limit=PAGE_LENGTH + 1,
        )
        cards = cards_of(tx, visit, found[:PAGE_LENGTH])
    asked = {"words": words, "state": state, "model": model}
    more = ""
    if len(found) > PAGE_LENGTH:
        last = found[PAGE_LENGTH - 1].id
        kept = {name: value for name, value in asked.items() if value}
        more = f"/library?{urlencode(kept | {'before': str(last)})}"
    page = LibraryPage(
        cards=cards,
        words=words,
        state=chosen_state or "",
        states=_states(visit),
        model=model,
        models=[Choice(str(i), title) for i, title in model_titles(visit).items()],
        more=more,
        is_filtered=any(asked.values()),
    )
    part = visit.is_partial and before
    return visit.show("partials/shelf.html" if part else "pages/library.html", page)


def _states(visit: MemberVisit) -> list[Choice]:
    say = visit.words
    return [
        Choice(JobState.SUCCEEDED, say("Done")),
        Choice(JobState.RUNNING, say("In the making")),
        Choice(JobState.QUEUED, say("Waiting")),
        Choice(JobState.FAILED, say("Failed")),
        Choice(JobState.CANCELED, say("Canceled")),
    ]
