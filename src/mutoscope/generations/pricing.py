"""What the house asks for."""

from datetime import UTC, datetime

from mutoscope.catalog import Unit
from mutoscope.core.actor import Actor
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.request import Task
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission


def set_price(
    rooms: Rooms,
    actor: Actor,
    model_name: str,
    size: str,
    unit: Unit,
    amount: Millicredits,
    *,
    task: Task | None = None,
    valid_from: Milliseconds | None = None,
) -> int:
    """Write a new version of a price, from now or from later on; returns its number.

    What was quoted before keeps its price.
    """
    actor.check(Permission.HOUSE_ADMINISTER)
    model = rooms.catalog.find(model_name)
    with rooms.database.transaction() as tx:
        version = rooms.billing.prices.put(
            tx, model, size, unit, amount, task=task, valid_from=valid_from
        )
        told = {"size": size, "unit": unit.value, "amount": credits_text(amount)}
        if task is not None:
            told["task"] = task.value
        if valid_from is not None:
            told["valid_from"] = datetime.fromtimestamp(valid_from / 1000, UTC).isoformat()
        verb = "credits.price.set"
        rooms.trail.record(tx, actor, verb, model.id, actor.organization_id, **told)
        return version
