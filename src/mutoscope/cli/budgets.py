"""`mutoscope budgets`: what a project or a member may spend."""

from enum import StrEnum
from typing import Annotated

import typer

from mutoscope.cli.amounts import AmountArgument, OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Budgets of projects and caps of members.", no_args_is_help=True)


class Whose(StrEnum):
    """What a budget is for."""

    PROJECT = "project"
    PERSON = "person"


class Span(StrEnum):
    """How long it counts."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


@app.command("list")
def list_budgets(
    organization: OrganizationOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """The limits in force, and where each stands."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.budgets.listing(tx, whose(house, organization))
    rows = [
        {
            "id": each.id,
            "of": f"{each.scope} {each.subject_name}",
            "period": each.period.value,
            "limit": credits_text(each.limit),
            "spent": credits_text(each.spent),
            "held": credits_text(each.held),
            "left": credits_text(each.left),
            "frees_at": time_text(each.frees_at),
        }
        for each in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("id", "of", "period", "limit", "spent", "held", "left", "frees_at")
    print_table([c.upper() for c in columns], [[row[c] for c in columns] for row in rows])


@app.command("set")
def set_budget(
    scope: Annotated[Whose, typer.Argument(help="What it is for.")],
    subject: Annotated[str, typer.Argument(metavar="ID", help="Of the project or the person.")],
    period: Annotated[Span, typer.Argument(help="How long it counts.")],
    limit: AmountArgument,
    organization: OrganizationOption = None,
    data: DataOption = None,
) -> None:
    """Set a limit, or change it."""
    from mutoscope.cli.amounts import read_amount, whose
    from mutoscope.cli.house import open_house
    from mutoscope.ledger import Period, Scope

    most = read_amount(limit, "LIMIT", may_be_zero=True)
    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        number = house.rooms.budgets.put(
            tx, whose(house, organization), Scope(scope), subject, Period(period), most
        )
        house.rooms.trail.record(
            tx,
            None,
            "credits.budget.set",
            f"{scope}:{subject}",
            whose(house, organization),
            period=period.value,
            limit=limit,
        )
    typer.echo(f"budget {number}: {limit} a {period}")


@app.command("remove")
def remove_budget(
    budget: Annotated[int, typer.Argument(metavar="ID", min=1, help="As `budgets list` shows.")],
    organization: OrganizationOption = None,
    data: DataOption = None,
) -> None:
    """End a limit."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.ledger import BudgetId

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        whom = whose(house, organization)
        house.rooms.budgets.remove(tx, whom, BudgetId(budget))
        house.rooms.trail.record(tx, None, "credits.budget.removed", budget, whom)
