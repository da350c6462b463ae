"""`mutoscope models`: what can be made here."""

from typing import Annotated

import typer

from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="List and describe models.", no_args_is_help=True)


@app.command("list")
def list_models(data: DataOption = None, as_json: JsonOption = False) -> None:
    """All models, the default first, and folders that can't be used."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.modelpages import model_document, model_row
    from mutoscope.cli.output import print_json, print_table

    catalog = open_house(data, may_found=True).rooms.catalog
    models, unusable = catalog.models(), catalog.unusable()
    if as_json:
        problems = [{"name": each.name, "reason": each.reason} for each in unusable]
        print_json({"models": [model_document(each) for each in models], "unusable": problems})
        return
    print_table(
        ("MODEL", "NAME", "MAKES", "SIZES", "SECONDS", "CREDITS A SECOND", "RUNS ON"),
        [model_row(each) for each in models],
    )
    for each in unusable:
        typer.echo(f"can't be used: {each.name}: {each.reason}", err=True)


@app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(help="The model's name, as `models list` has it.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything about one model: formats, lengths, prices, knobs."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.modelpages import model_document, model_lines
    from mutoscope.cli.output import print_json

    model = open_house(data, may_found=True).rooms.catalog.find(name)
    if as_json:
        print_json(model_document(model))
        return
    for line in model_lines(model):
        typer.echo(line)
