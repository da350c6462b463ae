"""Cuts the subject out of a picture: by its own transparency, by a plain ground, or by GrabCut."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.storyboard.pixels import Pixels, resized

SIDE_MAX = 1000
WORK_SIDE = 240
PLAIN_SPREAD = 26.0
# Of a cut-out's edge, in 8-bit Lab: what is no edge of the picture, and how much of that is borne.
CONTRAST_MIN = 28
WEAK_SHARE_MAX = 0.15
# Shares of the half sides that GrabCut takes for the subject at first, and how far its answers
# must agree (intersection over union).
GUESSES = ((0.72, 0.78), (0.55, 0.60), (0.85, 0.88))
AGREEMENT_MIN = 0.92
COLOURS_MIN = 24
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
    if plain is not None and _is_plausible(plain) and _stands_out(picture, plain):
        return plain
    return _grabbed(picture)


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
    # What reaches from side to side and is ragged is the subject and the trees behind it.
    is_wide = stats[largest, cv2.CC_STAT_WIDTH] > 0.6 * mask.shape[1]
    if cv2.contourArea(outline) < (0.78 if is_wide else 0.6) * hull:
        return False
    away = np.abs(centres[largest] / [mask.shape[1], mask.shape[0]] - 0.5)
    return bool(away.max() < 0.24)


def _stands_out(picture: Pixels, mask: Mask) -> bool:
    """Whether the mask's edge is an edge of the picture too, nearly all the way round."""
    solid = (mask > 127).astype(np.uint8)
    reach = max(3, round(min(mask.shape) / 100))
    round_about = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    smooth = cv2.GaussianBlur(picture[..., :3], (0, 0), 1.0)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB)
    # How much the colour changes within reach of each pixel of the edge.
    change = cv2.morphologyEx(lab, cv2.MORPH_GRADIENT, round_about).max(axis=2)
    edge = cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return bool(edge.any()) and float((change[edge] < CONTRAST_MIN).mean()) < WEAK_SHARE_MAX


def _agreement(one: Mask, other: Mask) -> float:
    """Intersection over union."""
    here, there = one > 127, other > 127
    return float((here & there).sum() / max(1, (here | there).sum()))


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


def _grabbed(picture: Pixels) -> Mask | None:
    """The subject by GrabCut; None unless it is found again from other first guesses.

    On a photograph whose subject is not clear, GrabCut's answer changes with the guess it began
    with, and is torn. Better no cut-out than such a one.
    """
    scale = WORK_SIDE / max(picture.shape[:2])
    small = resized(picture, *(max(8, round(side * scale)) for side in picture.shape[1::-1]))
    if _is_poor_in_colours(small):
        return None
    guesses = [_grabbed_from(small, *guess) for guess in GUESSES[:2]]
    if not (_is_plausible(guesses[0]) and _is_one_thing(guesses[0])):
        return None
    if _agreement(guesses[0], guesses[1]) < AGREEMENT_MIN:
        return None
    if _agreement(guesses[0], _grabbed_from(small, *GUESSES[2])) < AGREEMENT_MIN:
        return None
    if not _stands_out(small, guesses[0]):
        return None
    mask = cv2.resize(guesses[0], (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.8, 0.9 / scale * 0.6)), np.uint8)


def _is_poor_in_colours(small: Pixels) -> bool:
    """Too few colours for GrabCut to model: it would take minutes and find nothing."""
    coarse = small[..., :3].reshape(-1, 3).astype(np.uint32) >> 3
    codes = coarse[:, 0] << 10 | coarse[:, 1] << 5 | coarse[:, 2]
    return len(np.unique(codes)) < COLOURS_MIN


def _grabbed_from(small: Pixels, wide: float, high: float) -> Mask:
    """GrabCut, beginning with the middle `wide` x `high` of the picture as the subject."""
    marks = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    rows, columns = small.shape[:2]
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    marks[(np.abs(x) < wide) & (np.abs(y) < high)] = cv2.GC_PR_FGD
    marks[(np.abs(x) > 0.95) | (np.abs(y) > 0.96)] = cv2.GC_BGD
    cv2.setRNGSeed(7)
    grab: Any = cv2.grabCut
    colours = np.ascontiguousarray(small[..., :3])
    grab(colours, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    mask: Mask = np.where((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    return _cleaned(mask)


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
