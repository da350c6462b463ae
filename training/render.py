"""A scene becomes frames: backdrop, moving camera, moving sprite, rain or snow."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.art import Sprite, sprite
from training.backdrops import MARGIN, paint_backdrop
from training.scenes import Scene
from training.world import CAMERAS, MOTIONS, OBJECTS, WEATHERS, Facing

FRAMES = 17
FPS = 8
ALL = range(FRAMES)
PICTURE = range(1)  # the first frame alone
# Frames that show the same moment: a latent frame of the codec holds one picture, so that what
# moves has the latents of what rests. A host that wants smooth motion takes every fourth frame and
# fills in between.
HOLD = 4
SUPERSAMPLING = 2
# All in frame widths, and all whole blocks of the codec (16 of 96 pixels) a latent frame: the
# latents of what moves are then its latents elsewhere, not new ones for every pixel.
SIZE = 2 / 3
# From the middle, where things are in pictures that people give, in the first half of the clip;
# then it stays there. So the first picture is the same whatever will move: it need not know.
TRAVEL = 1 / 3
HOP = 1 / 6
PAN = 1 / 3
RAIN, SNOW, SKY = 1 / 8, 1 / 24, 7 / 6  # falls a frame, and after how much the pattern begins anew
ZOOM = 1.35
SOFTNESS = 0.6  # pixels of blur: edges softer than a pixel cost the codec 2 dB and show nothing


@dataclass(frozen=True)
class Take:
    """A rendered clip and where its object is."""

    frames: NDArray[np.uint8]  # (frames, side, side, 3)
    cover: NDArray[np.float32]  # (frames, side, side), the object's alpha


@dataclass(frozen=True)
class Pose:
    """Object and camera at one moment, in frame widths and from the middle of the frame."""

    x: float
    y: float
    pan: float
    zoom: float


def pose(scene: Scene, moment: float) -> Pose:
    """Where everything is when a share `moment` (0..1) of the clip has passed."""
    motion = MOTIONS[scene.motion].id
    x, y = 0.0, 0.0
    gone = min(2 * moment, 1.0)
    if motion in {"left", "right"}:
        x = TRAVEL * gone * (1 if motion == "right" else -1)
    elif motion in {"up", "down"}:
        y = TRAVEL * gone * (1 if motion == "down" else -1)
    elif motion == "jump":
        y = -HOP * abs(np.sin(2 * np.pi * moment))
    camera = CAMERAS[scene.camera].id
    pan = {"pan_left": -PAN, "pan_right": PAN}.get(camera, 0.0) * gone
    grown = {"zoom_in": moment, "zoom_out": 1 - moment}.get(camera, 0.0)
    return Pose(float(x), float(y), pan, 1 + (ZOOM - 1) * grown)


def held(index: int) -> int:
    """The frame whose moment this one shows: the last of its latent frame."""
    return -(-index // HOLD) * HOLD


def _facing(scene: Scene, art: Sprite) -> Sprite:
    """The sprite, mirrored when it looks the other way than it goes."""
    looks = OBJECTS[scene.thing].facing
    goes = MOTIONS[scene.motion].id
    if looks != Facing.FRONT and goes in {"left", "right"} and goes != looks:
        return np.ascontiguousarray(art[:, ::-1])
    return art


def _backdrop(canvas: NDArray[np.uint8], at: Pose, side: int) -> NDArray[np.float32]:
    """What the camera sees of the backdrop."""
    left = (MARGIN + 0.5 + at.pan) * side
    matrix = np.array([[at.zoom, 0, side / 2 - at.zoom * left], [0, at.zoom, 0]])
    matrix[1, 2] = side / 2 * (1 - at.zoom)
    seen = cv2.warpAffine(canvas, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    light: NDArray[np.float32] = np.multiply(seen, 1 / 255, dtype=np.float32)
    return light


def _object(art: Sprite, at: Pose, side: int) -> Sprite:
    """The sprite in its place on an empty frame."""
    scale = at.zoom * SIZE * side / art.shape[0]
    matrix = cv2.getRotationMatrix2D((art.shape[1] / 2, art.shape[0] / 2), 0, scale)
    matrix[0, 2] += side / 2 + at.zoom * (at.x - at.pan) * side - art.shape[1] / 2
    matrix[1, 2] += side / 2 + at.zoom * at.y * side - art.shape[0] / 2
    return cv2.warpAffine(art, matrix, (side, side)).astype(np.float32)


def _fall(frame: NDArray[np.float32], scene: Scene, index: int) -> None:
    """A few large drops or flakes over everything, in the same pattern for every take."""
    weather, side = WEATHERS[scene.weather].id, frame.shape[0]
    if weather == "clear":
        return
    layer = frame.copy()
    speed = RAIN if weather == "rain" else SNOW
    for number in range(12):
        x = number * 0.381 % 1
        y = (number * 0.617 + index * speed) % SKY - 0.1
        at = (round(x * side), round(y * side))
        if weather == "rain":
            end = (round((x - 0.025) * side), round((y + 0.11) * side))
            cv2.line(layer, at, end, (0.8, 0.87, 0.97), max(1, side // 64), cv2.LINE_AA)
        else:
            cv2.circle(layer, at, max(1, side // 45), (1.0, 1.0, 1.0), -1, cv2.LINE_AA)
    cv2.addWeighted(layer, 0.7, frame, 0.3, 0, dst=frame)


def render(
    scene: Scene, side: int, *, indices: Sequence[int] = ALL, art: Sprite | None = None
) -> Take:
    """Draw the scene's clip, or the frames of it with these indices, `side` pixels square."""
    chosen = _facing(scene, sprite(OBJECTS[scene.thing].art) if art is None else art)
    canvas = paint_backdrop(scene, side * SUPERSAMPLING)
    shown = [held(index) for index in indices]
    drawn = {index: _draw(scene, chosen, canvas, index, side) for index in sorted(set(shown))}
    pictures, covers = zip(*(drawn[index] for index in shown), strict=True)
    return Take(np.stack(pictures), np.stack(covers))


def _draw(
    scene: Scene, art: Sprite, canvas: NDArray[np.uint8], index: int, side: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """One frame and its object's alpha."""
    large = side * SUPERSAMPLING
    at = pose(scene, index / (FRAMES - 1))
    layer = _object(art, at, large)
    frame = _backdrop(canvas, at, large) * (1 - layer[..., 3:]) + layer[..., :3]
    _fall(frame, scene, index)
    small = cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), SOFTNESS)
    picture = (small * 255).clip(0, 255).round().astype(np.uint8)
    cover = cv2.resize(layer[..., 3], (side, side), interpolation=cv2.INTER_AREA)
    return picture, np.asarray(cover, np.float32)
