"""The few models kept in memory, longest unused thrown out first. Imports torch."""

import gc
from collections import OrderedDict

import structlog
import torch

from mutoscope.core.rendering import Report
from mutoscope.engine.checkpoints import Checkpoint
from mutoscope.engine.loading import Model, load_model
from mutoscope.engine.placement import choose_placement

log = structlog.get_logger(__name__)


class Shelf:
    """Holds at most `size` models; makes room before it loads, so two never share the memory."""

    def __init__(self, *, size: int, device: str, dtype: str) -> None:
        self._size = size
        self._device = device
        self._dtype = dtype
        self._models: OrderedDict[str, Model] = OrderedDict()

    def take(self, checkpoint: Checkpoint, report: Report) -> Model:
        """The model of this checkpoint, loaded now if it is not here or its files have changed."""
        name = str(checkpoint.folder)
        model = self._models.get(name)
        if model is not None and model.checkpoint.fingerprint == checkpoint.fingerprint:
            self._models.move_to_end(name)
            return model
        model = None
        self._make_room(name)
        placement = choose_placement(checkpoint, device=self._device, dtype=self._dtype)
        model = load_model(checkpoint, placement, report)
        self._models[name] = model
        log.info("model loaded", model=checkpoint.folder.name, device=placement.device,
                 dtype=str(placement.dtype), offload=placement.offload)  # fmt: skip
        return model

    def _make_room(self, name: str) -> None:
        held = len(self._models)
        self._models.pop(name, None)
        while len(self._models) >= self._size:
            self._models.popitem(last=False)
        if len(self._models) < held:
            free_memory()

    def names(self) -> list[str]:
        """The folders' names of the models that are here."""
        return [model.checkpoint.folder.name for model in self._models.values()]

    def drop(self, name: str) -> None:
        """Let go of the model of this folder's name and give its memory back, if it is here."""
        for path, model in list(self._models.items()):
            if model.checkpoint.folder.name == name:
                del self._models[path]
                del model
                free_memory()


def free_memory() -> None:
    """Give back what nothing holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
