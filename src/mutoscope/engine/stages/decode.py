"""Latents to pixels: whole at once, and in tiles when that fails. Latents are on disk by then."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import torch

from mutoscope.core.errors import GenerationFailed
from mutoscope.engine.order import Order
from mutoscope.engine.shelf import free_memory

log = structlog.get_logger(__name__)

TILING = (
    "use_tiling", "tile_sample_min_height", "tile_sample_min_width",
    "tile_sample_stride_height", "tile_sample_stride_width",
)  # fmt: skip


def decode_or_tile(pipe: Any, order: Order, decode: Callable[[], torch.Tensor]) -> torch.Tensor:
    """Decode whole; if that fails, once more in tiles, which need a quarter of the memory."""
    try:
        return _decode_clean(pipe, decode)
    except (RuntimeError, MemoryError) as error:
        log.warning("decoding failed, trying tiles", error=str(error))
    free_memory()
    try:
        with tiled(pipe.vae, height=order.shape.height, width=order.shape.width):
            return _decode_clean(pipe, decode)
    except (RuntimeError, MemoryError) as error:
        raise GenerationFailed(
            f"the latents could not be decoded, in tiles neither: {error}",
            fix="ask for a smaller size; another attempt decodes the same latents",
        ) from error


def _decode_clean(pipe: Any, decode: Callable[[], torch.Tensor]) -> torch.Tensor:
    try:
        return decode()
    finally:
        pipe.maybe_free_model_hooks()


@contextmanager
def tiled(vae: Any, *, height: int, width: int) -> Iterator[None]:
    """Decode in tiles of half a side that overlap by a quarter; afterwards as it was before."""
    before = {name: getattr(vae, name) for name in TILING}
    latent = int(vae.spatial_compression_ratio)
    tile = [_tile(side, latent) for side in (height, width)]
    vae.enable_tiling(
        tile_sample_min_height=tile[0],
        tile_sample_min_width=tile[1],
        tile_sample_stride_height=_stride(tile[0], latent),
        tile_sample_stride_width=_stride(tile[1], latent),
    )
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(vae, name, value)


def _tile(side: int, latent: int) -> int:
    return max(1, math.ceil(side / 2 / latent)) * latent


def _stride(tile: int, latent: int) -> int:
    return max(1, tile * 3 // 4 // latent) * latent
