"""An earlier video and what comes after it, as one clip."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Clip, Sound
from mutoscope.core.request import Shape
from mutoscope.generations.extend import after
from mutoscope.media import Footage, Provenance, encode_video

SHAPE = Shape(width=320, height=180, frames=24, fps=24)


def sound(rate: int) -> Sound:
    return Sound(np.full((2, rate), 0.25, np.float32), rate)


def clip(shape: Shape = SHAPE, sound: Sound | None = None) -> Clip:
    white = np.full((shape.height, shape.width, 3), 255, np.uint8)
    return Clip(shape=shape, frames=(white for _ in range(shape.frames)), sound=sound)


def black(folder: Path, sound: Sound | None = None) -> Footage:
    dark = np.zeros((SHAPE.height, SHAPE.width, 3), np.uint8)
    made = encode_video(
        (dark for _ in range(SHAPE.frames)),
        SHAPE,
        folder / "earlier.mp4",
        provenance=Provenance(producer="Mutoscope", produce_id="1", key=b"k" * 32),
        sound=sound,
    )
    return Footage(lambda: made.path.open("rb"))


def test_first_what_was_there_then_what_comes_after(tmp_path: Path) -> None:
    joined = after(black(tmp_path), clip())
    assert joined.shape.frames == 48
    assert [frame.mean() > 128 for frame in joined.frames] == [False] * 24 + [True] * 24
    assert joined.sound is None


@pytest.mark.parametrize("change", [{"width": 640}, {"height": 200}, {"fps": 30}])
def test_what_does_not_fit_is_not_joined(tmp_path: Path, change: dict[str, int]) -> None:
    with pytest.raises(GenerationFailed, match="320x180 at 24 frames per second"):
        after(black(tmp_path), clip(replace(SHAPE, **change)))


@pytest.mark.parametrize(
    ("first", "second", "rate"),
    [(48_000, None, 48_000), (None, 24_000, 24_000), (48_000, 24_000, 24_000)],
)
def test_the_silent_part_stays_silent(
    tmp_path: Path, first: int | None, second: int | None, rate: int
) -> None:
    made = after(
        black(tmp_path, sound(first) if first else None),
        clip(sound=sound(second) if second else None),
    )
    assert made.sound is not None
    assert (made.sound.rate, made.sound.samples.shape) == (rate, (2, 2 * rate))
    loud = [np.abs(half).max() > 0.1 for half in np.split(made.sound.samples, 2, axis=1)]
    assert loud == [first is not None, second is not None]
