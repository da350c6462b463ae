"""`mutoscope keys`: credentials for the API."""

from typing import Annotated

import typer

from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print its secrets: they are shown this once."""
    from dataclasses import asdict

    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json

    house = open_house(data, may_found=True)
    owner = house.owner
    with house.rooms.database.transaction() as tx:
        made = house.rooms.keys.create(tx, owner.organization_id, owner.project_id, name)
    if as_json:
        print_json(asdict(made))
        return
    typer.echo(f"id:         {made.id}")
    typer.echo(f"api_key:    {made.api_key}    (Authorization: Bearer ...)")
    typer.echo(f"access_key: {made.access_key}")
    typer.echo(f"secret_key: {made.secret_key}    (signs tokens, as Kling's clients do)")
    typer.echo("Keep them now: they are not shown again.", err=True)


@app.command("list")
def list_keys(data: DataOption = None, as_json: JsonOption = False) -> None:
    """All keys that work; their secrets are not shown."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        keys = house.rooms.keys.list(tx, house.owner.organization_id)
    if as_json:
        print_json([{"id": k.id, "name": k.name, "access_key": k.access_key} for k in keys])
        return
    print_table(("ID", "NAME", "ACCESS KEY"), [(k.id, k.name, k.access_key) for k in keys])


@app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id `keys list` shows.")],
    data: DataOption = None,
) -> None:
    """Make a key worthless at once."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import KeyId

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        house.rooms.keys.revoke(tx, house.owner.organization_id, KeyId(key_id))
    typer.echo(f"revoked {key_id}")


@app.command("restrict")
def restrict_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id `keys list` shows.")],
    networks: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NETWORK", help="203.0.113.7 or 10.0.0.0/8; repeatable."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Let a key be used from these networks only; without --from, from anywhere."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import KeyId
    from mutoscope.identity import Networks

    wanted = Networks.parse(networks or [])
    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        house.rooms.keys.restrict(tx, house.owner.organization_id, KeyId(key_id), wanted)
    typer.echo(f"{key_id}: from {str(wanted) or 'anywhere'}")
