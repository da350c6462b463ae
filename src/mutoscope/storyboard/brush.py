"""The motion brush: masked parts of a picture move along drawn paths."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.core.errors import InvalidRequest
from mutoscope.storyboard.controls import Point
from mutoscope.storyboard.pictures import filled
from mutoscope.storyboard.pixels import Pixels, glide, over

Mask = NDArray[Any]


def brushed(
    picture: Pixels, original: Pixels, masks: list[Pixels], paths: list[list[Point]],
    static: Pixels | None, frames: int,
) -> Iterator[Pixels]:  # fmt: skip
    """Frames of `picture` (RGB, frame size) whose parts move; `original` gives the scale."""
    height, width = picture.shape[:2]
    scale = max(width / original.shape[1], height / original.shape[0])
    areas = [mask_of(mask, original, width, height) for mask in masks]
    kept = mask_of(static, original, width, height) if static is not None else None
    if kept is not None:
        areas = [cv2.bitwise_and(area, cv2.bitwise_not(kept)) for area in areas]
    ground = uncovered(picture, areas)
    parts = [_part(picture, area) for area in areas]
    for index in range(frames):
        if index == 0:
            yield picture.copy()
            continue
        share = glide(index / max(1, frames - 1))
        frame = ground.copy()
        for (part, left, top), path in zip(parts, paths, strict=True):
            dx, dy = along(path, share)
            _lay_at(frame, part, left + dx * scale, top - dy * scale)
        if kept is not None:
            frame[kept > 127] = picture[kept > 127]
        yield frame


def mask_of(mask: Pixels, original: Pixels, width: int, height: int) -> Mask:
    """A mask picture as an area of the frame: light or opaque is in, dark or clear is out."""
    ratio = mask.shape[1] / mask.shape[0] / (original.shape[1] / original.shape[0])
    if not 0.97 <= ratio <= 1.03:
        raise InvalidRequest(
            "a mask must have the shape of the first frame; got "
            f"{mask.shape[1]}x{mask.shape[0]} for {original.shape[1]}x{original.shape[0]}",
            field="dynamic_masks",
        )
    level = cv2.cvtColor(np.ascontiguousarray(mask[..., :3]), cv2.COLOR_RGB2GRAY)
    clear = mask[..., 3] < 128
    if clear.any() and (level[~clear] < 64).all():
        chosen = np.where(clear, 0, 255).astype(np.uint8)
    else:
        chosen = np.where((level > 100) & ~clear, 255, 0).astype(np.uint8)
    sized = cv2.resize(chosen, (original.shape[1], original.shape[0]))
    shown = filled(np.dstack([sized] * 3 + [np.full_like(sized, 255)]), width, height)
    return np.ascontiguousarray(shown[..., 0])


def uncovered(picture: Pixels, areas: list[Mask]) -> Pixels:
    """The picture with what lay under the areas guessed from around them."""
    holes: Pixels = np.zeros(picture.shape[:2], np.uint8)
    for area in areas:
        holes = cv2.max(holes, area)
    if not holes.any():
        return picture.copy()
    grown = cv2.dilate(holes, np.ones((9, 9), np.uint8))
    scale = min(1.0, 420 / max(picture.shape[:2]))
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    hole = (cv2.resize(grown, size) > 20).astype(np.uint8)
    guess: Pixels = cv2.inpaint(small, hole, 4, cv2.INPAINT_TELEA)
    soft = cv2.GaussianBlur(guess, (0, 0), 2.2)
    guess = np.where(hole[..., None] > 0, soft, guess)
    large: Any = cv2.resize(guess, (picture.shape[1], picture.shape[0]))
    weight = cv2.GaussianBlur(grown, (0, 0), 2.0)[..., None].astype(np.float32) / 255
    return np.asarray(picture * (1 - weight) + large * weight, np.uint8)


def along(path: list[Point], share: float) -> Point:
    """How far from its first point a path has come, by its length."""
    points = np.asarray(path, np.float64)
    steps = np.hypot(*np.diff(points, axis=0).T)
    total = steps.sum()
    if total == 0:
        return 0.0, 0.0
    marks = np.concatenate([[0], np.cumsum(steps)]) / total
    x, y = (np.interp(share, marks, points[:, axis]) for axis in (0, 1))
    return float(x - points[0, 0]), float(y - points[0, 1])


def _part(picture: Pixels, area: Mask) -> tuple[Pixels, int, int]:
    """The masked part, premultiplied and cut to its box, and where it was."""
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    if not len(rows):
        return np.zeros((1, 1, 4), np.uint8), 0, 0
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    soft = cv2.GaussianBlur(area, (0, 0), 1.2)[top:bottom, left:right]
    cover = soft[..., None].astype(np.float32) / 255
    colour = picture[top:bottom, left:right] * cover
    return np.dstack([colour, soft]).astype(np.uint8), int(left), int(top)


def _lay_at(frame: Pixels, part: Pixels, x: float, y: float) -> None:
    left, top = int(np.floor(x)), int(np.floor(y))
    matrix = np.array([[1, 0, x - left], [0, 1, y - top]], np.float64)
    size = (part.shape[1] + 1, part.shape[0] + 1)
    over(frame, cv2.warpAffine(part, matrix, size, flags=cv2.INTER_LINEAR), left, top)
