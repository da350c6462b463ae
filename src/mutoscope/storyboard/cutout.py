"""Cuts the subject out of a picture: by its own transparency, by a plain ground, or by GrabCut."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.storyboard.pixels import Pixels, resized

SIDE_MAX = 1000
WORK_SIDE = 360
PLAIN_SPREAD = 26.0
Mask = NDArray[Any]


def cut_out(picture: Pixels) -> Pixels:
    """The subject as straight RGBA, trimmed; a picture without one becomes a print on a card."""
    picture = _limited(picture)
    cover = subject_mask(picture)
    if cover is None:
        return _print(picture)
    result = picture.copy()
    result[..., 3] = cv2.min(picture[..., 3], cover)
    return _trimmed(result)


def subject_mask(picture: Pixels) -> Mask | None:
    """Where the subject of a straight RGBA picture is, 0..255; None when there is no telling."""
    alpha = picture[..., 3]
    share = float((alpha > 127).mean())
    if float((alpha < 128).mean()) > 0.02:
        return alpha if share > 0.002 else None
    plain = _off_plain_ground(picture)
    if plain is not None and _is_plausible(plain):
        return plain
    grabbed = _grabbed(picture)
    return grabbed if _is_plausible(grabbed) and _is_one_thing(grabbed) else None


def _limited(picture: Pixels) -> Pixels:
    longest = max(picture.shape[:2])
    if longest <= SIDE_MAX:
        return picture
    scale = SIDE_MAX / longest
    return resized(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))


def _is_plausible(mask: Mask) -> bool:
    solid = mask > 127
    share = float(solid.mean())
    if not 0.015 <= share <= 0.80:
        return False
    edge = np.concatenate([solid[0], solid[-1], solid[:, 0], solid[:, -1]])
    return float(edge.mean()) < 0.42


def _is_one_thing(mask: Mask) -> bool:
    """One compact piece near the middle, not a patchwork of the scene."""
    solid = (mask > 127).astype(np.uint8)
    if not 0.02 <= float(solid.mean()) <= 0.5:
        return False
    count, _, stats, centres = cv2.connectedComponentsWithStats(solid)
    largest = 1 + int(stats[1:count, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < 0.9 * solid.sum():
        return False
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.contourArea(cv2.convexHull(outline))
    if cv2.contourArea(outline) < 0.6 * hull:
        return False
    away = np.abs(centres[largest] / [mask.shape[1], mask.shape[0]] - 0.5)
    return bool(away.max() < 0.24)


def _border(picture: Pixels) -> NDArray[np.float32]:
    thick = max(2, min(picture.shape[:2]) // 60)
    parts = [picture[:thick], picture[-thick:], picture[:, :thick], picture[:, -thick:]]
    return np.concatenate([part[..., :3].reshape(-1, 3) for part in parts]).astype(np.float32)


def _off_plain_ground(picture: Pixels) -> Mask | None:
    """All that differs from an even border colour and can't be reached from the border."""
    edge = _border(picture)
    middle = np.median(edge, axis=0)
    away = np.abs(edge - middle).max(axis=1)
    if float(np.percentile(away, 88)) > PLAIN_SPREAD:
        return None
    smooth = cv2.GaussianBlur(picture[..., :3], (0, 0), 1.2).astype(np.float32)
    distance = np.sqrt(((smooth - middle) ** 2).sum(axis=2))
    limit = max(14.0, float(np.percentile(away, 95)) * 1.9)
    like_ground = (distance < limit).astype(np.uint8)
    padded = cv2.copyMakeBorder(like_ground, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    flood = np.zeros((padded.shape[0] + 2, padded.shape[1] + 2), np.uint8)
    cv2.floodFill(padded, flood, (0, 0), 2)
    mask = np.where(padded[1:-1, 1:-1] == 2, 0, 255).astype(np.uint8)
    return _cleaned(mask)


def _grabbed(picture: Pixels) -> Mask:
    scale = WORK_SIDE / max(picture.shape[:2])
    size = (max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale)))
    small = cv2.resize(picture[..., :3], size, interpolation=cv2.INTER_AREA)
    marks = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    rows, columns = marks.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    marks[(np.abs(x) < 0.72) & (np.abs(y) < 0.78)] = cv2.GC_PR_FGD
    marks[(np.abs(x) > 0.95) | (np.abs(y) > 0.96)] = cv2.GC_BGD
    cv2.setRNGSeed(7)
    grab: Any = cv2.grabCut
    grab(small, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    mask: Mask = np.where((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    mask = cv2.resize(_cleaned(mask), (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.8, 0.9 / scale * 0.6)), np.uint8)


def _cleaned(mask: Mask) -> Mask:
    """The large pieces only, holes filled, edge softened inwards."""
    side = max(3, round(min(mask.shape) / 150)) | 1
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count > 1:
        areas = stats[1:, cv2.CC_STAT_AREA]
        kept = np.flatnonzero(areas >= areas.max() * 0.08) + 1
        mask = np.where(np.isin(labels, kept), 255, 0).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    thin = cv2.erode(mask, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(thin, (0, 0), 1.0), np.uint8)


def _trimmed(picture: Pixels) -> Pixels:
    solid = picture[..., 3] > 24
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows):
        return _print(picture)
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _print(picture: Pixels) -> Pixels:
    """The whole picture as a photographic print with a white edge and round corners."""
    rows, columns = picture.shape[:2]
    edge = max(4, min(rows, columns) // 26)
    paper = np.full((rows + 2 * edge, columns + 2 * edge, 4), 255, np.uint8)
    cover = picture[..., 3:].astype(np.float32) / 255
    inner = picture[..., :3] * cover + 255 * (1 - cover)
    paper[edge : edge + rows, edge : edge + columns, :3] = inner.astype(np.uint8)
    corner = edge
    shape = np.zeros(paper.shape[:2], np.uint8)
    cv2.rectangle(shape, (corner, 0), (shape.shape[1] - corner - 1, shape.shape[0]), 255, -1)
    cv2.rectangle(shape, (0, corner), (shape.shape[1], shape.shape[0] - corner - 1), 255, -1)
    for x in (corner, shape.shape[1] - corner - 1):
        for y in (corner, shape.shape[0] - corner - 1):
            cv2.circle(shape, (x, y), corner, 255, -1, cv2.LINE_AA)
    paper[..., 3] = shape
    return paper
