"""What a guest sees: one result, to watch or to judge, without an account."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.generations import (
    Asset,
    AssetKind,
    Generation,
    GuestLink,
    GuestPurpose,
    Remark,
    ReviewNote,
    Verdict,
    admit_guest,
    remark,
    remarks_by,
)
from mutoscope.studio.explain import Complaint
from mutoscope.studio.guestbook import guest_path, link_id_of
from mutoscope.studio.visit import AnyVisit, Posted, Visit, text_of

router = APIRouter()


@dataclass(frozen=True)
class ReviewPage:
    """Everything templates/pages/review.html may use."""

    path: str
    link: GuestLink
    generation: Generation
    result: Asset
    notes: list[ReviewNote]
    verdict: Verdict | None
    may_judge: bool
    # What was typed and refused.
    author: str = ""
    body: str = ""
    complaint: Complaint | None = None


@router.get("/review/{token}")
def review_page(visit: AnyVisit, token: str) -> Response:
    """Watch it; say something."""
    return visit.show("pages/review.html", _page(visit, token))


@router.get("/review/{token}/film")
@router.head("/review/{token}/film")
def review_film(visit: AnyVisit, token: str, request: Request) -> Response:
    """The result itself, or the range of it that a player asks for."""
    return visit.house.send_file(visit.rooms, _page(visit, token).result, request)


@router.get("/review/{token}/poster")
def review_poster(visit: AnyVisit, token: str, request: Request) -> Response:
    """Its small picture."""
    page = _page(visit, token)
    poster = page.generation.asset(AssetKind.THUMBNAIL, page.result.position)
    if poster is None:
        raise NotFound("there is no picture of it")
    return visit.house.send_file(visit.rooms, poster, request)


@router.post("/review/{token}/remarks")
def say_something(visit: AnyVisit, token: str, posted: Posted) -> Response:
    """A remark, on a moment or on the whole, with a decision or without."""
    author, body = text_of(posted, "author"), text_of(posted, "body")
    verdict = text_of(posted, "verdict")
    try:
        said = Remark(
            author,
            body,
            _moment(text_of(posted, "moment")),
            Verdict(verdict) if verdict in set(Verdict) else None,
        )
        remark(visit.rooms, link_id_of(visit.house, token), said)
    except InvalidRequest as error:
        page = _page(visit, token, author=author, body=body, refusal=_refusal(visit, error))
        return visit.show("pages/review.html", page, visit.house.status_of(error))
    return visit.leads_to(f"/review/{token}")


def _page(
    visit: Visit,
    token: str,
    *,
    author: str = "",
    body: str = "",
    refusal: Complaint | None = None,
) -> ReviewPage:
    link_id = link_id_of(visit.house, token)
    with visit.rooms.database.snapshot() as tx:
        link, generation = admit_guest(tx, link_id, visit.rooms.clock.now())
        notes = remarks_by(tx, link.id)
    result = next((r for r in generation.results if r.position == link.position), None)
    if result is None:
        raise NotFound("there is nothing to see here any more")
    decided = [note.remark.verdict for note in notes if note.remark.verdict]
    return ReviewPage(
        path=guest_path(visit.house, link),
        link=link,
        generation=generation,
        result=result,
        notes=notes,
        verdict=decided[-1] if decided else None,
        may_judge=link.purpose is GuestPurpose.REVIEW,
        author=author or (notes[-1].remark.author if notes else ""),
        body=body,
        complaint=refusal,
    )


def _refusal(visit: Visit, error: InvalidRequest) -> Complaint:
    fix = f" ({error.fix})" if error.fix else ""
    return Complaint(visit.words("Say who you are and what you think."), f"{error.detail}{fix}")


def _moment(text: str) -> int | None:
    """Milliseconds from seconds as they are typed: 1.25; empty for the whole."""
    if not text.strip():
        return None
    try:
        seconds = float(text.replace(",", "."))
        return round(seconds * 1000)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            "the moment is a number of seconds", field="moment", fix="write 1.5, or nothing"
        ) from error
