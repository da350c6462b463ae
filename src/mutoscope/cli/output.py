"""What commands print: JSON for scripts, tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import credits_text
from mutoscope.generations import Generation


def print_json(document: Any) -> None:
    """One JSON document on standard output, readable as it stands in any language."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table, as wide as what is in it: nothing is cut off when piped."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 1000
    console.print(table)


def time_text(at: Milliseconds | None) -> str:
    """A moment for people, in this machine's time zone."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def generation_document(generation: Generation) -> dict[str, Any]:
    """A generation for scripts."""
    request = generation.request
    failure = generation.failure
    return {
        "id": str(generation.id),
        "state": generation.state.value,
        "task": request.task.value,
        "model": request.model,
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": request.seed,
        "count": request.count,
        "shape": {
            "width": request.shape.width,
            "height": request.shape.height,
            "frames": request.shape.frames,
            "fps": request.shape.fps,
        },
        "credits": {
            "quote": credits_text(generation.quote),
            "cost": None if generation.cost is None else credits_text(generation.cost),
        },
        "error": None if failure is None else {"code": failure.code, "detail": failure.detail},
        "notes": [{"code": n.code, "zh": n.zh, "en": n.en} for n in generation.notes],
        "timings": dict(generation.timings),
        "attempt": generation.attempt,
    }
