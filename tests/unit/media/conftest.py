"""Clips and keys for the tests of media. (They touch a disk: files are what this room makes.)"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mutoscope.core.request import Shape
from mutoscope.media import Provenance

Frame = NDArray[np.uint8]

Draw = Callable[[Shape], Iterator[Frame]]


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(producer="mutoscope", produce_id="asset-1", key=bytes(range(32)))


@pytest.fixture
def draw() -> Draw:
    """Frames of a gradient with a moving bar, all drawn into one array as a renderer might."""

    def frames(shape: Shape) -> Iterator[Frame]:
        rows, columns = np.mgrid[: shape.height, : shape.width]
        frame = np.zeros((shape.height, shape.width, 3), np.uint8)
        for number in range(shape.frames):
            frame[..., 0], frame[..., 1], frame[..., 2] = columns % 256, rows % 256, 40
            frame[:, number * 4 : number * 4 + 8] = 255
            yield frame

    return frames


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """What lies in the folder; and after the test, no encoder may still be running."""
    yield lambda: sorted(path.name for path in tmp_path.iterdir())
    assert [thread.name for thread in threading.enumerate() if thread.name == "encoder"] == []
