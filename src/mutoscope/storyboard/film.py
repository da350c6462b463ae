"""A film: the shots of a list one after another, with their transitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2

from mutoscope.core.request import Shape
from mutoscope.storyboard.pixels import Pixels, ease
from mutoscope.storyboard.scene import Shot, ShotList, Transition
from mutoscope.storyboard.stage import Stage

TRANSITION_SECONDS = 0.6


@dataclass(frozen=True)
class Take:
    """A shot and the frames it fills."""

    shot: Shot
    first: int
    frames: int

    def seconds(self, index: int, fps: int) -> float:
        """The time within the shot of a frame of the film."""
        return (index - self.first) / fps


def takes(shots: ShotList, shape: Shape) -> list[Take]:
    """Share the frames of a film among its shots, in proportion to their lengths."""
    result: list[Take] = []
    begin, so_far = 0, 0.0
    for index, shot in enumerate(shots.shots):
        so_far += shot.seconds
        end = round(shape.frames * so_far / shots.seconds)
        if index == len(shots.shots) - 1:
            end = shape.frames
        frames = max(0, end - begin)
        if frames:
            fitted = shot.model_copy(update={"seconds": max(frames / shape.fps, 1e-3)})
            result.append(Take(fitted, begin, frames))
        begin = end
    return result


def film(
    shots: ShotList, shape: Shape, seed: int, cutouts: Mapping[int, Pixels] | None = None
) -> Iterator[Pixels]:
    """The frames of a film, one by one."""
    before: Stage | None = None
    before_end = 0.0
    for number, take in enumerate(takes(shots, shape)):
        stage = Stage(
            take.shot, width=shape.width, height=shape.height, seed=(seed, number), cutouts=cutouts
        )
        fade = max(1, min(round(TRANSITION_SECONDS * shape.fps), take.frames // 3))
        blend = _blend_frames(take, shape, number)
        for index in range(take.frames):
            seconds = _moment(take, index, shape)
            frame = stage.frame(seconds)
            if index < blend:
                share = ease((index + 1) / (blend + 1))
                if take.shot.transition is Transition.DISSOLVE and before is not None:
                    old = before.frame(before_end + index / shape.fps)
                    frame = cv2.addWeighted(old, 1 - share, frame, share, 0)
                else:
                    frame = cv2.convertScaleAbs(frame, alpha=share)
            left = take.frames - 1 - index
            if take.shot.closing and shape.frames > 1 and left < fade:
                frame = cv2.convertScaleAbs(frame, alpha=ease(left / fade))
            yield frame
        before, before_end = stage, take.shot.seconds


def _blend_frames(take: Take, shape: Shape, number: int) -> int:
    if take.shot.transition is Transition.CUT:
        return 0
    if take.shot.transition is Transition.DISSOLVE and number == 0:
        return 0
    return min(round(TRANSITION_SECONDS * shape.fps), take.frames // 3)


def _moment(take: Take, index: int, shape: Shape) -> float:
    """A picture shows the middle of its shot; a film runs from its start to its end."""
    if shape.frames == 1:
        return take.shot.seconds * 0.5
    if take.frames == 1:
        return 0.0
    return take.shot.seconds * index / (take.frames - 1)
