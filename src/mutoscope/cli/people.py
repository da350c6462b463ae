"""`mutoscope people`: who may sign in to the studio, and as what."""

import sys
from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Members, roles, invitations, passwords.", no_args_is_help=True)

EmailArgument = Annotated[
    str, typer.Argument(metavar="EMAIL", help="Whose; the first one is admin@localhost.")
]
RoleArgument = Annotated[
    str, typer.Argument(metavar="ROLE", help="owner, admin, producer, creator or viewer.")
]


@app.command("list")
def list_people(
    data: DataOption = None, organization: OrganizationOption = None, as_json: JsonOption = False
) -> None:
    """Everyone in the organization."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.people.list(tx, house.actor(organization).organization_id)
    if as_json:
        shown = ("id", "name", "email", "role", "disabled_at", "created_at")
        print_json([{name: getattr(each, name) for name in shown} for each in found])
        return
    print_table(
        ("ID", "NAME", "EMAIL", "ROLE", "DISABLED"),
        [(p.id, p.name, p.email, p.role, time_text(p.disabled_at)) for p in found],
    )


@app.command("invite")
def invite_someone(
    role: RoleArgument = "creator",
    email: Annotated[
        str | None, typer.Option("--email", help="For this address only; else for any.")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How long it is good.")] = 7,
    data: DataOption = None,
    organization: OrganizationOption = None,
) -> None:
    """Print a link that makes one person a member."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import invite
    from mutoscope.identity import Role

    house = open_house(data)
    actor = house.actor(organization)
    _, token = invite(house.rooms, actor, role=Role.parse(role), email=email, days=days)
    typer.echo(f"{house.base_url}/join?token={token}")


@app.command("role")
def change_role(email: EmailArgument, role: RoleArgument, data: DataOption = None) -> None:
    """Promote or demote somebody: their sessions end, and what they may not have any more."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import set_role
    from mutoscope.identity import Role

    house = open_house(data)
    person = house.person(email)
    changed = set_role(
        house.rooms, house.actor(person.organization_id), person.id, Role.parse(role)
    )
    typer.echo(f"{changed.email} is {changed.role}")


@app.command("disable")
def disable_person(email: EmailArgument, data: DataOption = None) -> None:
    """Let somebody in no more: sessions, keys and generations under way end."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import dismiss

    house = open_house(data)
    person = house.person(email)
    dismiss(house.rooms, house.actor(person.organization_id), person.id)
    typer.echo(f"{person.email} is disabled")


@app.command("enable")
def enable_person(email: EmailArgument, data: DataOption = None) -> None:
    """Let somebody in again, by the password they had."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import readmit

    house = open_house(data)
    person = house.person(email)
    readmit(house.rooms, house.actor(person.organization_id), person.id)
    typer.echo(f"{person.email} is enabled")


@app.command("password")
def set_password(email: EmailArgument, data: DataOption = None) -> None:
    """Set a password: asked for twice, or read from standard input when that is no terminal."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.errors import InvalidRequest

    house = open_house(data, may_found=True)
    rooms = house.rooms
    with rooms.database.snapshot() as tx:
        person = rooms.people.find_by_email(tx, email)
    if sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidRequest("no password was given", field="password")
    actor = house.actor(person.organization_id)
    with rooms.database.transaction() as tx:
        rooms.people.set_password(tx, person.id, password)
        rooms.trail.record(
            tx, actor, "identity.person.password_set", person.id, person.organization_id
        )
    typer.echo(f"{email} has a new password; earlier sessions have ended")


@app.command("link")
def print_link(email: EmailArgument = "admin@localhost", data: DataOption = None) -> None:
    """Print a sign-in link that works once, within a day."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import new_sign_in_link

    house = open_house(data, may_found=True)
    with house.rooms.database.snapshot() as tx:
        person = house.rooms.people.find_by_email(tx, email)
    token = new_sign_in_link(house.rooms, house.actor(person.organization_id), person.id)
    typer.echo(f"{house.base_url}/sign-in?token={token}")
