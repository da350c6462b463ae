"""`mutoscope credits`: the wallet and its books."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import AmountArgument, OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Show, grant and audit credits (灵感值).", no_args_is_help=True)

DaysOption = Annotated[
    int | None, typer.Option("--days", min=1, max=36500, help="How long they last.")
]


@app.command("show")
def show_credits(
    organization: OrganizationOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """What may be spent, what is held for jobs under way, and the lots that it is made of."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        balance = house.rooms.ledger.balance(tx, whose(house, organization))
        lots = house.rooms.ledger.lots(tx, whose(house, organization))
    amounts = {
        "available": credits_text(balance.available),
        "held": credits_text(balance.held),
        "posted": credits_text(balance.posted),
    }
    if as_json:
        shown = [
            {
                "kind": lot.kind.value,
                "free": credits_text(lot.free),
                "amount": credits_text(lot.amount),
                "expires_at": lot.expires_at,
            }
            for lot in lots
        ]
        print_json(amounts | {"lots": shown})
        return
    typer.echo(f"available: {amounts['available']}")
    typer.echo(f"held:      {amounts['held']}")
    print_table(
        ("LOT", "FREE", "OF", "UNTIL"),
        [
            (lot.kind, credits_text(lot.free), credits_text(lot.amount), time_text(lot.expires_at))
            for lot in lots
        ],
    )


@app.command("grant")
def grant_credits(
    amount: AmountArgument,
    organization: OrganizationOption = None,
    days: DaysOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put new credits into a wallet."""
    from mutoscope.cli.amounts import read_amount, whose
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.core.credits import credits_text
    from mutoscope.generations import grant_credits as grant_credits_to

    granted = read_amount(amount)
    house = open_house(data)
    whom = whose(house, organization)
    grant_credits_to(house.rooms, house.actor(), whom, granted, days=days)
    with house.rooms.database.snapshot() as tx:
        balance = house.rooms.ledger.balance(tx, whom)
    available = credits_text(balance.available)
    if as_json:
        print_json({"granted": credits_text(granted), "available": available})
        return
    typer.echo(f"granted {credits_text(granted)}; available: {available}")


@app.command("correct")
def correct_credits(
    amount: AmountArgument, organization: OrganizationOption = None, data: DataOption = None
) -> None:
    """Take credits back that should not be there. What is held stays."""
    from mutoscope.cli.amounts import read_amount, whose
    from mutoscope.cli.house import open_house
    from mutoscope.core.credits import credits_text
    from mutoscope.core.ids import new_opaque_id

    taken = read_amount(amount)
    house = open_house(data)
    whom = whose(house, organization)
    with house.rooms.database.transaction() as tx:
        done = house.rooms.ledger.correct(tx, whom, taken, cause=f"cli:{new_opaque_id()}")
        verb, told = "credits.wallet.corrected", credits_text(taken)
        house.rooms.trail.record(tx, None, verb, done.id, whom, credits=told)
        balance = house.rooms.ledger.balance(tx, whom)
    typer.echo(f"took {credits_text(taken)}; available: {credits_text(balance.available)}")


@app.command("refund")
def refund_credits(
    generation: Annotated[str, typer.Argument(metavar="ID", help="The generation.")],
    amount: AmountArgument,
    data: DataOption = None,
) -> None:
    """Give back what a generation was charged, or a part of it."""
    from mutoscope.cli.amounts import read_amount
    from mutoscope.cli.house import open_house
    from mutoscope.core.credits import credits_text
    from mutoscope.core.ids import new_opaque_id

    given = read_amount(amount)
    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        house.rooms.ledger.refund(tx, generation, given, cause=f"cli:{new_opaque_id()}")
        verb, told = "credits.charge.refunded", credits_text(given)
        first = house.owner.organization_id
        house.rooms.trail.record(tx, None, verb, generation, first, credits=told)
    typer.echo(f"gave {credits_text(given)} back for {generation}")


@app.command("redeem")
def redeem_code(
    code: Annotated[str, typer.Argument(help="However it was typed.")],
    organization: OrganizationOption = None,
    data: DataOption = None,
) -> None:
    """Put what a code is worth into a wallet."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        brought = house.rooms.billing.codes.redeem(tx, code, whose(house, organization))
    typer.echo(f"brought {credits_text(brought)}")


@app.command("statement")
def print_statement(
    month: Annotated[
        str | None, typer.Option("--month", help="As in 2026-11. [default: this one]")
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="What it spent, instead.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="What they spent, instead.")
    ] = None,
    organization: OrganizationOption = None,
    data: DataOption = None,
) -> None:
    """A month as CSV: the opening, every line, the closing."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import PersonId, ProjectId
    from mutoscope.ledger import Period, statement_csv, statement_of, window
    from mutoscope.ledger import month as span_of

    house = open_house(data)
    whom = whose(house, organization)
    with house.rooms.database.snapshot() as tx:
        zone = house.rooms.ledger.time_zone(tx, whom)
        name = month or window(Period.MONTH, house.rooms.clock.now(), zone)
        statement = statement_of(
            tx,
            whom,
            span_of(name, zone),
            project_id=ProjectId(project) if project else None,
            person_id=PersonId(person) if person else None,
        )
    for row in statement_csv(statement):
        typer.echo(row, nl=False)


@app.command("audit")
def audit_books(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Prove that the books add up: accounts, lots, budgets, orders and holds against transfers.

    Exit code 1 if anything does not, the first of it first.
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


@app.command("clock")
def show_clock(
    accept: Annotated[
        bool, typer.Option("--accept", help="Believe the machine's clock as it is now.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The latest time that the books believe: a clock that goes back makes no lot usable again.

    Where the clock was far ahead for more than a day and is right again, --accept says so.
    """
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, time_text

    house = open_house(data)
    rooms, actor = house.rooms, house.actor()
    now = rooms.clock.now()
    if accept:
        with rooms.database.transaction() as tx:
            rooms.ledger.accept_clock(tx)
            verb = "credits.clock.accepted"
            rooms.trail.record(tx, actor, verb, "clock", actor.organization_id, now=now)
    with rooms.database.snapshot() as tx:
        mark = rooms.ledger.time_mark(tx)
    latest = now if mark is None else mark.highest_at
    behind = max(0, (latest - now) // 1000)
    doubted = None if mark is None else mark.doubted_since
    if as_json:
        shown = {"latest_at": latest, "behind_seconds": behind, "doubted_since": doubted}
        print_json(shown)
        return
    typer.echo(f"the books' latest time: {time_text(latest)}")
    if behind:
        typer.echo(f"the clock is {behind} seconds behind: lots that ended by then stay ended")
    if doubted is not None:
        typer.echo(f"the clock is ahead, and not believed yet: since {time_text(doubted)}")
