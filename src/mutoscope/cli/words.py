"""`mutoscope words`: what this house refuses to make."""

from pathlib import Path
from typing import Annotated

import typer

from mutoscope.cli.options import DataOption, JsonOption

app = typer.Typer(help="Refuse requests that hold certain words.", no_args_is_help=True)


@app.command("list")
def list_words(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every word that is refused, and since when."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.words.all(tx)
    rows = [(each.word, time_text(each.since)) for each in found]
    if as_json:
        print_json([{"word": word, "since": since} for word, since in rows])
        return
    print_table(["WORD", "SINCE"], rows)


@app.command("add")
def add_words(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORD]...", help="Words, or several in quotes as one."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", exists=True, dir_okay=False, help="UTF-8, one word a line."
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Refuse requests that hold one of these: whole words; Chinese ones wherever they stand."""
    from mutoscope.cli.house import open_house
    from mutoscope.core.errors import InvalidRequest

    given = list(words or [])
    if file is not None:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        given += [line.strip() for line in lines if line.strip()]
    if not given:
        raise InvalidRequest("no words are given", field="words", fix="name some, or --file FILE")
    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        added = house.rooms.words.add(tx, given)
        first = house.owner.organization_id
        if added:
            house.rooms.trail.record(tx, None, "policy.words.added", len(added), first, words=added)
        count = house.rooms.words.count(tx)
    typer.echo(f"{len(added)} added; {count} words are refused")


@app.command("remove")
def remove_word(
    word: Annotated[str, typer.Argument(metavar="WORD", help="As `words list` shows.")],
    data: DataOption = None,
) -> None:
    """Refuse a word no more."""
    from mutoscope.cli.house import open_house

    house = open_house(data)
    with house.rooms.database.transaction() as tx:
        house.rooms.words.remove(tx, word)
        first = house.owner.organization_id
        house.rooms.trail.record(tx, None, "policy.words.removed", word, first)
