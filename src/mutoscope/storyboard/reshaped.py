"""A picture that is the frame: it is filmed, brushed, joined to another, or continued."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from mutoscope.core.request import GenerationRequest
from mutoscope.storyboard.airs import airs
from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.between import between
from mutoscope.storyboard.brush import brushed, uncovered
from mutoscope.storyboard.camera import Camera, Pose
from mutoscope.storyboard.controls import trajectories
from mutoscope.storyboard.cutout import subject_mask
from mutoscope.storyboard.film import film
from mutoscope.storyboard.layers import View
from mutoscope.storyboard.light import light_of
from mutoscope.storyboard.moves import MOVES, PACES, Role, Stance
from mutoscope.storyboard.pictures import Uploaded, filled, rgba
from mutoscope.storyboard.pixels import Floats, Pixels, ease
from mutoscope.storyboard.scene import (
    Action,
    CameraKind,
    CameraMove,
    Direction,
    Shot,
    ShotList,
    Subject,
)
from mutoscope.storyboard.texts import title

DEFAULT_MOVES = (
    CameraMove(kind=CameraKind.DOLLY, amount=3.5), CameraMove(kind=CameraKind.ORBIT, amount=2.0),
)  # fmt: skip
MARGIN = 0.36
# A picture bears less than a painted world: moves are this much shorter.
RESTRAINT = 0.34
JOIN_SECONDS = 1.2


def filmed_picture(
    request: GenerationRequest, shots: ShotList, given: Uploaded
) -> Iterator[Pixels]:
    """Frames for a request with a first frame, a last frame or a clip to continue."""
    shape, shot = request.shape, shots.shots[0]
    size = (shape.width, shape.height)
    if given.first is not None and given.dynamic_masks:
        paths = trajectories(request, len(given.dynamic_masks))
        picture = filled(given.first, *size)
        return brushed(picture, given.first, given.dynamic_masks, paths, given.static_mask,
                       shape.frames)  # fmt: skip
    if given.first is not None and given.last is not None:
        return between(filled(given.first, *size), filled(given.last, *size), shape.frames)
    if given.source is not None:
        return _continued(request, shots, given)
    if given.first is not None:
        filming = Filming(given.first, shot, request, static=given.static_mask)
        return (filming.frame(index / max(1, shape.frames - 1)) for index in range(shape.frames))
    assert given.last is not None
    filming = Filming(given.last, shot, request)
    last = max(1, shape.frames - 1)
    return (filming.frame(1 - index / last) for index in range(shape.frames))


def _continued(request: GenerationRequest, shots: ShotList, given: Uploaded) -> Iterator[Pixels]:
    """On from the last picture of a clip; into a new scene if the words name one."""
    assert given.source is not None
    shape = request.shape
    filming = Filming(given.source, shots.shots[0], request)
    # The clip's last picture was shown already: begin one step on.
    old = (filming.frame((index + 1) / shape.frames) for index in range(shape.frames))
    if not any(shot.subjects for shot in shots.shots):
        return old
    return _joined(old, film(shots, shape, request.seed), round(JOIN_SECONDS * shape.fps))


def _joined(old: Iterator[Pixels], new: Iterator[Pixels], blend: int) -> Iterator[Pixels]:
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        if index >= blend:
            yield after
            yield from new
            return
        share = ease((index + 1) / (blend + 1))
        yield cv2.addWeighted(before, 1 - share, after, share, 0)


class Filming:
    """A camera before a picture, with a guess at what in it is near."""

    def __init__(
        self, picture: Pixels, shot: Shot, request: GenerationRequest, *,
        static: Pixels | None = None,
    ) -> None:  # fmt: skip
        shape = request.shape
        self.picture = filled(picture, shape.width, shape.height)
        self.shot = shot.model_copy(update={"seconds": max(shape.seconds, 0.1)})
        self.actor = _acting(self.shot)
        self.camera = Camera(
            _moves(shot, bool(self.actor), request.seed), seconds=shape.seconds, shake=1.0
        )
        self.width, self.height = shape.width, shape.height
        mask = subject_mask(rgba(self.picture)) if static is None else None
        self.part: tuple[Pixels, Pixels] | None = None
        self.near = _nearness(self.picture, mask)
        if self.actor is not None and mask is not None:
            self.part = (mask, uncovered(self.picture, [mask]))
        self.static = static
        if static is not None:
            from mutoscope.storyboard.brush import mask_of

            self.static = mask_of(static, picture, self.width, self.height)
        draw = np.random.default_rng([request.seed, 77])
        view = View(self.width, self.height, self.height)
        light = light_of(self.shot)
        self.airs = [
            air for kind in shot.weather for air in airs(kind, view, light, draw, shape.seconds)
        ]
        self.titles = [
            made for text in shot.texts if (made := title(text, self.width, self.height))
        ]
        rows, columns = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        self.rows, self.columns = rows, columns

    def frame(self, share: float) -> Pixels:
        """What is seen at a moment; at 0 it is the picture itself, byte for byte."""
        if share <= 0:
            return self.picture.copy()
        picture = self._acted(share) if self.part is not None else self.picture
        frame = self._seen(picture, share)
        if self.static is not None:
            frame[self.static > 127] = self.picture[self.static > 127]
        if self.airs:
            over_it = frame.copy()
            view = View(self.width, self.height, self.height)
            for air in self.airs:
                air.draw(over_it, view, share * self.shot.seconds)
            ramp = ease(min(1.0, share * self.shot.seconds / 0.8))
            frame = cv2.addWeighted(frame, 1 - ramp, over_it, ramp, 0)
        for words in self.titles:
            words.draw(frame, share, self.shot.seconds)
        return frame

    def _seen(self, picture: Pixels, share: float) -> Pixels:
        pose, start = self.camera.pose(share), self.camera.pose(0.0)
        dx, dy, zoom, forward, roll = _since(pose, start)
        near = self.near
        # Things that are near move more and grow more.
        scale = zoom / np.maximum(0.3, 1 - forward * near)
        move_x = dx[0] + dx[1] * near
        move_y = dy[0] + dy[1] * near
        x = (self.columns - self.width / 2) / scale
        y = (self.rows - self.height / 2) / scale
        if roll:
            cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
            x, y = x * cos - y * sin, x * sin + y * cos
        x = x + self.width / 2 + move_x * self.height
        y = y + self.height / 2 + move_y * self.height
        result: Pixels = cv2.remap(
            picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip
        return result

    def _acted(self, share: float) -> Pixels:
        """The subject cut out and moved over what is guessed to be behind it."""
        assert self.part is not None
        assert self.actor is not None
        mask, ground = self.part
        now, start = _stance(self.actor, share, self), _stance(self.actor, 0.0, self)
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        foot = float(rows[-1])
        middle = (columns[0] + columns[-1]) / 2
        scale = now.scale / max(0.2, start.scale)
        turn = np.radians(now.turn - start.turn)
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        squash = now.squash - start.squash
        matrix = np.array([[cos * (1 + squash), sin, 0], [-sin, cos * (1 - squash), 0]], np.float64)
        at = np.array([middle, foot])
        to = at + np.array([now.x - start.x, start.lift - now.lift]) * self.height
        matrix[:, 2] = to - matrix[:, :2] @ at
        size = (self.width, self.height)
        moved = cv2.warpAffine(self.picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        cover = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 1.0), matrix, size)
        weight = cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB)
        back = cv2.multiply(ground, cv2.bitwise_not(weight), scale=1 / 255)
        result: Pixels = cv2.add(back, cv2.multiply(moved, weight, scale=1 / 255))
        return result


Pair = tuple[float, float]


def _since(pose: Pose, start: Pose) -> tuple[Pair, Pair, float, float, float]:
    """What changed since the first frame: shifts (even, by nearness), zoom, way, roll."""
    even_x = (pose.shift_x - start.shift_x) * RESTRAINT
    even_y = (pose.shift_y - start.shift_y) * RESTRAINT
    near_x = (pose.move_x - start.move_x) * RESTRAINT
    near_y = (pose.move_y - start.move_y) * RESTRAINT
    forward = pose.forward - start.forward
    zoom = pose.zoom / start.zoom
    hidden = 1 + 2.0 * max(abs(even_x + near_x) * 0.8, abs(even_y + near_y), abs(even_x))
    roll = pose.roll - start.roll
    hidden += 0.022 * abs(roll)
    if zoom >= 1 and forward >= 0:
        zoom *= hidden
    return (even_x, near_x), (even_y, near_y), zoom, forward * 0.55, roll


def _moves(shot: Shot, acting: bool, seed: int) -> tuple[CameraMove, ...]:
    """The camera that was asked for; else a slow one of the seed's choice."""
    if shot.camera:
        return tuple(move for move in shot.camera if move.kind is not CameraKind.FOLLOW)
    draw = np.random.default_rng([seed, 78])
    drift = CameraMove(kind=CameraKind.HORIZONTAL, amount=float(draw.uniform(-1.0, 1.0)))
    if acting:
        return (CameraMove(kind=CameraKind.DOLLY, amount=1.2), drift)
    return (*DEFAULT_MOVES, drift)


def _acting(shot: Shot) -> Subject | None:
    """The one in the picture who is told to do something."""
    for subject in shot.subjects:
        if subject.action not in {Action.STAND, Action.PRESENT, Action.SWAY, Action.GROW}:
            return subject
    return None


def _stance(subject: Subject, share: float, filming: Filming) -> Stance:
    way = -1.0 if subject.direction is Direction.LEFT else 1.0
    role = Role(
        nature=Nature.BEAST, action=subject.action, direction=subject.direction, way=way,
        seconds=filming.shot.seconds, reach=0.22, tall=0.3, wide=0.1, phase=0.0,
        pace=PACES[subject.speed], flies=False,
    )  # fmt: skip
    stance = MOVES[subject.action](role, share)
    return replace(stance, turn=stance.turn * 0.6)


def _nearness(picture: Pixels, mask: Pixels | None) -> Floats:
    """A soft guess: what is low in a picture is near, and so is its subject."""
    height, width = picture.shape[:2]
    small = (max(8, width // 8), max(8, height // 8))
    rows = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    near = np.repeat(0.15 + 0.65 * rows**1.3, small[0], axis=1)
    if mask is not None:
        cover = cv2.resize(mask, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        level = float((near * cover).sum() / max(1e-3, cover.sum())) + 0.28
        near = near + (level - near) * cv2.GaussianBlur(cover, (0, 0), small[0] * 0.03)
    near = cv2.GaussianBlur(near.astype(np.float32), (0, 0), small[0] * 0.02)
    return np.asarray(cv2.resize(near, (width, height)), np.float32)
