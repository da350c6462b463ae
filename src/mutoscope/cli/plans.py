"""`mutoscope plans`: what is sold, who has what, and what was ordered."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Plans, subscriptions and orders.", no_args_is_help=True)

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="Its id: letters and hyphens.")]


@app.command("list")
def list_plans(data: DataOption = None, as_json: JsonOption = False) -> None:
    """What is on offer."""
    from mutoscope.billing import money
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table
    from mutoscope.core.credits import credits_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.billing.plans.offered(tx)
    if as_json:
        print_json([each.__dict__ for each in found])
        return
    print_table(
        ("ID", "KIND", "TITLE", "PRICE", "CREDITS"),
        [
            (
                each.id,
                each.kind,
                f"{each.title_zh} / {each.title_en}",
                money(each.price_minor, each.currency),
                credits_text(each.credits),
            )
            for each in found
        ],
    )


@app.command("put")
def put_plan(
    plan: PlanArgument,
    title_en: Annotated[str, typer.Option("--title-en", help="Its name in English.")],
    title_zh: Annotated[str, typer.Option("--title-zh", help="Its name in Chinese.")],
    price_minor: Annotated[
        int, typer.Option("--price-minor", min=0, help="In cents, fen: the smallest unit.")
    ],
    amount: Annotated[str, typer.Option("--credits", help="That it brings, every month.")],
    currency: Annotated[str, typer.Option("--currency", help="As in cny.")] = "cny",
    is_pack: Annotated[bool, typer.Option("--pack", help="Bought once.")] = False,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="How long a pack's credits last.")
    ] = None,
    daily: Annotated[str, typer.Option("--daily", help="Free credits a day.")] = "0",
    jobs_at_once: Annotated[
        int | None, typer.Option("--jobs-at-once", min=1, help="How much may be under way.")
    ] = None,
    models: Annotated[
        list[str] | None, typer.Option("--model", help="That is included; again for more.")
    ] = None,
    sizes: Annotated[
        list[str] | None, typer.Option("--size", help="That is included; again for more.")
    ] = None,
    retention_days: Annotated[
        int | None, typer.Option("--retention-days", min=1, help="How long results are kept.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Offer a plan, or change it for everyone who has it."""
    from mutoscope.billing import Plan, PlanKind
    from mutoscope.cli.amounts import read_amount
    from mutoscope.cli.house import open_house
    from mutoscope.generations import offer_plan

    new = Plan(
        id=plan,
        kind=PlanKind.PACK if is_pack else PlanKind.SUBSCRIPTION,
        title_zh=title_zh,
        title_en=title_en,
        price_minor=price_minor,
        currency=currency,
        credits=read_amount(amount, "--credits", may_be_zero=True),
        credits_last_days=days,
        daily_credits=read_amount(daily, "--daily", may_be_zero=True),
        jobs_at_once=jobs_at_once,
        models=tuple(models) if models else None,
        sizes=tuple(sizes) if sizes else None,
        retention_days=retention_days,
    )
    house = open_house(data)
    offer_plan(house.rooms, house.actor(), new)
    typer.echo(f"plan {plan} is on offer")


@app.command("archive")
def archive_plan(plan: PlanArgument, data: DataOption = None) -> None:
    """Offer it no more. Who has it keeps it."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import archive_plan as archive

    house = open_house(data)
    archive(house.rooms, house.actor(), plan)


@app.command("give")
def give_plan(
    plan: PlanArgument, organization: OrganizationOption = None, data: DataOption = None
) -> None:
    """Give an organization a plan from now on, in place of the one it has."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.generations import give_plan as give

    house = open_house(data)
    whom = whose(house, organization)
    give(house.rooms, house.actor(), whom, plan)
    typer.echo(f"{whom} has {plan}")


@app.command("end")
def end_plan(organization: OrganizationOption = None, data: DataOption = None) -> None:
    """End an organization's plan. The credits it brought stay until their time."""
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.generations import give_plan as give

    house = open_house(data)
    give(house.rooms, house.actor(), whose(house, organization), None)


@app.command("orders")
def list_orders(
    organization: OrganizationOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """An organization's orders, the latest first."""
    from mutoscope.billing import money
    from mutoscope.cli.amounts import whose
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.billing.orders.listing(tx, whose(house, organization))
    if as_json:
        print_json([each.__dict__ for each in found])
        return
    print_table(
        ("ID", "PLAN", "PRICE", "STATUS", "ORDERED", "PAID"),
        [
            (
                each.id,
                each.plan_id,
                money(each.price_minor, each.currency),
                each.status,
                time_text(each.created_at),
                time_text(each.paid_at),
            )
            for each in found
        ],
    )


@app.command("paid")
def mark_paid(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="As `plans orders` shows.")],
    reference: Annotated[str, typer.Option("--reference", help="The payment; one pays once.")],
    data: DataOption = None,
) -> None:
    """The money for an order came: bring its credits and write its invoice."""
    from mutoscope.cli.house import open_house

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        is_repeat = house.rooms.billing.orders.is_paid(tx, order)
        paid = house.rooms.billing.orders.pay(tx, order, reference=reference)
        whom = paid.organization_id
        verb = "billing.order.paid"
        if not is_repeat:
            house.rooms.trail.record(tx, None, verb, order, whom, reference=reference)
    typer.echo(f"order {paid.id} is {paid.status}")
