"""What the bar says."""

import pytest

from mutoscope.cli.progress import Shown, progress_bar

DRAWING = Shown(state="running", stage="draw", step=61, steps=120, share=0.5, eta_seconds=2.4)
QUEUED = Shown(state="queued", stage=None, step=0, steps=0, share=0.0, eta_seconds=None)
DONE = Shown(state="succeeded", stage="store", step=1, steps=1, share=1.0, eta_seconds=None)


def test_it_says_the_step_and_the_time_left() -> None:
    assert (DRAWING.activity, DRAWING.time_left) == ("draw 61/120", "ETA 2 s")
    assert (QUEUED.activity, QUEUED.time_left) == ("queued", "")
    assert (DONE.activity, DONE.time_left) == ("succeeded", "")


def test_without_a_terminal_there_is_a_line_for_every_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as show:
        for now in (QUEUED, QUEUED, DRAWING, DRAWING, DONE):
            show(now)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "  0%  queued",
        " 50%  draw 61/120  ETA 2 s",
        "100%  succeeded",
    ]


def test_nothing_is_shown_to_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(shown=False) as show:
        show(DRAWING)
    assert capsys.readouterr() == ("", "")
