"""Plans and packs: what is on offer, and who has what."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from mutoscope.api.access import ActorHere, CreditsManager, CreditsReader, HouseHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.money import amount_of
from mutoscope.api.native.wire import time_text
from mutoscope.api.native.wire_credits import (
    PlanBody,
    PlanList,
    PlanReply,
    SubscribeBody,
    SubscriptionReply,
    plan_reply,
)
from mutoscope.billing import Plan, PlanKind, SubscriptionStatus
from mutoscope.core.errors import NotFound, PaymentFailed
from mutoscope.core.ids import OrganizationId, new_opaque_id
from mutoscope.generations import Rooms

router = APIRouter(prefix="/plans", tags=["plans"], responses=REFUSALS)

PlanId = Annotated[str, Path(max_length=40)]


@router.get("")
def list_plans(rooms: RoomsHere, owner: CreditsReader) -> PlanList:
    """What is on offer, and the organization's own plan."""
    with rooms.database.snapshot() as tx:
        offered = rooms.billing.plans.offered(tx)
    return PlanList(
        items=[plan_reply(each) for each in offered],
        subscription=_subscription(rooms, owner.organization_id),
    )


@router.put("/{plan_id}")
def put_plan(
    plan_id: PlanId,
    body: PlanBody,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
) -> PlanReply:
    """For the house: offer a plan, or change it for everyone who has it."""
    new = Plan(
        id=plan_id,
        kind=PlanKind(body.kind),
        title_zh=body.title_zh,
        title_en=body.title_en,
        price_minor=body.price_minor,
        currency=body.currency,
        credits=amount_of(body.credits, "credits", may_be_zero=True),
        credits_last_days=body.credits_last_days,
        daily_credits=amount_of(body.daily_credits, "daily_credits", may_be_zero=True),
        jobs_at_once=body.jobs_at_once,
        models=None if body.models is None else tuple(body.models),
        sizes=None if body.sizes is None else tuple(body.sizes),
        retention_days=body.retention_days,
    )
    with rooms.database.transaction() as tx:
        rooms.billing.plans.put(tx, new)
        told = body.model_dump(exclude_none=True)
        verb = "billing.plan.offered"
        rooms.trail.record(tx, actor, verb, plan_id, house.organization_id, **told)
    return plan_reply(new)


@router.delete("/{plan_id}", status_code=HTTPStatus.NO_CONTENT)
def archive_plan(
    plan_id: PlanId,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
) -> Response:
    """For the house: offer it no more. Who has it keeps it."""
    with rooms.database.transaction() as tx:
        rooms.billing.plans.archive(tx, plan_id)
        rooms.trail.record(tx, actor, "billing.plan.archived", plan_id, house.organization_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/subscriptions", status_code=HTTPStatus.CREATED)
def subscribe(
    body: SubscribeBody,
    rooms: RoomsHere,
    house: HouseHere,  # noqa: ARG001 - who may
    actor: ActorHere,
) -> SubscriptionReply:
    """For the house: give an organization a plan from now on, in place of the one it has."""
    whom = OrganizationId(body.organization_id)
    with rooms.database.transaction() as tx:
        cause = f"plan:{whom}:{new_opaque_id()}"
        rooms.billing.subscriptions.begin(tx, whom, body.plan_id, cause=cause)
        rooms.trail.record(tx, actor, "billing.plan.given", body.plan_id, whom)
    given = _subscription(rooms, whom)
    assert given is not None, "begun above"
    return given


@router.delete("/subscriptions/mine", status_code=HTTPStatus.NO_CONTENT)
def end_subscription(rooms: RoomsHere, owner: CreditsManager, actor: ActorHere) -> Response:
    """End the organization's plan; nothing more is collected for it. Its credits stay."""
    billing = rooms.billing
    with rooms.database.snapshot() as tx:
        standing = billing.subscriptions.find(tx, owner.organization_id)
    if standing is None or standing.status is SubscriptionStatus.CANCELED:
        raise NotFound("this organization has no plan")
    if standing.is_collected_elsewhere and standing.provider_ref:
        if billing.provider is None or billing.provider.name != standing.provider:
            raise PaymentFailed(f"{standing.provider} is not set up here any more")
        billing.provider.end(standing.provider_ref)
    with rooms.database.transaction() as tx:
        whose, plan = owner.organization_id, standing.plan_id
        billing.subscriptions.set_status(tx, whose, SubscriptionStatus.CANCELED)
        rooms.trail.record(tx, actor, "billing.plan.ended", plan, whose)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _subscription(rooms: Rooms, organization_id: OrganizationId) -> SubscriptionReply | None:
    with rooms.database.snapshot() as tx:
        found = rooms.billing.subscriptions.find(tx, organization_id)
    if found is None:
        return None
    return SubscriptionReply(
        plan_id=found.plan_id,
        status=found.status,
        period_start=time_text(found.period_start),
        period_end=time_text(found.period_end),
    )
