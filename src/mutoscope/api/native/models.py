"""The catalogue."""

from typing import Annotated

from fastapi import APIRouter, Path

from mutoscope.api.access import Reader, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire import ModelList, ModelReply, model_reply

router = APIRouter(prefix="/models", tags=["models"], responses=REFUSALS)


@router.get("")
def list_models(rooms: RoomsHere, owner: Reader) -> ModelList:  # noqa: ARG001 - who may look
    """Every model here: what it can do, which sizes and lengths, and what it costs."""
    with rooms.database.snapshot() as tx:
        models = [rooms.billing.prices.applied(tx, each) for each in rooms.catalog.models()]
    return ModelList(
        items=[model_reply(model, is_default=not place) for place, model in enumerate(models)]
    )


@router.get("/{model_id}")
def get_model(
    model_id: Annotated[str, Path(max_length=200)],
    rooms: RoomsHere,
    owner: Reader,  # noqa: ARG001 - who may look
) -> ModelReply:
    """One model."""
    with rooms.database.snapshot() as tx:
        model = rooms.billing.prices.applied(tx, rooms.catalog.find(model_id))
    return model_reply(model, is_default=model.id == rooms.catalog.find(None).id)
