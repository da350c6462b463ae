"""Colours by name, and drawings in another colour."""

from types import MappingProxyType

import cv2
import numpy as np

from mutoscope.storyboard.pixels import RGB, Floats, Pixels
from mutoscope.storyboard.scene import Colour

RGB_OF: MappingProxyType[Colour, RGB] = MappingProxyType({
    Colour.RED: (226, 44, 46), Colour.ORANGE: (246, 134, 32), Colour.YELLOW: (250, 208, 44),
    Colour.GREEN: (62, 172, 72), Colour.CYAN: (48, 190, 200), Colour.BLUE: (46, 108, 226),
    Colour.PURPLE: (138, 72, 206), Colour.PINK: (246, 122, 176), Colour.BROWN: (134, 84, 48),
    Colour.WHITE: (244, 244, 246), Colour.GREY: (142, 146, 154), Colour.BLACK: (44, 44, 50),
    Colour.GOLD: (232, 178, 58), Colour.SILVER: (196, 202, 212),
})  # fmt: skip


class Dye:
    """Gives a drawing another colour: the hue that rules it is turned, its shading stays."""

    def __init__(self, sample: Pixels, colour: Colour) -> None:
        """`sample` is the drawing at rest, premultiplied."""
        target = np.array([[RGB_OF[colour]]], np.uint8)
        hue, saturation, value = (
            int(part) for part in cv2.cvtColor(target, cv2.COLOR_RGB2HSV)[0, 0]
        )
        hsv = cv2.cvtColor(np.ascontiguousarray(sample[..., :3]), cv2.COLOR_RGB2HSV)
        solid = sample[..., 3] > 200
        vivid = solid & (hsv[..., 1] > 70) & (hsv[..., 2] > 40)
        self._plain = vivid.sum() < 0.22 * max(1, solid.sum())
        self._hue_table = _around(_ruling_hue(hsv, vivid), 17)
        chosen = self._weights(hsv) > 0.5
        chosen &= solid
        mean = float(hsv[..., 2][chosen].mean()) if chosen.any() else 160.0
        usual = float(hsv[..., 1][chosen].mean()) if chosen.any() else 120.0
        self._hue = hue
        self._level = float(np.clip(value / max(mean, 20), 0.16, 2.2))
        self._saturation = saturation / 255
        self._evenness = float(np.clip(saturation / max(usual, 30), 0, 3))

    def _weights(self, hsv: Pixels) -> Floats:
        if self._plain:
            pale = np.interp(np.arange(256), [0, 70, 110], [1, 1, 0]).astype(np.float32)
            bright = np.interp(np.arange(256), [0, 60, 90], [0, 0, 1]).astype(np.float32)
            return np.asarray(pale[hsv[..., 1]] * bright[hsv[..., 2]], np.float32)
        vivid = np.interp(np.arange(256), [0, 40, 80], [0, 0, 1]).astype(np.float32)
        return np.asarray(self._hue_table[hsv[..., 0]] * vivid[hsv[..., 1]], np.float32)

    def __call__(self, picture: Pixels) -> Pixels:
        """The picture in the new colour."""
        colour = np.ascontiguousarray(picture[..., :3])
        hsv = cv2.cvtColor(colour, cv2.COLOR_RGB2HSV)
        weight = self._weights(hsv)[..., None]
        dyed = hsv.copy()
        dyed[..., 0] = self._hue
        if self._plain:
            dyed[..., 1] = round(self._saturation * 255)
        else:
            dyed[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=self._evenness)
        dyed[..., 2] = cv2.convertScaleAbs(hsv[..., 2], alpha=self._level)
        turned = cv2.cvtColor(dyed, cv2.COLOR_HSV2RGB)
        mixed = colour + (turned.astype(np.float32) - colour) * weight
        mixed = np.minimum(mixed, picture[..., 3:])
        return np.dstack([mixed.astype(np.uint8), picture[..., 3]])


def _ruling_hue(hsv: Pixels, vivid: Pixels) -> int:
    hues = np.bincount(hsv[..., 0][vivid].ravel(), minlength=180)[:180].astype(np.float32)
    around = np.concatenate([hues[-12:], hues, hues[:12]])
    smooth = np.convolve(around, np.ones(17, np.float32), "same")[12:-12]
    return int(smooth.argmax())


def _around(middle: int, reach: int) -> Floats:
    hues = np.arange(256)
    away = np.abs((hues - middle + 90) % 180 - 90)
    return np.clip((reach + 8 - away) / 8, 0, 1).astype(np.float32)
