"""The engine's front door: a request goes in, a clip comes out. Torch is imported at first use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mutoscope.core.ids import ModelId
from mutoscope.core.rendering import Clip, Picture, Report
from mutoscope.core.request import GenerationRequest
from mutoscope.core.state import Stage
from mutoscope.engine.checkpoints import inspect_checkpoint
from mutoscope.engine.environment import prepare_process
from mutoscope.engine.order import take_order

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame
    from mutoscope.engine.shelf import Shelf


class DiffusersRenderer:
    """Renders with local checkpoints, one job at a time; implements `core.rendering.Renderer`."""

    def __init__(
        self,
        folder_of: Callable[[ModelId], Path],
        *,
        device: str = "auto",
        dtype: str = "auto",
        models_kept: int = 1,
    ) -> None:
        """`folder_of` tells where a model's folder is; `dtype` is auto, float32 or bfloat16."""
        self._folder_of = folder_of
        self._device = device
        self._dtype = dtype
        self._models_kept = models_kept
        self._shelf: Shelf | None = None

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...],
        workspace: Path,
        report: Report,
    ) -> Clip:
        """Make the clip; latents are kept in `workspace`, where a second attempt finds them."""
        checkpoint = inspect_checkpoint(self._folder_of(request.model))
        order = take_order(request, pictures, checkpoint)
        shelf = self._open_shelf()
        from mutoscope.engine.generate import generate, refuse_what_it_cannot
        from mutoscope.engine.stages.finish import finished

        refuse_what_it_cannot(checkpoint, order)
        model = shelf.take(checkpoint, report)
        made = generate(model, order, workspace, report)
        held = checkpoint.manifest.held
        frames = finished(made.frames, order.shape, request.shape, held=held)
        return Clip(shape=request.shape, frames=frames, notes=(*order.notes, *made.notes))

    def loaded(self) -> list[ModelId]:
        """The models in memory, which the next job need not load."""
        return [] if self._shelf is None else [ModelId(name) for name in self._shelf.names()]

    def load(self, model: ModelId) -> None:
        """Have a model in memory before its first job; makes room as a job would.

        ModelUnavailable where its checkpoint can't be used.
        """
        self._open_shelf().take(inspect_checkpoint(self._folder_of(model)), _unheard)

    def unload(self, model: ModelId) -> None:
        """Free the memory that a model holds; its next job loads it again."""
        if self._shelf is not None:
            self._shelf.drop(model)

    def _open_shelf(self) -> Shelf:
        if self._shelf is None:
            prepare_process()
            from mutoscope.engine.shelf import Shelf

            self._shelf = Shelf(size=self._models_kept, device=self._device, dtype=self._dtype)
        return self._shelf


def _unheard(
    stage: Stage,
    step: int,
    of: int,
    preview: Callable[[], Frame] | None = None,
) -> None:
    """Nobody waits for this."""
