"""`mutoscope generate`: a prompt becomes a file, without a server."""

from pathlib import Path
from typing import Annotated

import typer

from mutoscope.cli.options import DataOption


def generate(
    prompt: Annotated[str, typer.Argument(help="What should be seen, in 中文 or English.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to: a video, or for .png a picture."
        ),
    ],
    model: Annotated[str | None, typer.Option(help="See `mutoscope models list`.")] = None,
    seconds: Annotated[float | None, typer.Option(help="How long it plays.")] = None,
    ratio: Annotated[str | None, typer.Option(help="16:9, 9:16, 1:1 ...")] = None,
    size: Annotated[str | None, typer.Option(help="480p, 720p, 1080p ...")] = None,
    fps: Annotated[int | None, typer.Option(help="Frames per second.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same video.")] = None,
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The first frame: PNG, JPEG or WebP.")
    ] = None,
    last_image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The last frame, likewise.")
    ] = None,
    negative: Annotated[str, typer.Option(help="What should not be seen.")] = "",
    count: Annotated[int, typer.Option(help="How many: out.mp4, out-2.mp4 ...")] = 1,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, no bar.")] = False,
) -> None:
    """Make a video or a picture and write it to a file: the job, price and label of the server.

    Ctrl-C cancels the job and returns its credits.
    """
    from mutoscope.cli.making import Order, make

    order = Order(
        prompt=prompt,
        output=output,
        model=model,
        seconds=seconds,
        ratio=ratio,
        size=size,
        fps=fps,
        seed=seed,
        image=image,
        last_image=last_image,
        negative_prompt=negative,
        count=count,
    )
    make(order, data, as_json=as_json)
