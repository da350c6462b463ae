"""Write docs/reference/ from the code; a test compares.

python scripts/reference.py
"""

import inspect
import json
from pathlib import Path
from typing import Any

import typer

from mutoscope.api.problems import status_of
from mutoscope.cli.program import app
from mutoscope.core import errors
from mutoscope.core.state import JobState
from mutoscope.jobs.transitions import NEXT
from mutoscope.settings import Settings

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
WRITTEN = "*Written by `scripts/reference.py`; change the code instead.*"


def pages() -> dict[str, str]:
    """Every page of the reference: file name -> text."""
    return {
        "settings.md": settings_page(),
        "cli.md": cli_page(),
        "states.md": states_page(),
        "errors.md": errors_page(),
    }


def settings_page() -> str:
    """Every setting with its default and help."""
    rows = [
        f"| `MUTOSCOPE_{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return _page(
        "Settings",
        "Set in the environment; a command's option wins over it.",
        ["| name | default | what it is for |", "| --- | --- | --- |", *rows],
    )


def cli_page() -> str:
    """Every command with its options."""
    lines: list[str] = []
    _describe(typer.main.get_command(app), ("mutoscope",), lines)
    return _page("Commands", "Every command says the same with `--help`.", lines)


def states_page() -> str:
    """Which state may follow which."""
    rows = [
        f"| {state} | {', '.join(sorted(NEXT[state])) or 'nothing: it has ended'} |"
        for state in JobState
    ]
    return _page(
        "States of a job",
        "Back to queued is a retry, or a worker that fell silent. Every move is recorded.",
        ["| state | may become |", "| --- | --- |", *rows],
    )


def errors_page() -> str:
    """Every error with its code, HTTP status and meaning."""
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.MutoscopeError) and kind.__module__ == errors.__name__
    ]
    rows = [
        f"| `{kind.code}` | {int(status_of(kind()))} | {_first_line(kind)} "
        f"| {'yes' if kind.retryable else 'no'} |"
        for kind in sorted(kinds, key=lambda kind: kind.code)
    ]
    return _page(
        "Errors",
        "The `code` of our own API's problem details; dialects answer in their vendor's codes. "
        "`retryable`: the service itself tries again.",
        ["| code | HTTP | meaning | retryable |", "| --- | --- | --- | --- |", *rows],
    )


def _describe(command: Any, path: tuple[str, ...], lines: list[str]) -> None:
    """One section a command, depth first. (Typer brings its own copy of click's classes.)"""
    if hasattr(command, "commands"):
        for name in sorted(command.commands):
            _describe(command.commands[name], (*path, name), lines)
        return
    lines += [f"## `{' '.join(path)}`", "", _first_line(command), ""]
    for parameter in command.params:
        names = ", ".join(f"`{name}`" for name in _names(parameter))
        lines.append(
            f"- {names}: {parameter.help}" if getattr(parameter, "help", "") else f"- {names}"
        )
    lines.append("")


def _names(parameter: Any) -> list[str]:
    options = [name for name in parameter.opts if name.startswith("-")]
    return [*options, *parameter.secondary_opts] or [str(parameter.name).upper()]


def _first_line(thing: Any) -> str:
    text = getattr(thing, "help", None) or inspect.getdoc(thing) or ""
    return str(text).strip().splitlines()[0]


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "`~/.local/share/mutoscope`"
    return f"`{json.dumps(field.default, default=str)}`"


def _page(title: str, introduction: str, lines: list[str]) -> str:
    text = "\n".join([f"# {title}", "", WRITTEN, "", introduction, "", *lines])
    return text.rstrip() + "\n"


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
