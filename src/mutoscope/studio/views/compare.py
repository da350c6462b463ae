"""Results side by side, playing in step."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from mutoscope.core.ids import parse_generation_id
from mutoscope.generations import Asset, AssetKind, Generation, find
from mutoscope.studio.views.cards import model_titles
from mutoscope.studio.visit import Member

router = APIRouter()

SIDES_MAX = 4


@dataclass(frozen=True)
class Side:
    """One of those compared."""

    generation: Generation
    model_title: str
    result: Asset
    poster: Asset | None


@dataclass(frozen=True)
class ComparePage:
    """Everything templates/pages/compare.html may use."""

    sides: list[Side]
    sides_max: int


@router.get("/compare")
def compare_page(visit: Member, request: Request) -> Response:
    """The first results of those that the address names, where there are any."""
    named = [parse_generation_id(text) for text in request.query_params.getlist("of")]
    ids = [each for each in dict.fromkeys(named) if each is not None][:SIDES_MAX]
    titles = model_titles(visit)
    with visit.rooms.database.snapshot() as tx:
        found = [find(tx, visit.owner.organization_id, each) for each in ids]
    sides = [
        Side(
            each,
            titles.get(each.request.model, str(each.request.model)),
            each.results[0],
            each.asset(AssetKind.THUMBNAIL),
        )
        for each in found
        if each.results and each.results[0].kind is not AssetKind.AUDIO
    ]
    return visit.show("pages/compare.html", ComparePage(sides, SIDES_MAX))
