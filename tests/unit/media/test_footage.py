from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape
from mutoscope.media import Footage, Provenance, encode_video

SHAPE = Shape(width=320, height=180, frames=30, fps=24)
COLOURS = [(200, 40, 40), (40, 200, 40), (40, 40, 200)]


def plain(colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((SHAPE.height, SHAPE.width, 3), colour, np.uint8)


def footage(folder: Path, provenance: Provenance, sound: Sound | None = None) -> Footage:
    """Ten frames of each colour."""
    frames = (plain(COLOURS[number // 10]) for number in range(SHAPE.frames))
    made = encode_video(frames, SHAPE, folder / "out.mp4", provenance=provenance, sound=sound)
    return Footage(lambda: made.path.open("rb"))


def tone(seconds: float, rate: int) -> Sound:
    wave = 0.5 * np.sin(np.arange(round(seconds * rate)) * 440 * 2 * np.pi / rate)
    return Sound(np.stack([wave, wave]).astype(np.float32), rate)


def test_what_was_encoded_comes_back_in_its_colours(tmp_path: Path, provenance: Provenance) -> None:
    made = footage(tmp_path, provenance)
    frames = list(made.frames())
    assert len(frames) == SHAPE.frames
    for number, frame in enumerate(frames):
        assert np.abs(frame.astype(int) - COLOURS[number // 10]).mean() < 3
    assert made.shape() == SHAPE


def test_the_last_frame_is_the_last(tmp_path: Path, provenance: Provenance) -> None:
    last = footage(tmp_path, provenance).last_frame()
    assert np.abs(last.astype(int) - COLOURS[-1]).mean() < 3


def test_the_sound_comes_back_at_the_rate_that_is_wanted(
    tmp_path: Path, provenance: Provenance
) -> None:
    made = footage(tmp_path, provenance, tone(SHAPE.seconds, 48_000))
    for rate in (None, 24_000):
        sound = made.sound(rate)
        assert sound is not None
        assert sound.rate == (rate or 48_000)
        assert sound.samples.shape[1] / sound.rate == pytest.approx(SHAPE.seconds, abs=0.1)
        assert np.abs(sound.samples).max() == pytest.approx(0.5, abs=0.1)


def test_a_silent_video_has_no_sound(tmp_path: Path, provenance: Provenance) -> None:
    assert footage(tmp_path, provenance).sound() is None
