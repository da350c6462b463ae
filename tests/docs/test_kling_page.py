"""The page about Kling's API: its snippet runs, its tables hold."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.program import serving

from mutoscope.api.dialects.kling.errors import CODES
from mutoscope.api.dialects.kling.names import Names
from mutoscope.wiring import CREDENTIALS


@pytest.fixture
def page(pytestconfig: pytest.Config) -> str:
    return (pytestconfig.rootpath / "docs" / "kling.md").read_text(encoding="utf-8")


def block(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_snippet_makes_a_video(page: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        keys = json.loads((served.data / CREDENTIALS).read_text(encoding="utf-8"))
        done = subprocess.run(
            [sys.executable, "-c", block(page, "python")],
            cwd=tmp_path,
            env=os.environ
            | {
                "KLING_BASE": served.url,
                "KLING_ACCESS_KEY": keys["access_key"],
                "KLING_SECRET_KEY": keys["secret_key"],
            },
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "succeed 1 units\n"
    assert (tmp_path / "balloon.mp4").read_bytes()[4:8] == b"ftyp"


def test_the_table_of_models_is_one_that_is_read(page: str, tmp_path: Path) -> None:
    file = tmp_path / "kling_models.json"
    file.write_text(block(page, "json"), encoding="utf-8")
    assert Names(file).choose("kling-v3", "text2video").sizes["std"] == "480p"
    assert Names(file).choose("kling-v1", "text2video").local == "storyboard"


def test_every_code_that_is_answered_is_explained(page: str) -> None:
    explained = set(re.findall(r"\b[15][0-3]0[0-4]\b", page.partition("## Errors")[2]))
    answered = {str(code) for _, code in CODES.values()}
    assert explained == answered
