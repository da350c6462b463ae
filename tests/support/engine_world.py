"""Words for stories about the engine: requests, pictures, and an ear for its reports."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.core.state import Stage
from mutoscope.engine import DiffusersRenderer

Frames = NDArray[np.uint8]
Heard = tuple[Stage, int, int]


@dataclass
class Ear:
    """Listens to a renderer's reports; looks at previews; speaks up once if told to."""

    looks: bool = True
    objection: Exception | None = None
    at_report: int = -1
    heard: list[Heard] = field(default_factory=list)
    previews: list[Frames] = field(default_factory=list)

    def __call__(
        self, stage: Stage, step: int, of: int, preview: Callable[[], Frames] | None = None
    ) -> None:
        self.heard.append((stage, step, of))
        if preview is not None and self.looks:
            self.previews.append(preview())
        if self.objection is not None and len(self.heard) - 1 == self.at_report:
            raise self.objection

    def steps(self, stage: Stage) -> list[int]:
        """The steps heard of one stage."""
        return [step for heard, step, _ in self.heard if heard is stage]


@dataclass
class Studio:
    """One renderer and one folder for its work."""

    folder: Path
    workspace: Path

    def __post_init__(self) -> None:
        self.renderer = DiffusersRenderer(lambda model: self.folder / model, dtype="float32")

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...] = (),
        ear: Ear | None = None,
        workspace: Path | None = None,
    ) -> Frames:
        """All frames of the clip, (frames, height, width, 3)."""
        where = workspace or self.workspace / "fresh"
        if workspace is None:
            shutil.rmtree(where, ignore_errors=True)
        clip = self.renderer.render(request, pictures, where, ear or Ear())
        return np.stack(list(clip.frames))


def request_for(model: str, **changes: Any) -> GenerationRequest:
    """A short clip of random weights: two steps, guided."""
    words: dict[str, Any] = {
        "task": Task.TEXT_TO_VIDEO,
        "model": ModelId(model),
        "prompt": "a red cat runs",
        "shape": Shape(width=64, height=64, frames=9, fps=8),
        "seed": 7,
        "params": {"steps": 2, "guidance": 3.0},
    }
    return GenerationRequest(**(words | changes))


def picture_for(
    role: ReferenceRole, *, width: int = 64, height: int = 64, seed: int = 0
) -> Picture:
    """A picture full of detail, given for `role`."""
    reference = Reference(role=role, blob=BlobKey("any"), media_type="image/png")
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Picture(reference, pixels)


@contextmanager
def decoder_limit(
    class_name: str, *, latent_width_max: int, error: BaseException
) -> Iterator[list[int]]:
    """While open, decoders of that class raise for wider latents, as a full memory would.

    Yields the widths that were let through.
    """
    passed: list[int] = []

    def check(module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
        if type(module).__name__ == class_name:
            width = int(inputs[0].shape[-1])
            if width > latent_width_max:
                raise error
            passed.append(width)

    handle = torch.nn.modules.module.register_module_forward_pre_hook(check)
    try:
        yield passed
    finally:
        handle.remove()


def edit_json(path: Path, changes: Mapping[str, Any]) -> None:
    """Change fields of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | dict(changes)))
