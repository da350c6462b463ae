"""The trail as a file: a line an entry."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from mutoscope.trail.trail import Entry

FORMATS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
COLUMNS = ("id", "at", "organization_id", "person_id", "key_id", "verb", "subject", "facts")
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(entries: Iterable[Entry], form: str) -> Iterator[str]:
    """Line by line, oldest first, as one of FORMATS."""
    if form == "csv":
        yield _row(COLUMNS)
    for entry in entries:
        document = asdict(entry) | {"at": _moment(entry)}
        if form == "csv":
            facts = json.dumps(entry.facts, ensure_ascii=False)
            yield _row([str((document | {"facts": facts})[name] or "") for name in COLUMNS])
        else:
            yield json.dumps(document, ensure_ascii=False) + "\n"


def _moment(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.at / 1000, UTC).isoformat(timespec="milliseconds")


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow("'" + c if c.startswith(FORMULA) else c for c in cells)
    return text.getvalue()
