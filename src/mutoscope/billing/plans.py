"""Plans: what a subscription brings every month and what it allows; packs that are bought once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import AMOUNT_MAX, Millicredits
from mutoscope.core.errors import InArrears, InvalidRequest, ModelNotInPlan, NotFound
from mutoscope.core.request import GenerationRequest
from mutoscope.db import run_prepared
from mutoscope.db.schema import plan, subscription

MINOR_MAX = 10**12


class PlanKind(StrEnum):
    """How often it is paid."""

    SUBSCRIPTION = "subscription"
    PACK = "pack"


class SubscriptionStatus(StrEnum):
    """Where a subscription is."""

    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Something to buy. None among the terms leaves it to the house."""

    id: str
    kind: PlanKind
    title_zh: str
    title_en: str
    price_minor: int
    currency: str
    credits: Millicredits
    credits_last_days: int | None = None
    daily_credits: Millicredits = Millicredits(0)  # noqa: RUF009 - a plain number
    jobs_at_once: int | None = None
    models: tuple[str, ...] | None = None
    sizes: tuple[str, ...] | None = None
    retention_days: int | None = None


@dataclass(frozen=True)
class Terms:
    """What an organization may do. None: whatever the house allows."""

    plan_id: str | None
    status: SubscriptionStatus | None
    daily_credits: Millicredits
    jobs_at_once: int | None
    models: frozenset[str] | None
    sizes: frozenset[str] | None
    retention_days: int | None

    def check(self, request: GenerationRequest) -> None:
        """InArrears when nothing may be made, ModelNotInPlan when not this."""
        if self.status is SubscriptionStatus.PAST_DUE:
            raise InArrears(
                f"the plan {self.plan_id} has not been paid",
                fix="pay the open invoice, or cancel the plan",
            )
        self._check("model", request.model, self.models)
        # Nobody asks for a sound's size: it comes with the task.
        if request.task.is_sound and self.sizes is not None and request.size not in self.sizes:
            raise ModelNotInPlan(
                f"the plan {self.plan_id} does not include sounds and speech",
                fix=f"have the administrator add the size {request.size} to it, or change the plan",
            )
        self._check("size", request.size, self.sizes)

    def _check(self, field: str, asked: str, included: frozenset[str] | None) -> None:
        if included is not None and asked not in included:
            raise ModelNotInPlan(
                f"the plan {self.plan_id} does not include the {field} {asked}",
                field=field,
                fix=f"ask for {' or '.join(sorted(included))}, or change the plan",
            )


class Plans:
    """What is on offer, and on which terms an organization works."""

    def __init__(self, clock: Clock, *, daily_credits: Millicredits) -> None:
        """`daily_credits`: what organizations without a plan get every day."""
        self._clock = clock
        self._without = Terms(None, None, daily_credits, None, None, None, None)

    def put(self, tx: Connection, new: Plan) -> None:
        """Offer a plan, or change it for everyone who has it."""
        _check(new)
        values = new.__dict__ | {"models": _listed(new.models), "sizes": _listed(new.sizes)}
        changed = tx.execute(update(plan).where(plan.c.id == new.id).values(values))
        if changed.rowcount == 0:
            tx.execute(insert(plan), values | {"created_at": self._clock.now()})

    def archive(self, tx: Connection, plan_id: str) -> None:
        """Offer it no more. Who has it keeps it."""
        mine = (plan.c.id == plan_id) & plan.c.archived_at.is_(None)
        if tx.execute(update(plan).where(mine).values(archived_at=self._clock.now())).rowcount != 1:
            raise NotFound(f"there is no plan {plan_id!r}")

    def offered(self, tx: Connection) -> list[Plan]:
        """What can be bought, the cheapest first."""
        query = select(plan).where(plan.c.archived_at.is_(None))
        return [read_plan(row) for row in tx.execute(query.order_by(plan.c.price_minor, plan.c.id))]

    def find(self, tx: Connection, plan_id: str) -> Plan:
        """A plan that is on offer. NotFound names those that are."""
        names = []
        for each in self.offered(tx):
            if each.id == plan_id:
                return each
            names.append(each.id)
        offered = f"one of {', '.join(names)}" if names else "make one: mutoscope plans put"
        raise NotFound(f"there is no plan {plan_id!r}", field="plan", fix=offered)

    def any(self, tx: Connection, plan_id: str) -> Plan:
        """A plan, on offer or not."""
        return read_plan(tx.execute(select(plan).where(plan.c.id == plan_id)).one())

    def terms(self, tx: Connection, organization_id: str) -> Terms:
        """On which terms an organization works."""
        row = run_prepared(tx, _terms(), {"organization": organization_id}).first()
        if row is None:
            return self._without
        return Terms(
            plan_id=row.plan_id,
            status=SubscriptionStatus(row.status),
            daily_credits=row.daily_credits,
            jobs_at_once=row.jobs_at_once,
            models=_unlisted(row.models),
            sizes=_unlisted(row.sizes),
            retention_days=row.retention_days,
        )

    def retentions(self, tx: Connection) -> dict[str, int]:
        """Organizations whose plan keeps results for its own number of days."""
        query = (
            select(subscription.c.organization_id, plan.c.retention_days)
            .join_from(subscription, plan, plan.c.id == subscription.c.plan_id)
            .where(subscription.c.status != SubscriptionStatus.CANCELED)
            .where(plan.c.retention_days.is_not(None))
        )
        return {row.organization_id: row.retention_days for row in tx.execute(query)}


def read_plan(row: Row[Any]) -> Plan:
    """Read a `plan` row."""
    kept = {name: getattr(row, name) for name in Plan.__dataclass_fields__}
    lists = {name: tuple(json.loads(kept[name])) for name in ("models", "sizes") if kept[name]}
    return Plan(**(kept | {"kind": PlanKind(row.kind)} | lists))


def _check(new: Plan) -> None:
    for field, complaint in _complaints(new):
        raise InvalidRequest(complaint, field=field)


def _complaints(new: Plan) -> Iterator[tuple[str, str]]:
    if not (new.id.isascii() and new.id.replace("-", "").isalnum() and len(new.id) <= 40):
        yield "id", "a plan's id has 1 to 40 letters, digits and hyphens"
    if not (len(new.currency) == 3 and new.currency.isascii() and new.currency.islower()):
        yield "currency", "a currency has three small letters, as in cny, usd, eur"
    if not 0 <= new.price_minor <= MINOR_MAX:
        yield "price_minor", "a price is nothing or more"
    if not 0 <= new.credits <= AMOUNT_MAX or not 0 <= new.daily_credits <= AMOUNT_MAX:
        yield "credits", "credits are nothing or more"
    if new.kind is PlanKind.PACK and not new.credits:
        yield "credits", "a pack brings credits"
    for name in ("credits_last_days", "jobs_at_once", "retention_days"):
        value = getattr(new, name)
        if value is not None and value < 1:
            yield name, "1 or more, or leave it out"


def _listed(names: tuple[str, ...] | None) -> str | None:
    return None if names is None else json.dumps(names)


def _unlisted(names: str | None) -> frozenset[str] | None:
    return None if names is None else frozenset(json.loads(names))


@cache
def _terms() -> Select[Any]:
    columns = (
        subscription.c.plan_id,
        subscription.c.status,
        plan.c.daily_credits,
        plan.c.jobs_at_once,
        plan.c.models,
        plan.c.sizes,
        plan.c.retention_days,
    )
    theirs = subscription.c.organization_id == bindparam("organization")
    return (
        select(*columns)
        .join_from(subscription, plan, plan.c.id == subscription.c.plan_id)
        .where(theirs & (subscription.c.status != SubscriptionStatus.CANCELED.value))
    )


def lasts_until(now: Milliseconds, days: int | None) -> Milliseconds | None:
    """When something that lasts so many days from now is over; None for never."""
    return None if days is None else Milliseconds(now + days * 86_400_000)
