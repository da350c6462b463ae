"""`mutoscope projects`: the pieces of an organization's work."""

from typing import Annotated

import typer

from mutoscope.cli.amounts import OrganizationOption
from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Begin, rename, archive and restore projects.", no_args_is_help=True)

ProjectArgument = Annotated[str, typer.Argument(metavar="ID", help="The id `list` shows.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")]


@app.command("list")
def list_projects(
    data: DataOption = None, organization: OrganizationOption = None, as_json: JsonOption = False
) -> None:
    """All projects, the archived too."""
    from dataclasses import asdict

    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    chosen = house.actor(organization).organization_id
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.projects.list(tx, chosen, archived=True)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    print_table(
        ("ID", "NAME", "ARCHIVED"), [(p.id, p.name, time_text(p.archived_at)) for p in found]
    )


@app.command("create")
def create_project(
    name: NameArgument, data: DataOption = None, organization: OrganizationOption = None
) -> None:
    """Begin a project."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import begin_project

    house = open_house(data)
    typer.echo(begin_project(house.rooms, house.actor(organization), name).id)


@app.command("rename")
def rename(
    project: ProjectArgument,
    name: NameArgument,
    data: DataOption = None,
    organization: OrganizationOption = None,
) -> None:
    """Call it something else."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import ProjectId
    from mutoscope.generations import rename_project

    house = open_house(data)
    rename_project(house.rooms, house.actor(organization), ProjectId(project), name)
    typer.echo(f"{project} is called {name}")


@app.command("archive")
def archive(
    project: ProjectArgument, data: DataOption = None, organization: OrganizationOption = None
) -> None:
    """Let nothing new be made in it; what is there stays."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import ProjectId
    from mutoscope.generations import archive_project

    house = open_house(data)
    archive_project(house.rooms, house.actor(organization), ProjectId(project))
    typer.echo(f"{project} is archived")


@app.command("restore")
def restore(
    project: ProjectArgument, data: DataOption = None, organization: OrganizationOption = None
) -> None:
    """Go on with it."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.ids import ProjectId
    from mutoscope.generations import restore_project

    house = open_house(data)
    restore_project(house.rooms, house.actor(organization), ProjectId(project))
    typer.echo(f"{project} goes on")
