"""LTX-Video: words, a first frame, a last frame, or a clip to go on from, to video.

Flow matching over strongly compressed latents (32 x 32 x 8 as published), one token for each latent
pixel, both halves of guidance in one batch. The condition pipeline gives every token a timestep of
its own, so that given frames are clean tokens among noisy ones; the two older pipelines know words
and a first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Report
from mutoscope.engine.checkpoints import Checkpoint
from mutoscope.engine.order import Order
from mutoscope.engine.stages.denoise import run_steps
from mutoscope.engine.stages.frames import preview_latents, to_preview
from mutoscope.engine.stages.kept import Latents
from mutoscope.engine.stages.lean import lean, shortest

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

CONDITION = "LTXConditionPipeline"
TIMESTEPS = 1000


def pipeline_for(checkpoint: Checkpoint, order: Order) -> str:
    """The condition pipeline if the checkpoint is made for it, else the one of the task."""
    if checkpoint.pipeline == CONDITION:
        _check_source(checkpoint, order)
        return CONDITION
    for field, given in (("last_frame", order.last_frame), ("source_video", order.source_frames)):
        if given:
            raise InvalidRequest(
                f"this model takes no {field}",
                field=field,
                fix=f"leave it out, or choose a model made for {CONDITION}",
            )
    return "LTXPipeline" if order.first_frame is None else "LTXImageToVideoPipeline"


def _check_source(checkpoint: Checkpoint, order: Order) -> None:
    given, period = len(order.source_frames), checkpoint.shape_rule.frames_period
    if given and (given % period != 1 % period or given >= order.shape.frames):
        raise InvalidRequest(
            f"a clip to go on from must have {period}n + 1 frames, fewer than the "
            f"{order.shape.frames} of the result; got {given}",
            field="source_video",
            fix=f"give its last {max(1, (given - 1) // period * period + 1)} frames",
        )


def encode_prompt(pipe: Any, order: Order) -> dict[str, torch.Tensor]:
    """T5 states, (1, tokens, width), and which of them are padding: wanted and unwanted."""
    wanted, wanted_mask, unwanted, unwanted_mask = pipe.encode_prompt(
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        do_classifier_free_guidance=order.is_guided,
        max_sequence_length=order.knobs.prompt_tokens_max,
    )
    states = {
        "prompt_embeds": wanted,
        "prompt_attention_mask": wanted_mask,
        "negative_prompt_embeds": unwanted,
        "negative_prompt_attention_mask": unwanted_mask,
    }
    return shortest(states)


def denoise(pipe: Any, order: Order, prompt: dict[str, torch.Tensor], report: Report) -> Latents:
    """Noise to latents; given frames are tokens that stay clean."""
    generator = torch.Generator().manual_seed(order.seed)
    steps = order.knobs.steps
    arguments: dict[str, Any] = {
        "height": order.shape.height,
        "width": order.shape.width,
        "num_frames": order.shape.frames,
        "frame_rate": order.knobs.frame_rate,
        "num_inference_steps": steps,
        "guidance_scale": order.knobs.guidance,
        "max_sequence_length": order.knobs.prompt_tokens_max,
        "generator": generator,
    }
    if type(pipe).__name__ == CONDITION:
        arguments["conditions"] = _conditions(order)
        arguments["image_cond_noise_scale"] = order.knobs.condition_noise
    elif order.first_frame is not None:
        arguments["image"] = order.first_frame
    if order.knobs.linear_timesteps:
        arguments["timesteps"] = [TIMESTEPS * (1 - step / steps) for step in range(steps)]

    def picture(tokens: torch.Tensor) -> Frame:
        small = preview_latents(_unpack(pipe, tokens, order), pipe.vae_spatial_compression_ratio)
        return to_preview(_decode(pipe, small, order, torch.Generator().manual_seed(0)))

    with lean(pipe.transformer, guidance_every=order.knobs.guidance_every, steps=steps):
        tokens = run_steps(pipe, arguments | prompt, order=order, report=report, picture=picture)
    return Latents(_unpack(pipe, tokens, order), generator.get_state())


def _conditions(order: Order) -> list[LTXVideoCondition] | None:
    given = []
    if order.source_frames:
        given.append(LTXVideoCondition(video=list(order.source_frames), frame_index=0))
    elif order.first_frame is not None:
        given.append(_still(order.first_frame, 0))
    if order.last_frame is not None:
        given.append(_still(order.last_frame, order.shape.frames - 1))
    return given or None


def _still(image: Image.Image, frame: int) -> LTXVideoCondition:
    return LTXVideoCondition(image=image, frame_index=frame)


def _unpack(pipe: Any, tokens: torch.Tensor, order: Order) -> torch.Tensor:
    """(1, tokens, channels) to (1, channels, latent frames, height, width).

    Tokens of given end frames stand before the clip's own and are dropped. The condition pipeline
    hands back its final latents unpacked already.
    """
    if tokens.ndim == 5:
        return tokens
    frames = (order.shape.frames - 1) // pipe.vae_temporal_compression_ratio + 1
    height = order.shape.height // pipe.vae_spatial_compression_ratio
    width = order.shape.width // pipe.vae_spatial_compression_ratio
    own = tokens[:, -frames * height * width :]
    return own.reshape(1, frames, height, width, -1).permute(0, 4, 1, 2, 3)


def decode(pipe: Any, latents: Latents, order: Order) -> torch.Tensor:
    """Latents to pixels; decoders trained as a last denoising step are given their noise."""
    return _decode(pipe, latents.tensor, order, latents.generator())


def _decode(
    pipe: Any, latents: torch.Tensor, order: Order, generator: torch.Generator
) -> torch.Tensor:
    vae = pipe.vae
    device = pipe._execution_device
    latents = latents.to(device)
    mean, std = (
        each.view(1, -1, 1, 1, 1).to(latents) for each in (vae.latents_mean, vae.latents_std)
    )
    latents = (latents * std / vae.config.scaling_factor + mean).to(vae.dtype)
    timestep = None
    if vae.config.timestep_conditioning:
        noise = randn_tensor(latents.shape, generator=generator, device=device, dtype=vae.dtype)
        timestep = torch.tensor([order.knobs.decode_timestep], device=device, dtype=vae.dtype)
        share = torch.tensor(order.knobs.decode_noise, device=device, dtype=vae.dtype)
        latents = (1 - share) * latents + share * noise
    pixels: torch.Tensor = vae.decode(latents, timestep, return_dict=False)[0]
    return pixels
