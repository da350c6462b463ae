"""The visible mark: large enough to be read, in a corner, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from mutoscope.media import Watermark

SIDES = [(1280, 720), (720, 1280), (720, 720), (1921, 1081), (64, 36)]


@pytest.mark.parametrize(("width", "height"), SIDES)
@pytest.mark.parametrize("ground", [0, 128, 255])
def test_the_mark_is_seen_on_any_ground(width: int, height: int, ground: int) -> None:
    frame = np.full((height, width, 3), ground, np.uint8)
    mark = Watermark(width=width, height=height)
    marked = mark.on(frame)
    assert (frame == ground).all(), "the clean frame must stay clean"
    changed = np.abs(marked.astype(int) - ground).max(axis=2) > 40
    assert changed.any()
    outside = changed.copy()
    outside[mark.box] = False
    assert not outside.any()


@pytest.mark.parametrize(("width", "height"), SIDES[:4])
def test_its_letters_are_a_twentieth_of_the_shorter_side(width: int, height: int) -> None:
    frame = np.zeros((height, width, 3), np.uint8)
    marked: Any = Watermark(width=width, height=height).on(frame)
    rows = np.flatnonzero((marked > 200).all(axis=2).any(axis=1))
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(width, height)
