"""`mutoscope credits`: the wallet and its books."""

from typing import Annotated

import typer

from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Show, grant and audit credits (灵感值).", no_args_is_help=True)


@app.command("show")
def show_credits(data: DataOption = None, as_json: JsonOption = False) -> None:
    """What may be spent, and what is held for jobs under way."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        balance = house.rooms.ledger.balance(tx, house.owner.organization_id)
    amounts = {
        "available": credits_text(balance.available),
        "held": credits_text(balance.held),
        "posted": credits_text(balance.posted),
    }
    if as_json:
        print_json(amounts)
        return
    typer.echo(f"available: {amounts['available']}")
    typer.echo(f"held:      {amounts['held']}")


@app.command("grant")
def grant_credits(
    amount: Annotated[str, typer.Argument(help="How many, with up to three decimals.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put new credits into the wallet."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.core.credits import credits_text, parse_credits
    from mutoscope.core.errors import InvalidRequest
    from mutoscope.core.ids import new_opaque_id

    try:
        granted = parse_credits(amount)
    except ValueError as error:
        raise InvalidRequest(str(error), field="AMOUNT") from error
    house = open_house(data)
    organization = house.owner.organization_id
    with house.rooms.database.transaction() as tx:
        cause = f"grant:{new_opaque_id()}"
        house.rooms.ledger.grant(tx, organization, granted, cause=cause)
        balance = house.rooms.ledger.balance(tx, organization)
    available = credits_text(balance.available)
    if as_json:
        print_json({"granted": credits_text(granted), "available": available})
        return
    typer.echo(f"granted {credits_text(granted)}; available: {available}")


@app.command("audit")
def audit_books(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Prove that every account is the sum of its transfers and that no hold is orphaned.

    Exit code 1 if anything does not add up.
    """
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.generations import audit_credits

    found = audit_credits(open_house(data).rooms)
    if as_json:
        problems = [{"subject": each.subject, "problem": each.problem} for each in found]
        print_json({"ok": not found, "problems": problems})
    else:
        for each in found:
            typer.echo(f"{each.subject}: {each.problem}")
        typer.echo("the books do not add up" if found else "the books add up; no hold is orphaned")
    if found:
        raise typer.Exit(1)
