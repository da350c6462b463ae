"""A video that goes on from an earlier one holds both: what was there, and what came after."""

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Clip, Sound
from mutoscope.core.request import Shape
from mutoscope.media import Footage

if TYPE_CHECKING:
    from mutoscope.core.rendering import Samples


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
