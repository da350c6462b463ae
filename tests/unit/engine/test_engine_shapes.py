"""Sizes and lengths: what stock pipelines round in silence is refused with the nearest that fit."""

from typing import Any

import pytest

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Shape
from mutoscope.engine.manifest import Manifest
from mutoscope.engine.shapes import ShapeRule, check_shape, ltx_shape_rule, wan_shape_rule

WAN = wan_shape_rule({"scale_factor_spatial": 8, "scale_factor_temporal": 4}, {})
LTX = ltx_shape_rule({}, {})


@pytest.mark.parametrize(
    ("vae", "transformer", "multiple", "period"),
    [
        ({}, {"patch_size": [1, 2, 2]}, 16, 4),
        ({"scale_factor_spatial": 16, "scale_factor_temporal": 4}, {}, 32, 4),
    ],
)
def test_wan_rules_follow_its_parts(
    vae: dict[str, Any], transformer: dict[str, Any], multiple: int, period: int
) -> None:
    rule = wan_shape_rule(vae, transformer)
    assert (rule.side_multiple, rule.frames_period) == (multiple, period)


@pytest.mark.parametrize(
    ("vae", "multiple", "period", "latent"),
    [
        ({}, 32, 8, 32),
        ({"spatial_compression_ratio": 16, "temporal_compression_ratio": 4}, 32, 4, 16),
        ({"spatial_compression_ratio": 64}, 64, 8, 64),
        ({"patch_size": 8, "spatio_temporal_scaling": [True, True, False]}, 32, 4, 32),
    ],
)
def test_ltx_rules_follow_its_parts(
    vae: dict[str, Any], multiple: int, period: int, latent: int
) -> None:
    rule = ltx_shape_rule(vae, {})
    assert rule == ShapeRule(side_multiple=multiple, frames_period=period, latent_pixels=latent)


def test_ltx_patches_of_several_latents_are_refused() -> None:
    with pytest.raises(ValueError, match="patches"):
        ltx_shape_rule({}, {"patch_size": 2})


@pytest.mark.parametrize(
    ("shape", "rule", "field", "words"),
    [
        (Shape(width=64, height=64, frames=80), WAN, "frames", "nearest are 77 and 81"),
        (Shape(width=64, height=64, frames=0), WAN, "frames", "the least is 1"),
        (Shape(width=64, height=64, frames=-3), WAN, "frames", "the least is 1"),
        (Shape(width=64, height=64, frames=2), LTX, "frames", "8n + 1 for it; got 2"),
        (Shape(width=100, height=64), WAN, "width", "nearest are 96 and 112"),
        (Shape(width=64, height=40), LTX, "height", "nearest are 32 and 64"),
        (Shape(width=8, height=64), WAN, "width", "the least is 16"),
        (Shape(width=0, height=64), WAN, "width", "the least is 16"),
        (Shape(width=64, height=-64), WAN, "height", "the least is 16"),
    ],
)
def test_a_shape_that_would_be_rounded_is_refused_with_the_nearest(
    shape: Shape, rule: ShapeRule, field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shape(shape, rule, Manifest(), model="it")
    assert caught.value.field == field
    assert words in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(("rule", "frames"), [(WAN, 1), (WAN, 81), (LTX, 1), (LTX, 121)])
def test_a_shape_that_fits_passes(rule: ShapeRule, frames: int) -> None:
    check_shape(Shape(width=64, height=96, frames=frames), rule, Manifest(), model="it")


MINI = Manifest(sizes=((64, 64), (96, 64)), frames=(1, 9), fps=8)


@pytest.mark.parametrize(
    ("shape", "field", "fix"),
    [
        (Shape(width=96, height=96, frames=9, fps=8), "size", "64x64, 96x64"),
        (Shape(width=64, height=64, frames=17, fps=8), "frames", "1, 9"),
        (Shape(width=64, height=64, frames=9, fps=24), "fps", "8"),
    ],
)
def test_a_model_that_knows_few_shapes_says_which(shape: Shape, field: str, fix: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shape(shape, LTX, MINI, model="mini")
    assert caught.value.field == field
    assert fix in str(caught.value.fix)


def test_a_picture_has_no_speed() -> None:
    check_shape(Shape(width=96, height=64, frames=1, fps=24), LTX, MINI, model="mini")
