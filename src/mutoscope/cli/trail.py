"""`mutoscope trail`: who did what to whom."""

import sys
from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.command("export")
def export(
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    data: DataOption = None,
    organization: OrganizationOption = None,
) -> None:
    """Write the whole trail of an organization to standard output, oldest first."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.errors import InvalidRequest
    from mutoscope.trail import FORMATS, written

    if form not in FORMATS:
        raise InvalidRequest(f"{form!r} is no format", field="--format", fix=" or ".join(FORMATS))
    house = open_house(data)
    chosen = house.actor(organization).organization_id
    with house.rooms.database.snapshot() as tx:
        sys.stdout.writelines(written(house.rooms.trail.all(tx, chosen), form))
