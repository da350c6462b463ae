"""RGB pixels to what a video encoder takes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.request import Shape

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


class FrameConverter:
    """Turns RGB frames of one shape into yuv420p, BT.709, limited range, with even sides."""

    def __init__(self, shape: Shape) -> None:
        self._drawn = (shape.height, shape.width, 3)
        self.shape = replace(
            shape, width=shape.width + shape.width % 2, height=shape.height + shape.height % 2
        )
        self._reformatter = VideoReformatter()  # one for all: setting it up costs more than a frame

    def __call__(self, frame: "Frame") -> av.VideoFrame:
        """The frame, converted. GenerationFailed if it has another shape or type."""
        check_frame(frame, self._drawn)
        rgb = av.VideoFrame.from_numpy_buffer(self._even(frame), format="rgb24")
        return self._reformatter.reformat(
            rgb,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )

    def _even(self, frame: "Frame") -> "Frame":
        """Chroma has half the sides of luma, so sides are even: repeat the last row or column."""
        missing = (self.shape.height - frame.shape[0], self.shape.width - frame.shape[1])
        if any(missing):
            return np.pad(frame, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
        return np.ascontiguousarray(frame)


def check_frame(frame: "Frame", shape: tuple[int, int, int]) -> None:
    """GenerationFailed unless the frame is uint8 RGB of this (height, width, 3)."""
    if frame.shape != shape or frame.dtype != np.uint8:
        raise GenerationFailed(
            f"a frame is {frame.dtype} {frame.shape} where uint8 {shape} was announced"
        )
