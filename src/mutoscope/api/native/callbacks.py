"""What was told to whom: the history of callbacks, and telling one again."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from mutoscope.api.access import MakingActor, Reader, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire import time_text
from mutoscope.callbacks import Delivery, Try
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import parse_generation_id
from mutoscope.core.state import DeliveryStatus
from mutoscope.generations import replay_callback

router = APIRouter(prefix="/callbacks", tags=["callbacks"], responses=REFUSALS)

CallbackId = Annotated[int, Path(ge=1, lt=2**63)]


class CallbackReply(BaseModel):
    """One piece of news on its way to a receiver, or arrived, or given up."""

    id: int
    # The `webhook-id`: the same at every try and every replay.
    message_id: str
    generation_id: str
    url: str
    news: str
    status: str
    tries: int
    created_at: str
    due_at: str | None
    ended_at: str | None


class TryReply(BaseModel):
    """One try: the receiver's HTTP status, or why there was none."""

    at: str
    answer: int | None
    detail: str
    milliseconds: int


class CallbackDetail(CallbackReply):
    """One of them, with its body and every try."""

    body: str | None
    history: list[TryReply]


class CallbackList(BaseModel):
    """The latest, newest first."""

    items: list[CallbackReply]


@router.get("")
def list_callbacks(
    rooms: RoomsHere,
    owner: Reader,
    status: DeliveryStatus | None = None,
    generation_id: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CallbackList:
    """The organization's callbacks, newest first."""
    wanted = None
    if generation_id is not None:
        wanted = parse_generation_id(generation_id)
        if wanted is None:
            raise NotFound(f"there is no generation {generation_id!r}", field="generation_id")
    with rooms.database.snapshot() as tx:
        found = rooms.outbox.listing(
            tx, owner.organization_id, status=status, generation_id=wanted, limit=limit
        )
    return CallbackList(items=[CallbackReply(**_facts(each)) for each in found])


@router.get("/{callback_id}")
def show_callback(rooms: RoomsHere, owner: Reader, callback_id: CallbackId) -> CallbackDetail:
    """One callback with its body and every try."""
    with rooms.database.snapshot() as tx:
        delivery = rooms.outbox.find(tx, owner.organization_id, callback_id)
        tries = rooms.outbox.history(tx, callback_id)
    return CallbackDetail(
        **_facts(delivery),
        body=None if delivery.body is None else delivery.body.decode(),
        history=[_try(each) for each in tries],
    )


@router.post("/{callback_id}/replay")
def replay(rooms: RoomsHere, actor: MakingActor, callback_id: CallbackId) -> CallbackReply:
    """Deliver it once more, with the same id and body, signed anew; the trail tells of it."""
    return CallbackReply(**_facts(replay_callback(rooms, actor, callback_id)))


def _facts(delivery: Delivery) -> dict[str, object]:
    pending = delivery.status is DeliveryStatus.PENDING
    return {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "generation_id": str(delivery.generation_id),
        "url": delivery.url,
        "news": delivery.state.value,
        "status": delivery.status.value,
        "tries": delivery.tries,
        "created_at": time_text(delivery.created_at),
        "due_at": time_text(delivery.due_at) if pending else None,
        "ended_at": None if delivery.ended_at is None else time_text(delivery.ended_at),
    }


def _try(tried: Try) -> TryReply:
    return TryReply(
        at=time_text(tried.at),
        answer=tried.answer,
        detail=tried.detail,
        milliseconds=tried.milliseconds,
    )
