"""Sizes and lengths a checkpoint can make. Stock pipelines round them in silence; we say. No torch.

A picture side is a multiple of what the autoencoder and the transformer's patches shrink together;
a clip has k frames for each step of latent time, and one more: the first stands alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Shape
from mutoscope.engine.manifest import Manifest

# Every LTX pipeline of diffusers refuses other sizes, also where the autoencoder shrinks less.
LTX_SIDE_MULTIPLE = 32


@dataclass(frozen=True, kw_only=True)
class ShapeRule:
    """Sides are multiples of `side_multiple`; frames are `frames_period` * n + 1."""

    side_multiple: int
    frames_period: int
    latent_pixels: int


def ltx_shape_rule(vae: Mapping[str, Any], transformer: Mapping[str, Any]) -> ShapeRule:
    """The rule of an LTX checkpoint, from the settings of its parts."""
    if (transformer.get("patch_size", 1), transformer.get("patch_size_t", 1)) != (1, 1):
        raise ValueError("LTX pipelines place tokens wrongly unless patches are of one latent")
    stages = sum(vae.get("spatio_temporal_scaling") or (True, True, True, False))
    spatial = vae.get("spatial_compression_ratio") or vae.get("patch_size", 4) * 2**stages
    temporal = vae.get("temporal_compression_ratio") or vae.get("patch_size_t", 1) * 2**stages
    return ShapeRule(
        side_multiple=math.lcm(LTX_SIDE_MULTIPLE, int(spatial)),
        frames_period=int(temporal),
        latent_pixels=int(spatial),
    )


def wan_shape_rule(vae: Mapping[str, Any], transformer: Mapping[str, Any]) -> ShapeRule:
    """The rule of a Wan checkpoint, from the settings of its parts."""
    _, tall, wide = transformer.get("patch_size") or (1, 2, 2)
    spatial = int(vae.get("scale_factor_spatial") or 8)
    return ShapeRule(
        side_multiple=math.lcm(16, spatial * math.lcm(int(tall), int(wide))),
        frames_period=int(vae.get("scale_factor_temporal") or 4),
        latent_pixels=spatial,
    )


def native_shape(shape: Shape, manifest: Manifest) -> Shape:
    """What the model itself makes for a result of this shape, which `stages/finish.py` completes.

    A shape that is no whole multiple of a native one is given back as it is, to be judged.
    """
    for width, height in manifest.sizes:
        if (shape.width, shape.height) == (width * manifest.enlarge, height * manifest.enlarge):
            shape = replace(shape, width=width, height=height)
            break
    between = manifest.smooth
    if manifest.fps and shape.fps == manifest.fps * between and (shape.frames - 1) % between == 0:
        frames = (shape.frames - 1) // between + 1
        shape = replace(shape, frames=frames, fps=manifest.fps)
    return shape


def check_shape(shape: Shape, rule: ShapeRule, manifest: Manifest, *, model: str) -> None:
    """Refuse a shape the model can't make exactly; the error says which are nearest."""
    for field, side in (("width", shape.width), ("height", shape.height)):
        _check_side(field, side, rule.side_multiple, model)
    _check_frames(shape.frames, rule.frames_period, model)
    if manifest.sizes and (shape.width, shape.height) not in manifest.sizes:
        sizes = ", ".join(f"{width}x{height}" for width, height in manifest.sizes)
        raise InvalidRequest(
            f"{model} does not make {shape.width}x{shape.height}",
            field="size",
            fix=f"choose one of {sizes}",
        )
    if manifest.frames and shape.frames not in manifest.frames:
        raise InvalidRequest(
            f"{model} does not make {shape.frames} frames",
            field="frames",
            fix=f"choose one of {', '.join(map(str, manifest.frames))}",
        )
    if manifest.fps and shape.frames > 1 and shape.fps != manifest.fps:
        raise InvalidRequest(
            f"{model} moves at {manifest.fps} frames per second; got {shape.fps}",
            field="fps",
            fix=f"ask for {manifest.fps} frames per second",
        )


def _check_side(field: str, side: int, multiple: int, model: str) -> None:
    if side < multiple or side % multiple:
        raise InvalidRequest(
            f"{field} must be a multiple of {multiple} for {model}; got {side}, "
            f"{_nearest(side // multiple * multiple, multiple, least=multiple)}",
            field=field,
            fix=f"choose a multiple of {multiple}",
        )


def _check_frames(frames: int, period: int, model: str) -> None:
    if frames < 1 or frames % period != 1 % period:
        below = (frames - 1) // period * period + 1
        raise InvalidRequest(
            f"frames must be {period}n + 1 for {model}; got {frames}, "
            f"{_nearest(below, period, least=1)}",
            field="frames",
            fix=f"choose a multiple of {period} and one more",
        )


def _nearest(below: int, step: int, *, least: int) -> str:
    if below < least:
        return f"the least is {least}"
    return f"nearest are {below} and {below + step}"
