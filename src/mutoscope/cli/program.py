"""The front door: every command, and how errors reach a person."""

import sys
from typing import Annotated

import typer

from mutoscope.cli import (
    budgets,
    callbacks,
    codes,
    generate,
    jobs,
    keys,
    models,
    organizations,
    people,
    plans,
    prices,
    projects,
    serve,
    settings,
    storyboard,
    trail,
    wallet,
    words,
)
from mutoscope.core.errors import MutoscopeError

app = typer.Typer(
    name="mutoscope",
    help="Turn a sentence into a video, on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("generate")(generate.generate)
app.add_typer(storyboard.app, name="storyboard")
app.add_typer(models.app, name="models")
app.add_typer(jobs.app, name="jobs")
app.add_typer(wallet.app, name="credits")
app.add_typer(budgets.app, name="budgets")
app.add_typer(plans.app, name="plans")
app.add_typer(prices.app, name="prices")
app.add_typer(codes.app, name="codes")
app.add_typer(words.app, name="words")
app.add_typer(keys.app, name="keys")
app.add_typer(people.app, name="people")
app.add_typer(projects.app, name="projects")
app.add_typer(organizations.app, name="organizations")
app.add_typer(trail.app, name="trail")
app.add_typer(callbacks.app, name="callbacks")
app.command("settings")(settings.settings)


def version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from mutoscope import __version__

        typer.echo(f"mutoscope {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a sentence into a video, on your own machines."""


def main() -> None:
    """Run a command. What can be expected to go wrong is one line and exit code 1."""
    try:
        app()
    except MutoscopeError as error:
        sys.exit(complain(error))
    except Exception as error:
        # Only what is said better in a sentence is caught here; a bug keeps its traceback.
        known = expected(error)
        if known is None:
            raise
        sys.exit(complain(known))


def complain(error: MutoscopeError) -> int:
    """Say what went wrong, where and what would help; returns the exit code."""
    where = f"{error.field}: " if error.field and not error.detail.startswith(error.field) else ""
    typer.echo(f"error: {where}{error.detail}", err=True)
    if error.fix:
        typer.echo(f"  fix: {error.fix}", err=True)
    return 1


def expected(error: Exception) -> MutoscopeError | None:
    """What the disk or the database refused, in our words; None when it is something else."""
    if isinstance(error, OSError) and error.filename:
        return MutoscopeError(f"{error.filename}: {error.strerror}")
    if type(error).__module__.startswith("sqlalchemy."):
        from sqlalchemy.exc import DatabaseError

        if isinstance(error, DatabaseError):
            return MutoscopeError(
                f"the database can't be used: {error.orig}",
                fix="see that the data folder is on a local disk with room, and may be written",
            )
    return None
