"""docs/engine.md says what the code does: every pipeline and every manifest field, no others."""

import re
from pathlib import Path

from mutoscope.engine.families import FAMILY_OF
from mutoscope.engine.manifest import RULES

PAGE = (Path(__file__).parents[3] / "docs" / "engine.md").read_text()


def rows(heading: str) -> list[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_pipeline_is_in_the_table() -> None:
    named = {name for row in rows("What it runs") for name in re.findall(r"`(\w+Pipeline)`", row)}
    assert named == set(FAMILY_OF)


def test_every_field_of_the_manifest_is_in_the_table() -> None:
    firsts = [row.split("|")[1] for row in rows("`mutoscope.json`")]
    named = {name for first in firsts for name in re.findall(r"`(\w+)`", first)}
    assert named == set(RULES) | {"family"}
