"""`mutoscope organizations`: the tenants of this service."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Take tenants in; name them, set their time zone.", no_args_is_help=True)


@app.command("list")
def list_organizations(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every organization; the first one runs this service."""
    from dataclasses import asdict

    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.projects.organizations(tx)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    print_table(("ID", "NAME", "TIME ZONE"), [(o.id, o.name, o.time_zone) for o in found])


@app.command("create")
def create_organization(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    owner_email: Annotated[str, typer.Option("--owner", metavar="EMAIL", help="Who owns it.")],
    owner_name: Annotated[
        str, typer.Option("--owner-name", help="What they are called.")
    ] = "Owner",
    data: DataOption = None,
) -> None:
    """Take a tenant in; prints its id and a link that signs its owner in, once."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import found_organization

    house = open_house(data)
    founded = found_organization(
        house.rooms, house.actor(), name=name, owner_name=owner_name, owner_email=owner_email
    )
    typer.echo(founded.organization.id)
    typer.echo(f"{house.base_url}/sign-in?token={founded.link_token}")


@app.command("change")
def change(
    name: Annotated[str | None, typer.Option("--name", help="What it is called.")] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Where its midnights are: Asia/Shanghai.")
    ] = None,
    data: DataOption = None,
    organization: OrganizationOption = None,
) -> None:
    """Give an organization another name or time zone."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import change_organization

    house = open_house(data)
    actor = house.actor(organization)
    changed = change_organization(house.rooms, actor, name=name, time_zone=time_zone)
    typer.echo(f"{changed.name}, {changed.time_zone}")
