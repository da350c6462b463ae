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
    frames = [_to_bytes(frame) for frame in pixels[0].unbind(1)]  # one by one, to save memory
    if max(int(frame.max()) for frame in frames) <= BLACK:
        raise GenerationFailed(
            "the result is black from the first frame to the last",
            fix="change the prompt or the seed; if all are black, check the model's files",
        )
    return frames


def preview_latents(latents: torch.Tensor, latent_pixels: int) -> torch.Tensor:
    """The middle latent frame, small enough that decoding it costs next to nothing."""
    frame = latents[:, :, latents.shape[2] // 2]  # (1, channels, latent height, latent width)
    sides = frame.shape[-2:]
    scale = min(1.0, PREVIEW_SIDE / latent_pixels / max(sides))
    height, width = (max(1, round(side * scale)) for side in sides)
    return torch.nn.functional.adaptive_avg_pool2d(frame.float(), (height, width)).unsqueeze(2)


def to_preview(pixels: torch.Tensor) -> Frame:
    """The first frame of decoded preview latents."""
    return _to_bytes(pixels[0, :, 0].nan_to_num())


def _to_bytes(pixels: torch.Tensor) -> Frame:
    if not bool(torch.isfinite(pixels).all()):
        raise GenerationFailed(
            "the decoded picture holds numbers that are not finite",
            fix="run the model in float32, or check its autoencoder's files",
        )
    levels = (pixels.float() * 0.5 + 0.5).clamp(0, 1) * 255
    frame: Frame = levels.round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy()
    return frame
