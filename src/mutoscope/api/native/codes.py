"""Redeem codes, for the house."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from mutoscope.api.access import ActorHere, HouseHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.money import amount_of
from mutoscope.api.native.wire_credits import BatchBody, BatchList, NewBatchReply, batch_reply

router = APIRouter(prefix="/codes", tags=["codes"], responses=REFUSALS)


@router.post("", status_code=HTTPStatus.CREATED)
def make_codes(
    body: BatchBody,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
) -> NewBatchReply:
    """Make a batch. Its codes are shown this once."""
    amount = amount_of(body.credits, "credits")
    with rooms.database.transaction() as tx:
        batch_id, made = rooms.billing.codes.make(
            tx,
            name=body.name,
            count=body.count,
            amount=amount,
            credits_last_days=body.credits_last_days,
            valid_days=body.valid_days,
        )
        told, verb = body.model_dump(exclude_none=True), "credits.codes.made"
        rooms.trail.record(tx, actor, verb, batch_id, house.organization_id, **told)
    return NewBatchReply(id=batch_id, codes=made)


@router.get("")
def list_batches(
    rooms: RoomsHere,
    house: HouseHere,  # noqa: ARG001 - who may
) -> BatchList:
    """Every batch, and how many of its codes were redeemed."""
    with rooms.database.snapshot() as tx:
        return BatchList(items=[batch_reply(each) for each in rooms.billing.codes.batches(tx)])


@router.delete("/{batch_id}", status_code=HTTPStatus.NO_CONTENT)
def end_batch(
    batch_id: Annotated[str, Path(max_length=100)],
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
) -> Response:
    """Honour what is left of a batch no more."""
    with rooms.database.transaction() as tx:
        rooms.billing.codes.end(tx, batch_id)
        rooms.trail.record(tx, actor, "credits.codes.ended", batch_id, house.organization_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
