"""Words that are not made here: requests that hold one are refused before they cost anything."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from mutoscope.core.errors import MutoscopeError
from mutoscope.generations import allow_word, refuse_words
from mutoscope.policy import RefusedWord
from mutoscope.studio.explain import Complaint
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.visit import Housekeeper, MemberVisit, Posted, text_of

router = APIRouter(prefix="/admin/words")

# The list may be long: a page shows so many, and the search finds the rest.
SHOWN_MAX = 200
SOUGHT_MAX = 100


@dataclass(frozen=True)
class RefusedPage:
    """Everything templates/pages/admin_words.html may use."""

    tabs: list[Tab]
    words: list[RefusedWord]
    # Of the whole list, and of what was sought.
    count: int
    found: int
    sought: str
    typed: str
    complaint: Complaint | None


@router.get("")
def words_page(
    visit: Housekeeper, q: Annotated[str, Query(max_length=SOUGHT_MAX)] = ""
) -> Response:
    """The list, or what of it holds `q`."""
    return _show(visit, sought=q.strip())


@router.post("")
def add_words(visit: Housekeeper, posted: Posted) -> Response:
    """Refuse more words, one a line."""
    typed = text_of(posted, "words")
    try:
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        refuse_words(visit.rooms, visit.actor, lines)
    except MutoscopeError as error:
        detail = f"{error.detail} ({error.fix})" if error.fix else error.detail
        said = Complaint(visit.words("These words were not added."), detail)
        return _show(visit, visit.house.status_of(error), typed=typed, said=said)
    return visit.leads_to("/admin/words")


@router.post("/remove")
def remove_word(visit: Housekeeper, posted: Posted) -> Response:
    """Refuse one no more."""
    allow_word(visit.rooms, visit.actor, text_of(posted, "word"))
    return visit.leads_to("/admin/words")


def _show(
    visit: MemberVisit,
    status: int = HTTPStatus.OK,
    *,
    sought: str = "",
    typed: str = "",
    said: Complaint | None = None,
) -> Response:
    with visit.rooms.database.snapshot() as tx:
        every = visit.rooms.words.all(tx)
    found = [each for each in every if sought.casefold() in each.word.casefold()]
    page = RefusedPage(
        tabs=tabs(visit),
        words=found[:SHOWN_MAX],
        count=len(every),
        found=len(found),
        sought=sought,
        typed=typed,
        complaint=said,
    )
    return visit.show("pages/admin_words.html", page, status)
