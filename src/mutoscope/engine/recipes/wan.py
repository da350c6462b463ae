"""Wan 2.1 and 2.2: text to video, picture to video, and the way between two pictures.

Flow matching over a causal autoencoder's latents (8 x 8 x 4); the unconditional half of guidance is
a pass of its own. Wan 2.2 has two experts, or, in its 5B form, one timestep for each token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Report
from mutoscope.engine.checkpoints import Checkpoint
from mutoscope.engine.order import Order
from mutoscope.engine.stages.denoise import run_steps
from mutoscope.engine.stages.frames import preview_latents, to_preview
from mutoscope.engine.stages.kept import Latents

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


def pipeline_for(checkpoint: Checkpoint, order: Order) -> str:
    """Words alone take WanPipeline; a first frame takes the other, if it was trained for one."""
    if order.source_frames:
        raise InvalidRequest(
            "wan can't go on from a video here",
            field="source_video",
            fix="give the video's last frame as first_frame",
        )
    has_image_pipeline = checkpoint.pipeline == "WanImageToVideoPipeline"
    marks_first_frame = bool(checkpoint.options.get("expand_timesteps"))
    if order.first_frame is None:
        if order.last_frame is not None or (has_image_pipeline and not marks_first_frame):
            raise InvalidRequest(
                "this model needs a first frame", field="first_frame", fix="add a picture"
            )
        return "WanPipeline"
    if not has_image_pipeline and not marks_first_frame:
        raise InvalidRequest(
            "this model makes videos from words alone",
            field="first_frame",
            fix="leave the picture out, or choose an image-to-video model",
        )
    _check_last_frame(checkpoint, order, marks_first_frame)
    return "WanImageToVideoPipeline"


def _check_last_frame(checkpoint: Checkpoint, order: Order, marks_first_frame: bool) -> None:
    config = checkpoint.parts["transformer"].config
    reads_pictures = config.get("image_dim") is not None
    wants_two = reads_pictures and config.get("pos_embed_seq_len") is not None
    if wants_two and order.last_frame is None:
        raise InvalidRequest(
            "this model needs a first and a last frame", field="last_frame", fix="add a picture"
        )
    takes_one = marks_first_frame or (reads_pictures and not wants_two)
    if takes_one and order.last_frame is not None:
        raise InvalidRequest(
            "this model takes a first frame only", field="last_frame", fix="leave it out"
        )


def encode_prompt(pipe: Any, order: Order) -> dict[str, torch.Tensor]:
    """Two sequences of UMT5 states, (1, tokens, width): wanted and, for guidance, unwanted."""
    wanted, unwanted = pipe.encode_prompt(
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        do_classifier_free_guidance=order.is_guided,
        max_sequence_length=order.knobs.prompt_tokens_max,
    )
    return {"prompt_embeds": wanted, "negative_prompt_embeds": unwanted}


def denoise(pipe: Any, order: Order, prompt: dict[str, torch.Tensor], report: Report) -> Latents:
    """Noise to latents; pictures enter through the autoencoder, and CLIP where the model has it."""
    generator = torch.Generator().manual_seed(order.seed)
    arguments: dict[str, Any] = {
        "height": order.shape.height,
        "width": order.shape.width,
        "num_frames": order.shape.frames,
        "num_inference_steps": order.knobs.steps,
        "guidance_scale": order.knobs.guidance,
        "max_sequence_length": order.knobs.prompt_tokens_max,
        "generator": generator,
    }
    if order.first_frame is not None:
        arguments |= {"image": order.first_frame, "last_image": order.last_frame}

    def picture(latents: torch.Tensor) -> Frame:
        return to_preview(_decode(pipe, preview_latents(latents, pipe.vae_scale_factor_spatial)))

    latents = run_steps(
        pipe, arguments | prompt, order=order, report=report, picture=picture
    )  # (1, channels, 1 + (frames - 1) / 4, height / 8, width / 8)
    return Latents(latents, generator.get_state())


def decode(pipe: Any, latents: Latents, order: Order) -> torch.Tensor:  # noqa: ARG001 - a Recipe
    """Latents to pixels, frame by frame through a causal decoder."""
    return _decode(pipe, latents.tensor)


def _decode(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    vae = pipe.vae
    latents = latents.to(pipe._execution_device, vae.dtype)
    each_channel = (1, vae.config.z_dim, 1, 1, 1)
    mean = torch.tensor(vae.config.latents_mean).view(each_channel).to(latents)
    # Divided by the inverse, as the stock pipeline does: the same bits.
    inverse_std = 1.0 / torch.tensor(vae.config.latents_std).view(each_channel).to(latents)
    pixels: torch.Tensor = vae.decode(latents / inverse_std + mean, return_dict=False)[0]
    return pixels
