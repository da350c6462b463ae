"""`mutoscope people`: who may sign in to the studio."""

import sys
from typing import Annotated

import typer

from mutoscope.cli.options import DataOption

app = typer.Typer(help="Passwords and sign-in links.", no_args_is_help=True)

EmailArgument = Annotated[
    str, typer.Argument(metavar="EMAIL", help="Whose; the first one is admin@localhost.")
]


@app.command("password")
def set_password(email: EmailArgument, data: DataOption = None) -> None:
    """Set a password: asked for twice, or read from standard input when that is no terminal."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.errors import InvalidRequest

    rooms = open_house(data, may_found=True).rooms
    with rooms.database.snapshot() as tx:
        person = rooms.people.find_by_email(tx, email)
    if sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidRequest("no password was given", field="password")
    with rooms.database.transaction() as tx:
        rooms.people.set_password(tx, person.id, password)
    typer.echo(f"{email} has a new password; earlier sessions have ended")


@app.command("link")
def print_link(email: EmailArgument = "admin@localhost", data: DataOption = None) -> None:
    """Print a sign-in link that works once, within a day."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.listening import url_of

    house = open_house(data, may_found=True)
    rooms = house.rooms
    with rooms.database.transaction() as tx:
        person = rooms.people.find_by_email(tx, email)
        token = rooms.people.new_link(tx, person.id)
    settings = house.settings
    base = settings.public_url.rstrip("/") or url_of(settings.host, settings.port)
    typer.echo(f"{base}/sign-in?token={token}")
