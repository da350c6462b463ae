"""From an inspected folder to a model in memory, part by part. Imports torch, loads nothing else.

Every part is loaded by its own allow-listed class, never by a class that a file names, and with
`use_safetensors=True`: the libraries' default falls back to pickles.
"""

import inspect
from dataclasses import dataclass, field
from typing import Any

import diffusers
import torch
import transformers
from safetensors import SafetensorError

from mutoscope.core.errors import ModelUnavailable
from mutoscope.core.rendering import Report
from mutoscope.core.state import Stage
from mutoscope.engine.checkpoints import Checkpoint, Part
from mutoscope.engine.placement import Placement
from mutoscope.engine.stages.memory import is_out_of_memory, out_of_memory

LIBRARIES: dict[str, Any] = {"diffusers": diffusers, "transformers": transformers}
LOAD_ERRORS = (
    OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, MemoryError,
    SafetensorError,
)  # fmt: skip


@dataclass
class Model:
    """A checkpoint in memory. One pipeline at a time is dressed around its parts."""

    checkpoint: Checkpoint
    placement: Placement
    parts: dict[str, Any]
    _pipeline: Any = field(default=None, repr=False)

    def pipeline(self, class_name: str) -> Any:
        """The stock pipeline of that class around our parts; it shares their memory."""
        if type(self._pipeline).__name__ != class_name:
            cls = getattr(diffusers, class_name)
            accepted = inspect.signature(cls.__init__).parameters
            given = self.parts | dict(self.checkpoint.options)
            pipeline = cls(**{name: given[name] for name in given if name in accepted})
            pipeline.set_progress_bar_config(disable=True)
            _place(pipeline, self.placement)
            self._pipeline = pipeline
        return self._pipeline


def load_model(checkpoint: Checkpoint, placement: Placement, report: Report) -> Model:
    """Load every part and refuse the whole if one of them has holes; `report` may stop it."""
    for library in LIBRARIES.values():  # what they would log, we refuse or say in our own words
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    parts: dict[str, Any] = {
        name: None for name, rule in checkpoint.family.parts.items() if rule.is_optional
    }
    for done, part in enumerate(checkpoint.parts.values()):
        report(Stage.LOAD, done, len(checkpoint.parts))
        is_kept_whole = part.name in checkpoint.family.float32_parts
        dtype = torch.float32 if is_kept_whole else placement.dtype
        parts[part.name] = _load_part(checkpoint, part, dtype)
    report(Stage.LOAD, len(checkpoint.parts), len(checkpoint.parts))
    return Model(checkpoint, placement, parts)


def _load_part(checkpoint: Checkpoint, part: Part, dtype: torch.dtype) -> Any:
    cls = getattr(LIBRARIES[part.library], part.class_name, None)
    if cls is None:
        raise ModelUnavailable(
            f"the installed {part.library} has no {part.class_name}, which {part.name} needs",
            field="model",
            fix=f"upgrade {part.library}",
        )
    folder = checkpoint.folder / part.name
    try:
        if not part.weights:
            return cls.from_pretrained(folder, local_files_only=True)
        model, info = cls.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            dtype=dtype,
        )
    except LOAD_ERRORS as error:
        if is_out_of_memory(error):
            raise out_of_memory("loading the model", fix="choose a smaller model") from error
        raise _unusable(f"{part.files} can't be loaded: {_first_line(error)}", part) from error
    _refuse_holes(model, info, part)
    return model.eval().requires_grad_(False)


def _refuse_holes(model: torch.nn.Module, info: dict[str, Any], part: Part) -> None:
    """Weights that are missing, left over, or not numbers load in silence; here they are named."""
    tensors = dict(model.named_parameters()) | dict(model.named_buffers())
    missing = [name for name, tensor in tensors.items() if tensor.is_meta]
    missing = missing or sorted(info.get("missing_keys") or [])
    if missing:
        raise _unusable(f"{part.file_of(missing[0])} lacks the weight {missing[0]!r}", part)
    unexpected = sorted(info.get("unexpected_keys") or [])
    if unexpected and part.library == "diffusers":
        name = unexpected[0]
        raise _unusable(f"{part.file_of(name)} has a weight of another model: {name!r}", part)
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise _unusable(f"{part.file_of(name)}: weight {name!r} is not finite", part)


def _place(pipeline: Any, placement: Placement) -> None:
    if placement.offload == "model":
        pipeline.enable_model_cpu_offload(device=placement.device)
    elif placement.offload == "sequential":
        pipeline.enable_sequential_cpu_offload(device=placement.device)
    else:
        pipeline.to(placement.device)


def _first_line(error: BaseException) -> str:
    """What the libraries say went wrong, without the advice to programmers that follows."""
    return str(error).partition("\n")[0].partition(" If you want to ")[0].strip()


def _unusable(detail: str, part: Part) -> ModelUnavailable:
    return ModelUnavailable(
        f"this model can't be loaded: {detail}",
        field="model",
        fix=f"copy the folder {part.name} of the model again from its source",
    )
