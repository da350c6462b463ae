"""The price book: written by the house, never changed; a new price is a new version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select

from mutoscope.catalog import Model, Price, Unit, unit_of
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import AMOUNT_MAX, Millicredits
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Task
from mutoscope.db import run_prepared
from mutoscope.db.schema import price


@dataclass(frozen=True)
class PriceRow:
    """One version of one price."""

    version: int
    model: str
    size: str
    unit: Unit
    amount: Millicredits
    valid_from: Milliseconds
    created_at: Milliseconds
    # None for whatever is made.
    task: Task | None = None


class Prices:
    """What models cost: the catalogue's prices, and what the house wrote over them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def applied(self, tx: Connection, model: Model) -> Model:
        """The model with the prices that are in force now."""
        asked = {"model": model.id, "now": self._clock.now()}
        rows = run_prepared(tx, _in_force(), asked).all()
        if not rows:
            return model
        amounts: dict[tuple[Unit | Task, str], Millicredits] = {}
        versions: dict[tuple[Unit | Task, str], int] = {}
        for row in rows:
            key = (Unit(row.unit) if row.task is None else Task(row.task)), row.size
            amounts[key], versions[key] = row.amount, row.id
        prices = Price(
            per_second=_over(model.price.per_second, amounts, Unit.SECOND),
            per_picture=_over(model.price.per_picture, amounts, Unit.PICTURE),
            per_task={
                (what, size): amount
                for (what, size), amount in amounts.items()
                if isinstance(what, Task)
            },
            versions=versions,
        )
        return replace(model, price=prices)

    def put(
        self,
        tx: Connection,
        model: Model,
        size: str,
        unit: Unit,
        amount: Millicredits,
        *,
        task: Task | None = None,
        valid_from: Milliseconds | None = None,
    ) -> int:
        """Write a new version, in force from now or from later on; returns its number.

        A price for a task goes before one for whatever is made. What was quoted before keeps its
        price.
        """
        _check_priced(model, size, unit, task)
        if not 0 <= amount <= AMOUNT_MAX:
            raise InvalidRequest("a price is nothing or more", field="amount")
        now = self._clock.now()
        if valid_from is not None and valid_from < now:
            raise InvalidRequest(
                "a price can't begin in the past", field="valid_from", fix="leave it out for now"
            )
        new = {
            "model": model.id,
            "size": size,
            "unit": unit,
            "task": task,
            "amount": amount,
            "valid_from": now if valid_from is None else valid_from,
            "created_at": now,
        }
        return int(tx.execute(insert(price).returning(price.c.id), new).scalar_one())

    def versions(self, tx: Connection) -> list[PriceRow]:
        """Every version that was ever written, the latest first."""
        rows = tx.execute(select(price).order_by(price.c.id.desc()))
        return [
            PriceRow(
                version=r.id,
                model=r.model,
                size=r.size,
                unit=Unit(r.unit),
                amount=r.amount,
                valid_from=r.valid_from,
                created_at=r.created_at,
                task=None if r.task is None else Task(r.task),
            )
            for r in rows
        ]


def _check_priced(model: Model, size: str, unit: Unit, task: Task | None) -> None:
    """InvalidRequest unless the model makes what the price would be for."""
    if task is not None and task not in model.tasks:
        known = ", ".join(sorted(model.tasks))
        raise InvalidRequest(f"{model.id} can't do {task}", field="task", fix=f"one of {known}")
    if task is not None and unit is not unit_of(task):
        raise InvalidRequest(
            f"{task} is priced by the {unit_of(task)}", field="unit", fix=f"send {unit_of(task)}"
        )
    tasks = model.tasks if task is None else frozenset({task})
    sizes = model.sizes_priced(each for each in tasks if unit_of(each) is unit)
    if size not in sizes:
        raise InvalidRequest(
            f"{model.id} makes nothing of the size {size!r} that is priced so",
            field="size",
            fix=f"one of {', '.join(sizes)}" if sizes else "choose another unit",
        )


def _over(
    own: Mapping[str, Millicredits],
    written: Mapping[tuple[Unit | Task, str], Millicredits],
    unit: Unit,
) -> dict[str, Millicredits]:
    return {size: written.get((unit, size), amount) for size, amount in own.items()}


@cache
def _in_force() -> Select[Any]:
    """In the order of taking effect: the last of each kind holds."""
    begun = (price.c.model == bindparam("model")) & (price.c.valid_from <= bindparam("now"))
    columns = (price.c.id, price.c.size, price.c.unit, price.c.task, price.c.amount)
    return select(*columns).where(begun).order_by(price.c.valid_from, price.c.id)
