"""A renderer for tests of everything around renderers: one colour, drawn from the seed."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Clip, Picture, Report
from mutoscope.core.request import GenerationRequest
from mutoscope.core.state import Stage

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

IMPOSSIBLE = "impossible"


class FlatRenderer:
    """Fills every frame with the same colour; can't do what the prompt calls impossible."""

    def __init__(self) -> None:
        self.pictures: list[tuple[Picture, ...]] = []

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...],
        workspace: Path,
        report: Report,
    ) -> Clip:
        if IMPOSSIBLE in request.prompt:
            raise GenerationFailed("the prompt asks for the impossible")
        self.pictures.append(pictures)
        return Clip(shape=request.shape, frames=_frames(request, report))


def _frames(request: GenerationRequest, report: Report) -> "Iterator[Frame]":
    shape = request.shape
    colour = np.random.default_rng(request.seed).integers(0, 256, 3, dtype=np.uint8)
    frame = np.broadcast_to(colour, (shape.height, shape.width, 3)).copy()
    for number in range(shape.frames):
        report(Stage.DRAW, number, shape.frames)
        yield frame
