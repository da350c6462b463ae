"""Budgets of projects and caps of members: what may go out in a day, a month or at all.

Counted in the same transaction as the hold and its settlement, so that no two submits fit one gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NewType

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.errors import BudgetExceeded, Conflict, InvalidRequest, NotFound
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId
from mutoscope.db import run_prepared
from mutoscope.db.schema import (
    budget,
    budget_alert,
    budget_use,
    budget_window,
    organization,
    person,
    project,
    transfer,
)
from mutoscope.ledger.budget_past import Window, count_past, move_window
from mutoscope.ledger.calendar import Period, window, window_begin, window_end, zone

BudgetId = NewType("BudgetId", int)
ALERTS = (50, 80, 100)


class Scope(StrEnum):
    """Whose spending is counted."""

    PROJECT = "project"
    PERSON = "person"


@dataclass(frozen=True)
class Budget:
    """A limit, and where it stands in the day or month that it is."""

    id: BudgetId
    scope: Scope
    subject_id: str
    subject_name: str
    period: Period
    limit: Millicredits
    window: str
    held: Millicredits
    spent: Millicredits
    frees_at: Milliseconds | None

    @property
    def left(self) -> Millicredits:
        """What may still go out."""
        return Millicredits(max(0, self.limit - self.held - self.spent))


@dataclass(frozen=True)
class Alert:
    """A budget of which so much was spent."""

    budget_id: BudgetId
    window: str
    percent: int
    at: Milliseconds


class Budgets:
    """Sets limits and tells where they stand. `reserve`, `settle` and `refund` are the ledger's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        scope: Scope,
        subject_id: str,
        period: Period,
        limit: Millicredits,
    ) -> BudgetId:
        """Set a limit, or change the one there is: what that has counted, counts.

        A new one counts what its day, month or all of time has seen before it was made.

        NotFound when the project or person is none of the organization's.
        """
        if limit < 0:
            raise InvalidRequest("a budget is nothing or more", field="limit")
        table = project if scope is Scope.PROJECT else person
        mine = (table.c.id == subject_id) & (table.c.organization_id == organization_id)
        if tx.scalar(select(table.c.id).where(mine)) is None:
            raise NotFound(f"there is no such {scope}", field="subject_id")
        key = (
            (budget.c.scope == scope)
            & (budget.c.subject_id == subject_id)
            & (budget.c.period == period)
        )
        standing = tx.scalar(select(budget.c.id).where(key & budget.c.ended_at.is_(None)))
        if standing is not None:
            tx.execute(update(budget).where(budget.c.id == standing).values(limit=limit))
            return BudgetId(standing)
        new = {
            "organization_id": organization_id,
            "scope": scope,
            "subject_id": subject_id,
            "period": period,
            "limit": limit,
            "created_at": self._clock.now(),
        }
        try:
            number = tx.execute(insert(budget).returning(budget.c.id), new).scalar_one()
        except IntegrityError as error:
            raise Conflict("this budget was set in this very moment") from error
        now, zone_name = self._clock.now(), _zone_of(tx, organization_id)
        made = _place(number, period, now, zone_name)
        count_past(tx, organization_id, made, _theirs(scope, subject_id))
        _alert(tx, {"budget_id": made.budget_id, "window": made.name}, now)
        return BudgetId(number)

    def follow_time_zone(self, tx: Connection, organization_id: OrganizationId) -> None:
        """Count anew what each day and month has seen, now that midnights are elsewhere."""
        now, zone_name = self._clock.now(), _zone_of(tx, organization_id)
        theirs = (budget.c.organization_id == organization_id) & budget.c.ended_at.is_(None)
        for row in tx.execute(select(budget).where(theirs & (budget.c.period != Period.TOTAL))):
            period = Period(row.period)
            place = _place(row.id, period, now, zone_name)
            before = window(period, Milliseconds(place.begin - 1), zone_name)
            after = window(period, place.end, zone_name)
            move_window(tx, place, before=before, after=after)
            count_past(tx, organization_id, place, _theirs(Scope(row.scope), row.subject_id))
            _alert(tx, {"budget_id": place.budget_id, "window": place.name}, now)

    def remove(self, tx: Connection, organization_id: OrganizationId, budget_id: BudgetId) -> None:
        """End a limit."""
        mine = (
            (budget.c.id == budget_id)
            & (budget.c.organization_id == organization_id)
            & budget.c.ended_at.is_(None)
        )
        ended = tx.execute(update(budget).where(mine).values(ended_at=self._clock.now()))
        if ended.rowcount != 1:
            raise NotFound("there is no such budget")

    def listing(self, tx: Connection, organization_id: OrganizationId) -> list[Budget]:
        """The limits in force, and where each stands."""
        mine = (budget.c.organization_id == organization_id) & budget.c.ended_at.is_(None)
        rows = tx.execute(_with_zone().where(mine).order_by(budget.c.id)).all()
        names: dict[str, str] = {}
        for table in (project, person):
            theirs = table.c.organization_id == organization_id
            names |= {
                r.id: r.name for r in tx.execute(select(table.c.id, table.c.name).where(theirs))
            }
        return [_standing(tx, row, self._clock.now(), names) for row in rows]

    def alerts(
        self, tx: Connection, organization_id: OrganizationId, *, limit: int = 50
    ) -> list[Alert]:
        """Which budgets came to half, four fifths and all of what they allow; the latest first."""
        query = (
            select(budget_alert)
            .join_from(budget_alert, budget, budget.c.id == budget_alert.c.budget_id)
            .where(budget.c.organization_id == organization_id)
            .order_by(budget_alert.c.at.desc(), budget_alert.c.percent.desc())
        )
        rows = tx.execute(query.limit(limit))
        return [Alert(row.budget_id, row.window, row.percent, row.at) for row in rows]


def fitting(
    tx: Connection,
    amount: Millicredits,
    now: Milliseconds,
    *,
    project_id: ProjectId | None,
    person_id: PersonId | None,
) -> list[Budget]:
    """The budgets that this spend counts in. BudgetExceeded names the first that it would break."""
    asked = {"project_id": project_id, "person_id": person_id}
    standing = [_standing(tx, row, now, {}) for row in run_prepared(tx, _in_force(), asked).all()]
    for each in standing:
        if amount > each.left:
            raise _exceeded(tx, each, amount)
    return standing


def hold(tx: Connection, transfer_id: int, budgets: Iterable[Budget], amount: Millicredits) -> None:
    """Count what was set aside."""
    for each in budgets:
        key = {"budget_id": each.id, "window": each.window}
        if run_prepared(tx, _moved(), _by(key, held=amount)).rowcount == 0:
            run_prepared(tx, _NEW_WINDOW, key | {"held": amount})
        run_prepared(tx, _NEW_USE, key | {"transfer_id": transfer_id, "amount": amount})


def settle(
    tx: Connection,
    *,
    hold_id: int,
    transfer_id: int,
    charged: Millicredits,
    now: Milliseconds,
) -> None:
    """Count what was charged instead of what was held, where that was counted."""
    for use in run_prepared(tx, _uses(), {"transfer": hold_id}).all():
        key = {"budget_id": use.budget_id, "window": use.window}
        run_prepared(tx, _moved(), _by(key, held=-use.amount, spent=charged))
        if charged:
            run_prepared(tx, _NEW_USE, key | {"transfer_id": transfer_id, "amount": charged})
            _alert(tx, key, now)


def refund(tx: Connection, *, charge_id: int, transfer_id: int, amount: Millicredits) -> None:
    """Take back what a charge counted."""
    for use in run_prepared(tx, _uses(), {"transfer": charge_id}).all():
        key = {"budget_id": use.budget_id, "window": use.window}
        run_prepared(tx, _moved(), _by(key, spent=-amount))
        run_prepared(tx, _NEW_USE, key | {"transfer_id": transfer_id, "amount": -amount})


def _alert(tx: Connection, key: Mapping[str, Any], now: Milliseconds) -> None:
    mine = (budget_window.c.budget_id == key["budget_id"]) & (
        budget_window.c.window == key["window"]
    )
    query = select(budget.c.limit, budget_window.c.spent).join_from(
        budget_window, budget, budget.c.id == budget_window.c.budget_id
    )
    row = tx.execute(query.where(mine)).first()
    if row is None:
        return
    sent = (budget_alert.c.budget_id == key["budget_id"]) & (budget_alert.c.window == key["window"])
    known = set(tx.scalars(select(budget_alert.c.percent).where(sent)))
    reached = [p for p in ALERTS if row.spent * 100 >= row.limit * p and p not in known]
    if reached:
        tx.execute(insert(budget_alert), [dict(key) | {"percent": p, "at": now} for p in reached])


def _exceeded(tx: Connection, broken: Budget, amount: Millicredits) -> BudgetExceeded:
    table = project if broken.scope is Scope.PROJECT else person
    name = tx.scalar(select(table.c.name).where(table.c.id == broken.subject_id))
    whose = f"the project {name}" if broken.scope is Scope.PROJECT else name
    span = {Period.DAY: "a day", Period.MONTH: "a month", Period.TOTAL: "in all"}[broken.period]
    frees = _frees_text(tx, broken)
    return BudgetExceeded(
        f"this may cost {credits_text(amount)} credits; {whose} may spend"
        f" {credits_text(broken.limit)} {span}, and {credits_text(broken.left)} are left",
        fix=f"ask for less, have the limit raised, or wait: it frees at {frees}"
        if frees
        else "ask for less, or have the limit raised: it does not free by itself",
    )


def _frees_text(tx: Connection, broken: Budget) -> str | None:
    if broken.frees_at is None:
        return None
    query = select(organization.c.time_zone).join_from(
        budget, organization, organization.c.id == budget.c.organization_id
    )
    name = tx.execute(query.where(budget.c.id == broken.id)).scalar_one()
    moment = datetime.fromtimestamp(broken.frees_at / 1000, UTC).astimezone(zone(name))
    return f"{moment:%Y-%m-%d %H:%M} ({name})"


def _standing(tx: Connection, row: Row[Any], now: Milliseconds, names: Mapping[str, str]) -> Budget:
    period = Period(row.period)
    name = window(period, now, row.time_zone)
    sums = run_prepared(tx, _window(), {"budget_id": row.id, "name": name}).first()
    return Budget(
        id=row.id,
        scope=Scope(row.scope),
        subject_id=row.subject_id,
        subject_name=names.get(row.subject_id, ""),
        period=period,
        limit=row.limit,
        window=name,
        held=sums.held if sums else Millicredits(0),
        spent=sums.spent if sums else Millicredits(0),
        frees_at=window_end(period, now, row.time_zone),
    )


_FOREVER = Milliseconds(2**62)


def _zone_of(tx: Connection, organization_id: OrganizationId) -> str:
    mine = organization.c.id == organization_id
    return str(tx.execute(select(organization.c.time_zone).where(mine)).scalar_one())


def _place(budget_id: int, period: Period, now: Milliseconds, zone_name: str) -> Window:
    name = window(period, now, zone_name)
    begin, end = window_begin(period, now, zone_name), window_end(period, now, zone_name)
    return Window(budget_id, name, begin, _FOREVER if end is None else end)


def _theirs(scope: Scope, subject_id: str) -> ColumnElement[bool]:
    column = transfer.c.project_id if scope is Scope.PROJECT else transfer.c.person_id
    return column == subject_id


_NEW_WINDOW = insert(budget_window)
_NEW_USE = insert(budget_use)


def _by(key: Mapping[str, Any], *, held: int = 0, spent: int = 0) -> dict[str, Any]:
    return {"of": key["budget_id"], "name": key["window"], "by_held": held, "by_spent": spent}


def _with_zone() -> Select[Any]:
    return select(budget, organization.c.time_zone).join_from(
        budget, organization, organization.c.id == budget.c.organization_id
    )


@cache
def _in_force() -> Select[Any]:
    theirs = (budget.c.scope == Scope.PROJECT) & (budget.c.subject_id == bindparam("project_id"))
    own = (budget.c.scope == Scope.PERSON) & (budget.c.subject_id == bindparam("person_id"))
    either = budget.c.subject_id.in_([bindparam("project_id"), bindparam("person_id")])
    return _with_zone().where(either & (theirs | own) & budget.c.ended_at.is_(None))


@cache
def _window() -> Select[Any]:
    return select(budget_window).where(
        (budget_window.c.budget_id == bindparam("budget_id"))
        & (budget_window.c.window == bindparam("name"))
    )


@cache
def _uses() -> Select[Any]:
    return select(budget_use).where(budget_use.c.transfer_id == bindparam("transfer"))


@cache
def _moved() -> Update:
    return (
        update(budget_window)
        .where(
            (budget_window.c.budget_id == bindparam("of"))
            & (budget_window.c.window == bindparam("name"))
        )
        .values(
            held=budget_window.c.held + bindparam("by_held"),
            spent=budget_window.c.spent + bindparam("by_spent"),
        )
    )
