"""Videos made of earlier ones: one that goes on, several shots joined, one with another sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Clip, Sound
from mutoscope.core.request import Shape
from mutoscope.media import Footage

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame, Samples

# How long one shot takes to come in over the other, where it dissolves; a third of it at most.
DISSOLVE_SECONDS = 0.6


def after(earlier: Footage, clip: Clip) -> Clip:
    """The earlier video, then the clip. GenerationFailed when their frames differ in size."""
    before = earlier.shape()
    same = (before.width, before.height, before.fps)
    if same != (clip.shape.width, clip.shape.height, clip.shape.fps):
        raise GenerationFailed(
            f"the video is {before.width}x{before.height} at {before.fps} frames per second,"
            f" what should follow it {clip.shape.width}x{clip.shape.height} at {clip.shape.fps}"
        )
    return Clip(
        shape=replace(clip.shape, frames=before.frames + clip.shape.frames),
        frames=chain(earlier.frames(), clip.frames),
        notes=clip.notes,
        sound=_joined(earlier, before, clip),
    )


def dubbed(earlier: Footage, clip: Clip) -> Clip:
    """The earlier video with the clip's sound instead of its own."""
    return Clip(earlier.shape(), earlier.frames(), clip.notes, clip.sound)


@dataclass(frozen=True)
class ShotFootage:
    """A shot that is to be joined, and whether it comes in while the one before goes."""

    footage: Footage
    dissolves: bool = False


def joined(shots: Sequence[ShotFootage]) -> Clip:
    """All of them as one clip. They have the same size and speed: whoever asked has seen to it.

    As long as they are together: where one dissolves in, the last picture before it stays.
    """
    footage = [shot.footage for shot in shots]
    shapes = [each.shape() for each in footage]
    return Clip(
        shape=replace(shapes[0], frames=sum(shape.frames for shape in shapes)),
        frames=_frames(shots, shapes),
        sound=_joined_sounds(footage, shapes),
    )


def _frames(shots: Sequence[ShotFootage], shapes: Sequence[Shape]) -> "Iterator[Frame]":
    last: Frame | None = None
    for shot, shape in zip(shots, shapes, strict=True):
        before = last if shot.dissolves else None
        blend = min(round(DISSOLVE_SECONDS * shape.fps), shape.frames // 3)
        for number, frame in enumerate(shot.footage.frames()):
            if before is not None and number < blend:
                yield _mixed(before, frame, (number + 1) / (blend + 1))
            else:
                yield frame
            last = frame


def _mixed(before: "Frame", frame: "Frame", along: float) -> "Frame":
    """Between two frames, `along` from 0 to 1 of the way, slow at both ends."""
    share = along * along * (3 - 2 * along)
    return np.rint(before * (1 - share) + frame * share).astype(np.uint8)


def _joined_sounds(shots: Sequence[Footage], shapes: Sequence[Shape]) -> Sound | None:
    some = next((sound for shot in shots if (sound := shot.sound()) is not None), None)
    if some is None:
        return None
    parts = [
        _fitted(shot.sound(some.rate), round(shape.seconds * some.rate))
        for shot, shape in zip(shots, shapes, strict=True)
    ]
    return Sound(np.concatenate(parts, axis=1), some.rate)


def _joined(earlier: Footage, before: Shape, clip: Clip) -> Sound | None:
    """Both sounds, one after the other; what has none is silent."""
    second = clip.sound
    first = earlier.sound(second.rate if second else None)
    some = first or second
    if some is None:
        return None
    parts = [
        _fitted(sound, round(shape.seconds * some.rate))
        for sound, shape in ((first, before), (second, clip.shape))
    ]
    return Sound(np.concatenate(parts, axis=1), some.rate)


def _fitted(sound: Sound | None, length: int) -> "Samples":
    """Exactly this many samples, cut or filled with silence."""
    fitted = np.zeros((2, length), np.float32)
    if sound is not None:
        kept = sound.samples[:, :length]
        fitted[:, : kept.shape[1]] = kept
    return fitted
