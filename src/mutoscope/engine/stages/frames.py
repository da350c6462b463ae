"""Pixels to frames, and the last look at them: a broken result is an error, not a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mutoscope.core.errors import GenerationFailed

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

BLACK = 2
PREVIEW_SIDE = 256


def to_frames(pixels: torch.Tensor) -> list[Frame]:
    """(1, 3, frames, height, width) in -1..1 to 8-bit RGB frames."""
    if not bool(torch.isfinite(pixels).all()):
        raise GenerationFailed(
            "the decoded picture holds numbers that are not finite",
            fix="run the model in float32, or check its autoencoder's files",
        )
    frames = _to_bytes(pixels[0])
    if int(frames.max()) <= BLACK:
        raise GenerationFailed(
            "the result is black from the first frame to the last",
            fix="change the prompt or the seed; if all are black, check the model's files",
        )
    return list(frames.numpy())


def preview_latents(latents: torch.Tensor, latent_pixels: int) -> torch.Tensor:
    """The middle latent frame, small enough that decoding it costs next to nothing."""
    frame = latents[:, :, latents.shape[2] // 2]  # (1, channels, latent height, latent width)
    sides = frame.shape[-2:]
    scale = min(1.0, PREVIEW_SIDE / latent_pixels / max(sides))
    height, width = (max(1, round(side * scale)) for side in sides)
    return torch.nn.functional.adaptive_avg_pool2d(frame.float(), (height, width)).unsqueeze(2)


def to_preview(pixels: torch.Tensor) -> Frame:
    """The first frame of decoded preview latents."""
    frame: Frame = _to_bytes(pixels[0].nan_to_num())[0].numpy()
    return frame


def _to_bytes(pixels: torch.Tensor) -> torch.Tensor:
    levels = (pixels.float() * 0.5 + 0.5).clamp(0, 1) * 255
    return levels.round().to(torch.uint8).permute(1, 2, 3, 0).contiguous().cpu()
