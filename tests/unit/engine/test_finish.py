"""Small and jerky becomes large and smooth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mutoscope.core.request import Shape
from mutoscope.engine.stages.finish import finished

Pixels = NDArray[Any]
NATIVE = Shape(width=96, height=96, frames=5, fps=8)
WANTED = Shape(width=576, height=576, frames=13, fps=24)


def ball(x: float, y: float = 48.0) -> Pixels:
    rows, columns = np.mgrid[:96, :96]
    near = np.hypot(columns - x, rows - y) < 16
    checks = ((columns // 4 + rows // 4) % 2)[..., None] * 60
    frame = np.full((96, 96, 3), 40) + checks
    frame[near] = (230, 60, 40)
    return np.asarray(frame, np.uint8)


def middle(frame: Pixels) -> float:
    red = (frame[..., 0].astype(int) - frame[..., 2]) > 100
    return float(np.argwhere(red)[:, 1].mean())


def test_what_moves_is_half_way_at_half_time() -> None:
    frames = list(finished([ball(20 + 4 * n) for n in range(5)], NATIVE, WANTED))
    assert [frame.shape for frame in frames] == [(576, 576, 3)] * 13
    steps = np.diff([middle(frame) for frame in frames])
    # Four native pixels a native frame, six times as large, in three steps of about eight.
    assert steps.min() > 3
    assert steps.max() < 14


def test_native_frames_stand_at_their_own_time() -> None:
    native = [ball(20 + 4 * n) for n in range(5)]
    frames = list(finished(native, NATIVE, WANTED))
    for number, frame in enumerate(native):
        small = frames[3 * number].reshape(96, 6, 96, 6, 3).mean(axis=(1, 3))
        assert np.abs(small - frame).mean() < 6


def test_between_held_moments_everything_is_filled_in() -> None:
    held = [ball(20)] + [ball(20 + 8 * (1 + n // 4)) for n in range(8)]
    shape = Shape(width=96, height=96, frames=9, fps=8)
    wanted = Shape(width=576, height=576, frames=25, fps=24)
    frames = list(finished(held, shape, wanted, held=4))
    assert len(frames) == 25
    steps = np.diff([middle(frame) for frame in frames])
    # Eight native pixels, six times as large, in twelve steps.
    assert steps.min() > 0.5
    assert steps.max() < 9


def test_the_models_own_shape_is_left_as_it_is() -> None:
    native = [ball(20), ball(24)]
    shape = Shape(width=96, height=96, frames=2, fps=8)
    assert all(a is b for a, b in zip(finished(native, shape, shape), native, strict=True))


def test_a_picture_is_only_enlarged() -> None:
    still = Shape(width=96, height=96, frames=1, fps=24)
    (frame,) = finished([ball(48)], still, Shape(width=576, height=576, frames=1, fps=24))
    assert frame.shape == (576, 576, 3)
