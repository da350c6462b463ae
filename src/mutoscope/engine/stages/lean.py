"""Leaves out of a step what an earlier step has worked out already. Imports torch.

From step to step only the noisy latents and the timestep change. What the transformer makes of the
prompt (its projection, the keys and values of the cross-attention) and of the positions is kept for
the length of a run, to the last bit; a timestep is embedded once for all tokens that share it, and
the padding that ends every prompt is cut off, both equal within rounding.

Where a manifest asks for it (`guidance_every`), the prompt's opposite is looked at in every n-th
step only: the difference that guidance amplifies changes slowly, so in between the last one serves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from mutoscope.engine.stages.denoise import is_offloaded

Forward = Callable[..., Any]
# Steps at the start in which everything is worked out: there the picture is settled.
FULL_STEPS = 2
# More inputs than this are no constants.
KNOWN_MAX = 8
LEANING = 0.5


@contextmanager
def lean(transformer: Any, *, guidance_every: int, steps: int) -> Iterator[None]:
    """For the length of a run, an LTX transformer that works nothing out twice."""
    if is_offloaded(transformer):
        # Its parts come and go; whoever moves them owns their `forward`.
        yield
        return
    with ExitStack() as changed:
        swap = changed.enter_context
        swap(_forward(transformer.rope, lambda rope: _once(rope, _video_coordinates)))
        swap(_forward(transformer.caption_projection, lambda project: _once(project, _first)))
        swap(_forward(transformer.time_embed, _per_timestep))
        for block in transformer.transformer_blocks:
            for part in (block.attn2.to_k, block.attn2.to_v):
                swap(_forward(part, lambda project: _once(project, _first)))
        if guidance_every > 1:
            swap(_forward(transformer, lambda whole: _guided(whole, guidance_every, steps)))
        yield


def shortest(prompt: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The states of a prompt and its opposite without the padding that both end with.

    States are (1, tokens, width), masks (1, tokens), named as the pipeline's arguments.
    """
    masks = [mask for name, mask in prompt.items() if mask is not None and "mask" in name]
    length = max(int(mask.sum(dim=-1).max()) for mask in masks)
    return {name: part if part is None else part[:, :length] for name, part in prompt.items()}


@contextmanager
def _forward(part: Any, change: Callable[[Forward], Forward]) -> Iterator[None]:
    part.forward = change(part.forward)
    try:
        yield
    finally:
        del part.forward


def _first(tensor: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return tensor


def _video_coordinates(*_: Any, **named: Any) -> torch.Tensor | None:
    return named.get("video_coords")


def _once(forward: Forward, constant: Callable[..., torch.Tensor | None]) -> Forward:
    """`forward`, remembered by the tensor on which alone its result depends."""
    known: dict[Any, tuple[torch.Tensor, Any]] = {}

    def remembered(*given: Any, **named: Any) -> Any:
        tensor = constant(*given, **named) if given or named else None
        if tensor is None:
            return forward(*given, **named)
        key = (tensor.data_ptr(), tensor.shape, tensor.dtype, tensor._version)
        if key not in known:
            if len(known) >= KNOWN_MAX:
                known.clear()
            # The tensor is kept too: nothing else may come to lie at its address.
            known[key] = (tensor, forward(*given, **named))
        return known[key][1]

    return remembered


def _per_timestep(forward: Forward) -> Forward:
    """The embedding of timesteps, worked out once for each that occurs."""

    def shared(timestep: torch.Tensor, *given: Any, **named: Any) -> Any:
        different, where = torch.unique(timestep, return_inverse=True)
        if len(different) * 2 > len(timestep):
            return forward(timestep, *given, **named)
        return tuple(each[where] for each in forward(different, *given, **named))

    return shared


def _guided(forward: Forward, every: int, steps: int) -> Forward:
    """A transformer given (opposite, prompt) in one batch, that often looks at the prompt alone."""
    step = 0
    seen: list[tuple[int, torch.Tensor]] = []

    def run(**named: Any) -> Any:
        nonlocal step
        number, step = step, step + 1
        batch = named["hidden_states"].shape[0]
        is_full = number < FULL_STEPS or number % every == 0 or number == steps - 1
        if batch % 2 or is_full:
            whole = forward(**named)
            if batch % 2 == 0:
                opposite, wanted = whole[0].chunk(2)
                seen[:] = [*seen[-1:], (number, wanted - opposite)]
            return whole
        half = {
            name: value[batch // 2 :]
            if isinstance(value, torch.Tensor) and value.shape[:1] == (batch,)
            else value
            for name, value in named.items()
        }
        wanted = forward(**half)[0]
        difference = _continued(seen, number)
        return (torch.cat([wanted - difference, wanted]),)

    return run


def _continued(seen: list[tuple[int, torch.Tensor]], number: int) -> torch.Tensor:
    """What two earlier steps saw, followed to step `number`: half of the way that a line would go,
    which comes nearer than staying or going all of it.
    """
    (first, before), (second, last) = seen
    return torch.lerp(before, last, 1 + LEANING * (number - second) / (second - first))
