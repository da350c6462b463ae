"""`mutoscope keys`: credentials for the API."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="generations:read, generations:write, files:read, credits:read or admin; "
            "repeatable. [default: all but admin]",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", help="How long it is good. [default: for ever]")
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="[default: the first one]")
    ] = None,
    data: DataOption = None,
    organization: OrganizationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print its secrets: they are shown this once."""
    from dataclasses import asdict

    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.core.ids import ProjectId
    from mutoscope.generations import make_key
    from mutoscope.identity import DEFAULT_SCOPES, parse_scopes

    house = open_house(data, may_found=True)
    actor = house.actor(organization)
    with house.rooms.database.snapshot() as tx:
        first = house.rooms.projects.list(tx, actor.organization_id)[0].id
    made = make_key(
        house.rooms,
        actor,
        ProjectId(project) if project else first,
        name=name,
        scopes=parse_scopes(scopes) if scopes else DEFAULT_SCOPES,
        days=days,
    )
    if as_json:
        print_json(asdict(made))
        return
    typer.echo(f"id:         {made.id}")
    typer.echo(f"api_key:    {made.api_key}    (Authorization: Bearer ...)")
    typer.echo(f"access_key: {made.access_key}")
    typer.echo(f"secret_key: {made.secret_key}    (signs tokens, as Kling's clients do)")
    typer.echo("Keep them now: they are not shown again.", err=True)


@app.command("list")
def list_keys(
    data: DataOption = None, organization: OrganizationOption = None, as_json: JsonOption = False
) -> None:
    """All keys that work; their secrets are not shown."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        keys = house.rooms.keys.list(tx, house.actor(organization).organization_id)
    if as_json:
        shown = ("id", "name", "access_key", "project_id", "expires_at", "last_used_at")
        print_json([{n: getattr(k, n) for n in shown} | {"scopes": sorted(k.scopes)} for k in keys])
        return
    print_table(
        ("ID", "NAME", "ACCESS KEY", "SCOPES", "EXPIRES", "LAST USED"),
        [
            (
                k.id,
                k.name,
                k.access_key,
                " ".join(sorted(k.scopes)),
                time_text(k.expires_at),
                time_text(k.last_used_at),
            )
            for k in keys
        ],
    )


KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="The id `keys list` shows.")]


@app.command("revoke")
def revoke_key(
    key_id: KeyArgument, data: DataOption = None, organization: OrganizationOption = None
) -> None:
    """Make a key worthless at once."""
    from mutoscope import generations
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import KeyId

    house = open_house(data)
    generations.revoke_key(house.rooms, house.actor(organization), KeyId(key_id))
    typer.echo(f"revoked {key_id}")


@app.command("restrict")
def restrict_key(
    key_id: KeyArgument,
    networks: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NETWORK", help="203.0.113.7 or 10.0.0.0/8; repeatable."),
    ] = None,
    data: DataOption = None,
    organization: OrganizationOption = None,
) -> None:
    """Let a key be used from these networks only; without --from, from anywhere."""
    from mutoscope import generations
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import KeyId

    house = open_house(data)
    actor = house.actor(organization)
    wanted = generations.restrict_key(house.rooms, actor, KeyId(key_id), networks or [])
    typer.echo(f"{key_id}: from {str(wanted) or 'anywhere'}")
