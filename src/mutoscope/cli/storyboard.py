"""`mutoscope storyboard`: a prompt becomes a shot list, a shot list becomes a film."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mutoscope.cli.options import DataOption
from mutoscope.core.errors import InvalidRequest

SHOT_LIST_BYTES_MAX = 2**20

app = typer.Typer(help="Plan films as shot lists, edit them, and draw them.", no_args_is_help=True)


@app.command()
def plan(
    prompt: Annotated[str, typer.Argument(help="What should be seen, in 中文 or English.")],
    seconds: Annotated[float, typer.Option(help="How long the film plays.", min=1, max=15)] = 5.0,
    negative: Annotated[str, typer.Option(help="What should not be seen.")] = "",
) -> None:
    """Print the shot list of a prompt as JSON, to be edited and rendered."""
    from mutoscope.storyboard import plan as plan_shots

    planned = plan_shots(prompt, seconds=seconds, negative=negative)
    for note in planned.notes():
        typer.echo(f"{note.en} / {note.zh}", err=True)
    typer.echo(planned.shots.to_json(), nl=False)


@app.command()
def render(
    shots: Annotated[Path, typer.Argument(metavar="SHOTS.json", help="The shot list; - reads it.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.mp4", help="Where to.")],
    ratio: Annotated[str | None, typer.Option(help="16:9, 9:16, 1:1 ...")] = None,
    size: Annotated[str | None, typer.Option(help="480p, 720p, 1080p ...")] = None,
    fps: Annotated[int | None, typer.Option(help="24 or 30.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same film.")] = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, no bar.")] = False,
) -> None:
    """Draw a shot list: a job like any other, at its own length."""
    from mutoscope.cli.making import Order, make
    from mutoscope.storyboard import read_shot_list

    film = read_shot_list(_read(shots))
    order = Order(
        prompt=shots.stem,
        output=output,
        model="storyboard",
        seconds=film.seconds,
        ratio=ratio,
        size=size,
        fps=fps,
        seed=seed,
        params={"shots": film.model_dump(mode="json", exclude_defaults=True)},
    )
    make(order, data, as_json=as_json)


def _read(path: Path) -> str:
    """The text of a shot list that may be anybody's."""
    try:
        if str(path) == "-":
            text = sys.stdin.read(SHOT_LIST_BYTES_MAX + 1)
        else:
            with path.open(encoding="utf-8") as file:
                text = file.read(SHOT_LIST_BYTES_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path} can't be read: {error}", field="SHOTS.json") from error
    if len(text) > SHOT_LIST_BYTES_MAX:
        raise InvalidRequest(f"{path} is larger than any shot list", field="SHOTS.json")
    return text
