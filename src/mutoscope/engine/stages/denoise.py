"""Runs a stock pipeline's sampling loop: progress, previews and a stop after every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import diffusers
import torch

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Report
from mutoscope.core.state import Stage
from mutoscope.engine.order import Order
from mutoscope.engine.stages.memory import is_out_of_memory, out_of_memory

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

TRANSFORMERS = ("transformer", "transformer_2")


def run_steps(
    pipe: Any,
    arguments: Mapping[str, Any],
    *,
    order: Order,
    report: Report,
    picture: Callable[[torch.Tensor], Frame],
) -> torch.Tensor:
    """The latents after the last step. `report` may raise after any step: all stops, all is reset.

    `picture` makes a small picture of latents as the pipeline holds them; it runs only when asked.
    """
    steps = order.knobs.steps
    can_look = not is_offloaded(pipe.vae)
    before: torch.Tensor | None = None

    def after_step(
        _pipe: Any, step: int, _timestep: Any, tensors: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        nonlocal before
        now = tensors["latents"]
        guess = None if before is None else _guess_end(pipe.scheduler, step, before, now)
        preview = (lambda: picture(guess)) if can_look and guess is not None else None
        before = now
        report(Stage.DENOISE, step + 1, steps, preview)
        return tensors

    report(Stage.DENOISE, 0, steps)
    try:
        with step_cache(pipe, order.knobs.step_cache):
            latents: torch.Tensor = pipe(
                **arguments,
                output_type="latent",
                return_dict=False,
                callback_on_step_end=after_step,
                callback_on_step_end_tensor_inputs=["latents"],
            )[0]
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            raise out_of_memory("denoising") from error
        raise
    finally:
        # An exception leaves step caches and offload hooks as they were at that moment, and the
        # next run with the same seed would differ. This resets them.
        pipe.maybe_free_model_hooks()
    if not bool(torch.isfinite(latents).all()):
        raise GenerationFailed(
            "the model's latents are not finite numbers",
            fix="lower the guidance, or run the model in float32",
        )
    return latents


def is_offloaded(part: torch.nn.Module) -> bool:
    """It waits in main memory; using it would push the transformer off the card and back."""
    return hasattr(part, "_hf_hook")


@contextmanager
def step_cache(pipe: Any, threshold: float | None) -> Iterator[None]:
    """Skip transformer blocks while their input hardly changes; never left on."""
    if threshold is None:
        yield
        return
    found = [getattr(pipe, name, None) for name in TRANSFORMERS]
    cached = [transformer for transformer in found if transformer is not None]
    config: Any = diffusers.FirstBlockCacheConfig
    for transformer in cached:
        transformer.enable_cache(config(threshold=threshold))
    try:
        yield
    finally:
        for transformer in cached:
            transformer.disable_cache()


def _guess_end(scheduler: Any, step: int, before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
    """Where the path is heading: the last step's direction followed to the end of the noise."""
    sigma, sigma_next = (float(scheduler.sigmas[index]) for index in (step, step + 1))
    if sigma_next <= 0 or sigma <= sigma_next:
        return now
    return now - sigma_next * (before - now) / (sigma - sigma_next)
