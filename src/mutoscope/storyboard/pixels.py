"""The few pixel operations everything is drawn with, all in compiled code.

A picture with transparency is premultiplied RGBA, uint8. A frame is RGB, uint8.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# What OpenCV gives back has no fixed element type to a type checker.
Pixels = NDArray[Any]  # uint8
Floats = NDArray[Any]  # float32
RGB = tuple[float, float, float]


def premultiply(pixels: Pixels) -> Pixels:
    """Straight RGBA to premultiplied."""
    cover = cv2.cvtColor(pixels[..., 3], cv2.COLOR_GRAY2RGB)
    colour = cv2.multiply(pixels[..., :3], cover, scale=1 / 255)
    return np.dstack([colour, pixels[..., 3]])


def over(frame: Pixels, picture: Pixels, x: int, y: int, strength: float = 1.0) -> None:
    """Lay a premultiplied picture on a frame, its top left corner at (x, y), cut at the edges."""
    height, width = frame.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + picture.shape[1], width), min(y + picture.shape[0], height)
    if left >= right or top >= bottom:
        return
    part = picture[top - y : bottom - y, left - x : right - x]
    if strength < 1.0:
        part = cv2.convertScaleAbs(part, alpha=strength)
    below = frame[top:bottom, left:right]
    uncovered = cv2.cvtColor(cv2.bitwise_not(part[..., 3]), cv2.COLOR_GRAY2RGB)
    cv2.multiply(below, uncovered, below, scale=1 / 255)
    cv2.add(below, cv2.cvtColor(part, cv2.COLOR_RGBA2RGB), below)


def over_picture(below: Pixels, picture: Pixels, x: int, y: int) -> None:
    """Lay a premultiplied picture on another premultiplied picture."""
    height, width = below.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + picture.shape[1], width), min(y + picture.shape[0], height)
    if left >= right or top >= bottom:
        return
    part = picture[top - y : bottom - y, left - x : right - x]
    uncovered = cv2.merge([cv2.bitwise_not(part[..., 3])] * 4)
    target = below[top:bottom, left:right]
    target[...] = cv2.add(cv2.multiply(target, uncovered, scale=1 / 255), part)


def add_light(frame: Pixels, light: Pixels, strength: float = 1.0) -> None:
    """Add light (RGB of the frame's own size) to a frame."""
    cv2.scaleAdd(light, strength, frame, frame) if strength == 1.0 else cv2.addWeighted(
        frame, 1.0, light, strength, 0, frame
    )


def resized(picture: Pixels, width: int, height: int) -> Pixels:
    """A picture in another size, well filtered."""
    smaller = width < picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    result: Pixels = cv2.resize(picture, (max(1, width), max(1, height)), interpolation=how)
    if result.shape[-1] == 4 and not smaller:
        result[..., :3] = np.minimum(result[..., :3], result[..., 3:])
    return result


def blurred(picture: Pixels, radius: float) -> Pixels:
    """A picture out of focus."""
    if radius < 0.4:
        return picture
    result: Pixels = cv2.GaussianBlur(picture, (0, 0), radius, borderType=cv2.BORDER_REPLICATE)
    return result


def tinted(picture: Pixels, light: RGB) -> Pixels:
    """A premultiplied picture under light of a colour."""
    result = picture.copy()
    table = np.arange(256, dtype=np.float32)
    for channel in range(3):
        curve = np.clip(table * light[channel], 0, 255).astype(np.uint8)
        result[..., channel] = cv2.LUT(picture[..., channel], curve)
    result[..., :3] = np.minimum(result[..., :3], result[..., 3:])
    return result


def hazed(picture: Pixels, haze: RGB, share: float) -> Pixels:
    """A premultiplied picture seen through haze of a colour (0..255)."""
    if share <= 0:
        return picture
    cover = picture[..., 3:].astype(np.float32) / 255
    colour = picture[..., :3] * (1 - share) + cover * (np.asarray(haze, np.float32) * share)
    return np.dstack([np.clip(colour, 0, 255).astype(np.uint8), picture[..., 3]])


def mixed(first: RGB, second: RGB, share: float) -> RGB:
    """A colour between two."""
    return tuple(a + (b - a) * share for a, b in zip(first, second, strict=True))  # type: ignore[return-value]


def dithered(values: Floats, draw: np.random.Generator) -> Pixels:
    """Float colours to bytes with a breath of noise, so that soft skies don't show bands."""
    height, width = values.shape[:2]
    grain = draw.random((height, width, 1), np.float32) - 0.5
    return np.asarray(np.clip(values + grain + 0.5, 0, 255), np.uint8)


def smooth_noise(draw: np.random.Generator, count: int, steps: int) -> Floats:
    """A periodic curve of `count` samples in -1..1 through about `steps` random points."""
    knots = draw.uniform(-1, 1, max(2, steps)).astype(np.float32)
    places = np.linspace(0, len(knots), count, endpoint=False, dtype=np.float32)
    low = places.astype(int)
    share = places - low
    share = share * share * (3 - 2 * share)
    first, second = knots[low % len(knots)], knots[(low + 1) % len(knots)]
    return np.asarray(first + (second - first) * share, dtype=np.float32)


def cloud_noise(draw: np.random.Generator, width: int, height: int, cells: int) -> Floats:
    """A soft field in 0..1, periodic from left to right."""
    total = np.zeros((height, width), np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(4):
        across = cells * 2**octave
        down = max(2, round(across * height / width))
        grid = draw.random((down + 1, across), np.float32)
        grid = np.hstack([grid, grid[:, :2]])
        wide = round(width * (across + 2) / across)
        field: Any = cv2.resize(grid, (wide, height), interpolation=cv2.INTER_CUBIC)
        total += weight * field[:, :width]
        sum_of_weights += weight
        weight *= 0.5
    return np.asarray(np.clip(total / sum_of_weights, 0, 1), np.float32)


def ease(share: float) -> float:
    """0..1 to 0..1 with a soft start and a soft stop."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def glide(share: float) -> float:
    """0..1 to 0..1, nearly even, with a slight ease at both ends."""
    return 0.7 * min(1.0, max(0.0, share)) + 0.3 * ease(share)
