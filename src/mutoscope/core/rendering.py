"""The seam between a job and whatever makes its pixels: the storyboard or a diffusion model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mutoscope.core.request import GenerationRequest, Reference, Shape
from mutoscope.core.state import Stage

if TYPE_CHECKING:  # numpy stays out of the web process
    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.uint8]  # RGB, (height, width, 3)
    Samples = NDArray[np.float32]  # -1..1, (2, samples)


@dataclass(frozen=True)
class Note:
    """Something the maker wants the caller to know: a word it could not draw, a size it rounded.

    `code` is for programs ("words_unused"), `zh` and `en` are the same sentence for people.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sound:
    """Stereo samples, float32 in -1..1, shape (2, samples), at `rate` per second."""

    samples: "Samples"
    rate: int


@dataclass(frozen=True)
class Picture:
    """A reference, decoded: RGBA or RGB pixels of what the caller uploaded, and its role."""

    reference: Reference
    pixels: "Frame"


@dataclass(frozen=True)
class Clip:
    """What a renderer made. `frames` may be lazy: nothing holds a whole film in memory."""

    shape: Shape
    frames: "Iterator[Frame]"
    notes: tuple[Note, ...] = ()
    sound: Sound | None = None


class Report(Protocol):
    """How a renderer says where it is, and how it learns that it is no longer wanted."""

    def __call__(
        self,
        stage: Stage,
        step: int,
        of: int,
        preview: "Callable[[], Frame] | None" = None,
    ) -> None:
        """Record progress. Raises GenerationCanceled when the caller changed their mind, or
        LeaseLost when another worker has the job. `preview` is called only when a picture is due.
        """
        ...


class Renderer(Protocol):
    """Turns one request into one clip. Pure but for `workspace`, where it may keep what a second
    attempt can use (latents, say)."""

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...],
        workspace: Path,
        report: Report,
    ) -> Clip:
        """Make the clip; the same request (seed included) makes the same pixels."""
        ...
