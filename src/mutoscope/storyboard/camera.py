"""The camera: moves become what each layer sees, moment by moment."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from mutoscope.storyboard.layers import View
from mutoscope.storyboard.pixels import ease, glide
from mutoscope.storyboard.scene import CameraKind, CameraMove

# What an amount of 10 means over a whole shot.
TRUCK = 0.55  # frame heights, at the depth of the subjects
PEDESTAL = 0.24
PAN = 0.60
TILT = 0.30
ROLL_DEGREES = 14.0
ZOOM = 1.9
DOLLY = 0.42
ORBIT = 0.50


@dataclass(frozen=True)
class Pose:
    """How the camera stands at a moment."""

    shift_x: float = 0.0
    shift_y: float = 0.0
    move_x: float = 0.0
    move_y: float = 0.0
    zoom: float = 1.0
    forward: float = 0.0
    roll: float = 0.0  # degrees the camera turned clockwise

    def view(self, width: int, height: int, unit: float) -> View:
        """What it sees on a canvas."""
        return View(
            width, height, unit, self.shift_x, self.shift_y, self.move_x, self.move_y, self.zoom,
            self.forward,
        )  # fmt: skip


class Camera:
    """All the moves of one shot together."""

    def __init__(self, moves: tuple[CameraMove, ...], *, seconds: float, shake: float) -> None:
        """`shake` is a phase that makes two handheld cameras differ."""
        self.moves = moves
        self.seconds = seconds
        self.shake = shake

    @property
    def follows(self) -> bool:
        """It keeps the first subject in the middle."""
        return any(move.kind is CameraKind.FOLLOW for move in self.moves)

    @property
    def strays(self) -> bool:
        """It comes near or turns aside, so that what moves far would be lost from sight."""
        away = {CameraKind.ZOOM, CameraKind.DOLLY, CameraKind.HORIZONTAL, CameraKind.PAN}
        return any(move.kind in away and abs(move.amount) > 2 for move in self.moves)

    @property
    def roll_max(self) -> float:
        """The largest roll of the shot, in degrees."""
        return sum(
            abs(move.amount) / 10 * ROLL_DEGREES
            for move in self.moves
            if move.kind is CameraKind.ROLL
        )

    def pose(self, share: float, leader_x: float = 0.0) -> Pose:
        """Where it stands when `share` of the shot is over; `leader_x` is whom it follows."""
        pose = Pose(forward=0.035 * ease(share)) if not self.moves else Pose()
        for move in self.moves:
            if move.kind is CameraKind.FOLLOW:
                pose = replace(pose, move_x=pose.move_x + leader_x)
            else:
                pose = MOVED[move.kind](self, pose, move.amount / 10, share)
        return pose

    def _handheld(self, pose: Pose, amount: float, share: float) -> Pose:
        t = share * self.seconds
        size = 0.004 + 0.016 * abs(amount)
        phase = self.shake
        x = math.sin(t * 2.1 + phase) + 0.6 * math.sin(t * 4.7 + 2 * phase)
        y = math.sin(t * 2.6 + 1.3 * phase) + 0.5 * math.sin(t * 5.9 + phase)
        return replace(
            pose, shift_x=pose.shift_x + size * x, shift_y=pose.shift_y + size * 0.8 * y,
            zoom=pose.zoom * 1.02,
        )  # fmt: skip


def _middle(share: float) -> float:
    """-0.5 at the start, 0 at half time, 0.5 at the end."""
    return glide(share) - 0.5


def _horizontal(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    return replace(pose, move_x=pose.move_x + amount * TRUCK * _middle(share) * 2)


def _vertical(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    return replace(pose, move_y=pose.move_y - amount * PEDESTAL * _middle(share) * 2)


def _pan(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    return replace(pose, shift_x=pose.shift_x + amount * PAN * _middle(share))


def _tilt(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    return replace(pose, shift_y=pose.shift_y - amount * TILT * _middle(share))


def _roll(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    return replace(pose, roll=pose.roll + amount * ROLL_DEGREES * glide(share))


def _zoom(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    full = ZOOM ** abs(amount)
    factor = full ** glide(share) if amount >= 0 else full ** (1 - glide(share))
    return replace(pose, zoom=pose.zoom * factor)


def _dolly(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    along = glide(share) if amount >= 0 else 1 - glide(share)
    return replace(pose, forward=pose.forward + abs(amount) * DOLLY * along)


def _orbit(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    along = amount * ORBIT * _middle(share) * 2
    return replace(pose, move_x=pose.move_x + along, shift_x=pose.shift_x - along)


def _still(_: Camera, pose: Pose, amount: float, share: float) -> Pose:
    del amount, share
    return pose


MOVED: dict[CameraKind, Callable[[Camera, Pose, float, float], Pose]] = {
    CameraKind.HORIZONTAL: _horizontal,
    CameraKind.VERTICAL: _vertical,
    CameraKind.PAN: _pan,
    CameraKind.TILT: _tilt,
    CameraKind.ROLL: _roll,
    CameraKind.ZOOM: _zoom,
    CameraKind.DOLLY: _dolly,
    CameraKind.ORBIT: _orbit,
    CameraKind.STILL: _still,
    CameraKind.HANDHELD: Camera._handheld,
}
