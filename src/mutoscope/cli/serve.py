"""`mutoscope serve` and `mutoscope worker`: the processes that stay."""

from typing import Annotated

import typer

from mutoscope.cli.options import DataOption


def serve(
    host: Annotated[
        str | None,
        typer.Option(help="The address to listen on. [default: 127.0.0.1]", show_default=False),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="The port; 0 takes a free one. [default: 8642]", show_default=False),
    ] = None,
    data: DataOption = None,
) -> None:
    """Start the service: the web process and one worker, watched over until Ctrl-C."""
    from mutoscope.cli.house import read_settings
    from mutoscope.cli.service import run_service

    raise typer.Exit(run_service(read_settings(host=host, port=port, data=data)))


def worker(data: DataOption = None) -> None:
    """Run one more worker against the same data, until Ctrl-C."""
    from mutoscope.cli.house import read_settings
    from mutoscope.cli.logs import set_up_logs
    from mutoscope.worker import run

    set_up_logs("info")
    run(read_settings(data=data))
