"""From one picture to another: what moves between them is carried along, the rest dissolves."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.storyboard.pixels import Pixels, ease, glide

WORK_WIDTH = 480
Flow = NDArray[Any]


def between(first: Pixels, last: Pixels, frames: int) -> Iterator[Pixels]:
    """`frames` frames; the first and the last of them are the two pictures, byte for byte."""
    if frames == 1:
        yield first.copy()
        return
    there, back = _flows(first, last)
    height, width = first.shape[:2]
    columns, rows = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    for index in range(frames):
        if index == 0:
            yield first.copy()
        elif index == frames - 1:
            yield last.copy()
        else:
            share = glide(index / (frames - 1))
            old = _carried(first, there, share, columns, rows)
            new = _carried(last, back, 1 - share, columns, rows)
            weight = ease(share)
            yield cv2.addWeighted(old, 1 - weight, new, weight, 0)


def _carried(picture: Pixels, flow: Flow, share: float, columns: Flow, rows: Flow) -> Pixels:
    """The picture with everything `share` of its way along."""
    result: Pixels = cv2.remap(
        picture, columns - flow[..., 0] * share, rows - flow[..., 1] * share,
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    return result


def _flows(first: Pixels, last: Pixels) -> tuple[Flow, Flow]:
    """Where everything goes, both ways, at full size; zero where the pictures have no match."""
    height, width = first.shape[:2]
    scale = min(1.0, WORK_WIDTH / max(width, height))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = [
        cv2.cvtColor(cv2.resize(each, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        for each in (first, last)
    ]
    finder = _flow_finder()
    finder.setUseSpatialPropagation(True)
    there = finder.calc(small[0], small[1], None)
    back = finder.calc(small[1], small[0], None)
    trust_there, trust_back = _trust(there, back), _trust(back, there)
    result = []
    for flow, trust in ((there, trust_there), (back, trust_back)):
        smooth = _weighed(flow, trust, size[0] * 0.022)
        full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC)
        result.append(np.asarray(full * (width / size[0]), np.float32))
    return result[0], result[1]


def _flow_finder() -> Any:
    """OpenCV's DIS optical flow, by either of the names its versions know it by."""
    modern: Any = getattr(cv2, "DISOpticalFlow", None)
    make: Any = modern.create if modern is not None else getattr(cv2, "DISOpticalFlow_create")  # noqa: B009
    return make(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)


def _trust(flow: Flow, other: Flow) -> NDArray[np.float32]:
    """1 where going there and coming back ends where it began."""
    rows, columns = np.mgrid[0 : flow.shape[0], 0 : flow.shape[1]].astype(np.float32)
    returned = cv2.remap(
        other, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    miss = np.linalg.norm(flow + returned, axis=2)
    reach = 1.0 + 0.15 * np.linalg.norm(flow, axis=2)
    return np.asarray(np.exp(-np.square(miss / reach)), np.float32)


def _weighed(flow: Flow, trust: NDArray[np.float32], radius: float) -> Flow:
    """The flow smoothed, with its trusted places counting most."""
    weight = cv2.GaussianBlur(trust, (0, 0), radius)[..., None]
    total = cv2.GaussianBlur(flow * trust[..., None], (0, 0), radius)
    known = np.clip(weight * 3, 0, 1)
    return np.asarray(total / np.maximum(weight, 1e-3) * known, np.float32)
