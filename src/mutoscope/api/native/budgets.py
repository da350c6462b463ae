"""Budgets of projects and caps of members."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from mutoscope.api.access import ActorHere, CreditsManager, CreditsReader, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.money import amount_of
from mutoscope.api.native.wire import time_text
from mutoscope.api.native.wire_credits import AlertReply, BudgetBody, BudgetList, budget_reply
from mutoscope.generations import Owner, Rooms
from mutoscope.ledger import BudgetId, Period, Scope

router = APIRouter(prefix="/budgets", tags=["credits"], responses=REFUSALS)


@router.get("")
def list_budgets(rooms: RoomsHere, owner: CreditsReader) -> BudgetList:
    """The limits in force, where each stands, and which came to 50, 80 and 100 %."""
    return _list(rooms, owner)


@router.put("")
def put_budget(
    body: BudgetBody, rooms: RoomsHere, owner: CreditsManager, actor: ActorHere
) -> BudgetList:
    """Set a limit, or change it: there is one for each project or person and period."""
    limit = amount_of(body.limit, "limit", may_be_zero=True)
    with rooms.database.transaction() as tx:
        rooms.budgets.put(
            tx,
            owner.organization_id,
            Scope(body.scope),
            body.subject_id,
            Period(body.period),
            limit,
        )
        rooms.trail.record(
            tx,
            actor,
            "credits.budget.set",
            f"{body.scope}:{body.subject_id}",
            owner.organization_id,
            period=body.period,
            limit=body.limit,
        )
    return _list(rooms, owner)


@router.delete("/{budget_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_budget(
    budget_id: Annotated[int, Path(ge=1, lt=2**63)],
    rooms: RoomsHere,
    owner: CreditsManager,
    actor: ActorHere,
) -> Response:
    """End a limit."""
    with rooms.database.transaction() as tx:
        rooms.budgets.remove(tx, owner.organization_id, BudgetId(budget_id))
        verb = "credits.budget.removed"
        rooms.trail.record(tx, actor, verb, budget_id, owner.organization_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _list(rooms: Rooms, owner: Owner) -> BudgetList:
    with rooms.database.snapshot() as tx:
        budgets = rooms.budgets.listing(tx, owner.organization_id)
        alerts = rooms.budgets.alerts(tx, owner.organization_id)
    return BudgetList(
        items=[budget_reply(each) for each in budgets],
        alerts=[
            AlertReply(
                budget_id=str(each.budget_id),
                window=each.window,
                percent=each.percent,
                at=time_text(each.at),
            )
            for each in alerts
        ],
    )
