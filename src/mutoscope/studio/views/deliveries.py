"""Callbacks: what was told to whom, every try of it, and telling it again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mutoscope.callbacks import Delivery, Try
from mutoscope.core.state import DeliveryStatus, JobState
from mutoscope.generations import draw_callback_secret, replay_callback
from mutoscope.identity import Permission
from mutoscope.studio.visit import Member, MemberVisit, Posted, PressedByMember, text_of
from mutoscope.studio.words import Words

router = APIRouter()

PAGE_LENGTH = 50
ID_MAX = 2**62
CallbackIdHere = Annotated[int, Path(ge=1, le=ID_MAX)]


@dataclass(frozen=True)
class DeliveriesPage:
    """Everything templates/pages/deliveries.html may use."""

    deliveries: list[Delivery]
    status: DeliveryStatus | None
    statuses: Mapping[DeliveryStatus, str]
    news: Mapping[JobState, str]
    more: str
    is_signed: bool
    can_draw: bool
    # Drawn just now: shown this once.
    secret: str


@dataclass(frozen=True)
class DeliveryPage:
    """Everything templates/pages/delivery.html may use."""

    delivery: Delivery
    status: str
    news: str
    tries: list[Try]
    # What every try sends, laid out to be read; empty before the first.
    body: str
    can_replay: bool


@router.get("/developers/callbacks")
def deliveries_page(
    visit: Member,
    status: DeliveryStatus | None = None,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> Response:
    """All of them, newest first."""
    return _show(visit, status=status, before=before)


@router.post("/developers/callbacks/secret")
def draw_secret(visit: Member, posted: Posted) -> Response:
    """Sign with a new secret from now on; it is shown this once."""
    at_once = bool(text_of(posted, "at_once"))
    return _show(visit, secret=draw_callback_secret(visit.rooms, visit.actor, at_once=at_once))


@router.get("/developers/callbacks/{callback_id}")
def delivery_page(visit: Member, callback_id: CallbackIdHere) -> Response:
    """One of them with every try."""
    outbox, say = visit.rooms.outbox, visit.words
    with visit.rooms.database.snapshot() as tx:
        found = outbox.find(tx, visit.owner.organization_id, callback_id)
        tries = outbox.history(tx, callback_id)
    page = DeliveryPage(
        delivery=found,
        status=status_name(found.status, say),
        news=news_name(found.state, say),
        tries=tries,
        body=_laid_out(found.body),
        can_replay=found.status is not DeliveryStatus.PENDING
        and visit.may(Permission.GENERATIONS_CREATE),
    )
    return visit.show("pages/delivery.html", page)


@router.post("/developers/callbacks/{callback_id}/replay", dependencies=[PressedByMember])
def replay(visit: Member, callback_id: CallbackIdHere) -> Response:
    """Once more, with the same body."""
    replay_callback(visit.rooms, visit.actor, callback_id)
    return visit.leads_to(f"/developers/callbacks/{callback_id}")


def status_name(status: DeliveryStatus, say: Words) -> str:
    """Where it is on its way."""
    match status:
        case DeliveryStatus.PENDING:
            return say("On its way")
        case DeliveryStatus.DELIVERED:
            return say("Delivered")
        case DeliveryStatus.GIVEN_UP:
            return say("Given up")


def news_name(state: JobState, say: Words) -> str:
    """What it tells."""
    match state:
        case JobState.QUEUED:
            return say("Queued")
        case JobState.RUNNING:
            return say("Begun")
        case JobState.SUCCEEDED:
            return say("Done")
        case JobState.FAILED:
            return say("Failed")
        case JobState.CANCELED:
            return say("Canceled")


def _laid_out(body: bytes | None) -> str:
    text = (body or b"").decode(errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _show(
    visit: MemberVisit,
    *,
    status: DeliveryStatus | None = None,
    before: int | None = None,
    secret: str = "",
) -> Response:
    rooms, organization_id = visit.rooms, visit.owner.organization_id
    with rooms.database.snapshot() as tx:
        found = rooms.outbox.listing(
            tx, organization_id, status=status, before=before, limit=PAGE_LENGTH + 1
        )
        is_signed = bool(rooms.callback_secrets.good(tx, organization_id))
    shown = found[:PAGE_LENGTH]
    only = f"status={status}&" if status else ""
    page = DeliveriesPage(
        deliveries=shown,
        status=status,
        statuses={each: status_name(each, visit.words) for each in DeliveryStatus},
        news={each: news_name(each, visit.words) for each in JobState},
        more=f"?{only}before={shown[-1].id}" if len(found) > PAGE_LENGTH else "",
        is_signed=is_signed,
        can_draw=visit.may(Permission.KEYS_MANAGE),
        secret=secret,
    )
    return visit.show("pages/deliveries.html", page)
