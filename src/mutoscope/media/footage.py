"""Frames and sound of a video of ours, to go on from it. Strangers' files need a sandbox."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


@dataclass(frozen=True)
class Footage:
    """A finished video. `open_file` gives its bytes anew each time."""

    open_file: Callable[[], BinaryIO]

    def shape(self) -> Shape:
        """Its pixels, frames and frames per second."""
        with self.open_file() as file, av.open(file, "r") as container:
            video = container.streams.video[0]
            if not video.frames or not video.average_rate:
                raise GenerationFailed("the video to go on from says nothing of its length")
            return Shape(
                width=video.width,
                height=video.height,
                frames=video.frames,
                fps=round(video.average_rate),
            )

    def frames(self) -> "Iterator[Frame]":
        """Its frames in RGB, decoded as they are asked for."""
        reformatter = VideoReformatter()
        with self.open_file() as file, av.open(file, "r") as container:
            for frame in container.decode(video=0):
                yield _rgb(reformatter, frame)

    def last_frame(self) -> "Frame":
        """The frame it ends with."""
        last: av.VideoFrame | None = None
        with self.open_file() as file, av.open(file, "r") as container:
            container.seek(container.duration or 0)  # to the key frame before the end
            for frame in container.decode(video=0):
                last = frame
            if last is None:
                raise GenerationFailed("the video to go on from has no frames")
            return _rgb(VideoReformatter(), last)

    def sound(self, rate: int | None = None) -> Sound | None:
        """Its sound, with `rate` samples a second where one is named; None when it is silent."""
        with self.open_file() as file, av.open(file, "r") as container:
            if not container.streams.audio:
                return None
            rate = rate or container.streams.audio[0].rate
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
            chunks = [
                chunk.to_ndarray()
                for frame in container.decode(audio=0)
                for chunk in resampler.resample(frame)
            ]
        return Sound(np.concatenate(chunks, axis=1), rate) if chunks else None


def _rgb(reformatter: VideoReformatter, frame: av.VideoFrame) -> "Frame":
    """Back to what was drawn: our videos are BT.709, limited range."""
    rgb = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return rgb.to_ndarray().astype(np.uint8, copy=False)
