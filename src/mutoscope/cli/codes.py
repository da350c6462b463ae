"""`mutoscope codes`: redeem codes."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import AmountArgument
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Make and end redeem codes.", no_args_is_help=True)


@app.command("make")
def make_codes(
    count: Annotated[int, typer.Argument(min=1, max=100_000, help="How many codes.")],
    amount: AmountArgument,
    name: Annotated[str, typer.Option("--name", help="What they are for.")] = "command line",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=36500, help="How long the credits last.")
    ] = None,
    valid_days: Annotated[
        int | None,
        typer.Option("--valid-days", min=1, max=36500, help="How long they may be redeemed."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Print a batch of codes, one a line: they are shown this once."""
    from mutoscope.cli.amounts import read_amount
    from mutoscope.cli.house import open_house

    worth = read_amount(amount)
    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        batch, codes = house.rooms.billing.codes.make(
            tx,
            name=name,
            count=count,
            amount=worth,
            credits_last_days=days,
            valid_days=valid_days,
        )
        first = house.owner.organization_id
        told = {"name": name, "count": count, "credits": amount}
        house.rooms.trail.record(tx, None, "credits.codes.made", batch, first, **told)
    typer.echo(f"batch {batch}: keep the codes, they are not shown again", err=True)
    for code in codes:
        typer.echo(code)


@app.command("list")
def list_batches(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every batch, and how many of its codes were redeemed."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.billing.codes.batches(tx)
    columns = ("id", "name", "credits", "count", "redeemed", "until", "ended")
    rows = [
        (
            each.id,
            each.name,
            credits_text(each.credits),
            each.count,
            each.redeemed,
            time_text(each.expires_at),
            time_text(each.ended_at),
        )
        for each in found
    ]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table([c.upper() for c in columns], rows)


@app.command("end")
def end_batch(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="As `codes list` shows.")],
    data: DataOption = None,
) -> None:
    """Honour what is left of a batch no more."""
    from mutoscope.cli.house import open_house

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        house.rooms.billing.codes.end(tx, batch)
        first = house.owner.organization_id
        house.rooms.trail.record(tx, None, "credits.codes.ended", batch, first)
