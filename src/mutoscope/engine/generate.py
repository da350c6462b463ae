"""One generation, from words to frames: the stages every family shares, in order. Imports torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import torch
from PIL import Image

from mutoscope.core.errors import GenerationCanceled
from mutoscope.core.rendering import Note, Report
from mutoscope.core.state import Stage
from mutoscope.engine.checkpoints import Checkpoint
from mutoscope.engine.loading import Model
from mutoscope.engine.order import Order
from mutoscope.engine.recipes import ltx, wan
from mutoscope.engine.stages.decode import decode_or_tile
from mutoscope.engine.stages.frames import to_frames
from mutoscope.engine.stages.kept import KeptLatents, Latents

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


class Recipe(Protocol):
    """What a family's file brings: how it speaks, dreams and sees."""

    def pipeline_for(self, checkpoint: Checkpoint, order: Order) -> str:
        """The stock pipeline that makes this order; InvalidRequest if the checkpoint can't."""
        ...

    def encode_prompt(self, pipe: Any, order: Order) -> dict[str, torch.Tensor]:
        """The prompt as the transformer reads it, named as the pipeline's arguments."""
        ...

    def denoise(
        self, pipe: Any, order: Order, prompt: dict[str, torch.Tensor], report: Report
    ) -> Latents:
        """From noise to latents; `report` is called after every step."""
        ...

    def decode(self, pipe: Any, latents: Latents, order: Order) -> torch.Tensor:
        """From latents to pixels in -1..1, (1, 3, frames, height, width)."""
        ...


RECIPES: dict[str, Recipe] = {"ltx": ltx, "wan": wan}


@dataclass(frozen=True)
class Made:
    """The frames of a generation, and what to tell the caller about them."""

    frames: list[Frame]
    notes: tuple[Note, ...]


def refuse_what_it_cannot(checkpoint: Checkpoint, order: Order) -> None:
    """Raise InvalidRequest for an order that this checkpoint can't make, before loading it."""
    RECIPES[checkpoint.family.name].pipeline_for(checkpoint, order)


@torch.no_grad()
def generate(model: Model, order: Order, workspace: Path, report: Report) -> Made:
    """Prompt to embeddings, noise to latents, latents to frames."""
    recipe = RECIPES[model.checkpoint.family.name]
    pipe = model.pipeline(recipe.pipeline_for(model.checkpoint, order))
    kept = KeptLatents(workspace, order.digest(model.checkpoint))
    try:
        latents = kept.read()
        if latents is None:
            report(Stage.ENCODE_PROMPT, 0, 1)
            prompt = recipe.encode_prompt(pipe, order)
            report(Stage.ENCODE_PROMPT, 1, 1)
            latents = _denoised(model, order, prompt, report)
            kept.write(latents)
        report(Stage.DECODE, 0, 1)
        pixels = decode_or_tile(pipe, order, lambda: recipe.decode(pipe, latents, order))
        report(Stage.DECODE, 1, 1)
    except GenerationCanceled:
        kept.remove()
        raise
    return Made(to_frames(pixels), _notes(pipe, order))


def _denoised(
    model: Model, order: Order, prompt: dict[str, torch.Tensor], report: Report
) -> Latents:
    """In one go, or the first picture and then the clip that begins with it."""
    recipe = RECIPES[model.checkpoint.family.name]

    def run(order: Order, report: Report) -> tuple[Any, Latents]:
        pipe = model.pipeline(recipe.pipeline_for(model.checkpoint, order))
        return pipe, recipe.denoise(pipe, order, prompt, report)

    if order.needs_opening:
        alone = replace(order, shape=replace(order.shape, frames=1))
        pipe, drawn = run(alone, _half(report, 0))
        picture = Image.fromarray(to_frames(recipe.decode(pipe, drawn, alone))[0])
        order, report = replace(order, first_frame=picture), _half(report, 1)
    return run(order, report)[1]


def _half(report: Report, number: int) -> Report:
    """Reports of two rounds of steps as those of one: the first is `number` 0."""

    def half(stage: Stage, step: int, of: int, preview: Callable[[], Frame] | None = None) -> None:
        report(stage, step + number * of, 2 * of, preview)

    return half


def _notes(pipe: Any, order: Order) -> tuple[Note, ...]:
    notes = []
    most = order.knobs.prompt_tokens_max
    if len(pipe.tokenizer(order.prompt).input_ids) > most:
        notes.append(
            Note(
                code="prompt_truncated",
                zh=f"提示词过长，模型只读取了前 {most} 个词元。",
                en=f"The prompt is longer than the model reads; it saw the first {most} tokens.",
            )
        )
    if order.negative_prompt and not order.is_guided:
        notes.append(
            Note(
                code="negative_prompt_unused",
                zh="引导强度不大于 1，反向提示词不起作用。",
                en="With guidance of 1 or less the negative prompt has no effect.",
            )
        )
    return tuple(notes)
