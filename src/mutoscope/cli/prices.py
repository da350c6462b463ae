"""`mutoscope prices`: the price book."""

from enum import StrEnum
from typing import Annotated

import typer

from mutoscope.cli.amounts import AmountArgument
from mutoscope.cli.options import DataOption, JsonOption
from mutoscope.core.request import Task

app = typer.Typer(help="What models cost, version by version.", no_args_is_help=True)


class PerWhat(StrEnum):
    """What a price is for."""

    SECOND = "second"
    PICTURE = "picture"


@app.command("list")
def list_prices(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every version that was written, the latest first. Else a model costs what it says."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.billing.prices.versions(tx)
    rows = [
        (
            r.version,
            r.model,
            r.size,
            r.unit.value,
            None if r.task is None else r.task.value,
            credits_text(r.amount),
            time_text(r.valid_from),
        )
        for r in found
    ]
    columns = ("version", "model", "size", "unit", "task", "amount", "valid_from")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table([c.upper() for c in columns], [[c or "any" for c in row] for row in rows])


@app.command("set")
def set_price(
    model: Annotated[str, typer.Argument(help="As `models list` shows.")],
    size: Annotated[str, typer.Argument(help="As in 720p.")],
    unit: Annotated[PerWhat, typer.Argument(help="What it is for.")],
    amount: AmountArgument,
    task: Annotated[
        Task | None,
        typer.Option(help="For this task only; goes before a price for all of them."),
    ] = None,
    data: DataOption = None,
) -> None:
    """A new version, from now on. What was quoted before keeps its price."""
    from mutoscope.catalog import Unit
    from mutoscope.cli.amounts import read_amount
    from mutoscope.cli.house import open_house
    from mutoscope.generations import set_price as set_price_of

    price = read_amount(amount, may_be_zero=True)
    house = open_house(data)
    version = set_price_of(house.rooms, house.actor(), model, size, Unit(unit), price, task=task)
    what = f"{model} {size}" if task is None else f"{task} by {model} {size}"
    typer.echo(f"version {version}: {what} costs {amount} a {unit}")
