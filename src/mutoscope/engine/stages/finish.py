"""Small and jerky to large and smooth: what a small model makes, fit for a screen. No torch.

Frames between two are warped from both along their optical flow (DIS; Kroeger et al., "Fast Optical
Flow using Dense Inverse Search", ECCV 2016) and mixed; then every frame is enlarged with a cubic
kernel and its edges, which the kernel softens, are sharpened. No detail is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from mutoscope.core.request import Shape

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

# Flow is found and followed at this many times the native size: finer than a native pixel.
FLOW_SCALE = 2
SHARPEN = 0.6
SHARPEN_RADIUS = 0.35  # of a native pixel


def finished(
    frames: Sequence[Frame], native: Shape, wanted: Shape, *, held: int = 1
) -> Iterator[Frame]:
    """Frames of the native shape, as those of the wanted one: a whole multiple in size and speed.

    The first, the last and every native frame that shows a moment of its own stand at their time;
    of `held` frames that show one moment, the last does.
    """
    enlarge = wanted.width // native.width
    between = wanted.fps // native.fps if len(frames) > 1 else 1
    if between > 1:
        frames, between = frames[::held], between * held
    if enlarge == between == 1:
        yield from frames
        return
    # Nothing smaller has enough texture for the flow to hold on to.
    scale = min(FLOW_SCALE, enlarge)
    large = [_resized(frame, frame.shape[1] * scale, frame.shape[0] * scale) for frame in frames]
    for before, after in pairwise(large):
        yield _enlarged(before, wanted, enlarge / scale)
        if between > 1:
            for frame in _between(before, after, between - 1):
                yield _enlarged(frame, wanted, enlarge / scale)
    yield _enlarged(large[-1], wanted, enlarge / scale)


def _between(before: Frame, after: Frame, count: int) -> Iterator[Frame]:
    """`count` frames at even distances between two."""
    find: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, after)]
    ahead = find.calc(greys[0], greys[1], None)
    back = find.calc(greys[1], greys[0], None)
    rows, columns = np.mgrid[: before.shape[0], : before.shape[1]].astype(np.float32)
    for number in range(1, count + 1):
        share = number / (count + 1)
        # Backward warping with each end's own flow, as if it hardly changed on the way.
        first = _warped(before, columns - ahead[..., 0] * share, rows - ahead[..., 1] * share)
        rest = 1 - share
        second = _warped(after, columns - back[..., 0] * rest, rows - back[..., 1] * rest)
        yield _bytes(cv2.addWeighted(first, rest, second, share, 0))


def _warped(frame: Frame, x: Any, y: Any) -> Frame:
    return _bytes(cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def _resized(frame: Frame, width: int, height: int) -> Frame:
    return _bytes(cv2.resize(frame, (width, height), interpolation=cv2.INTER_CUBIC))


def _enlarged(frame: Frame, wanted: Shape, times: float) -> Frame:
    large = _resized(frame, wanted.width, wanted.height)
    soft = cv2.GaussianBlur(large, (0, 0), max(0.5, SHARPEN_RADIUS * times * FLOW_SCALE))
    return _bytes(cv2.addWeighted(large, 1 + SHARPEN, soft, -SHARPEN, 0))


def _bytes(pixels: Any) -> Frame:
    """What OpenCV gave back: bytes, though its types don't say so."""
    frame: Frame = pixels
    return frame
