"""Requests against checkpoints: what a model can't do is refused before its weights are loaded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.engine_world import Ear, Studio, picture_for, request_for
from tests.support.tiny_checkpoints import write_manifest

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Picture
from mutoscope.core.request import ReferenceRole, Shape, Task
from mutoscope.engine import inspect_checkpoint
from mutoscope.engine.order import take_order

pytest_plugins = ["tests.support.engine_fixtures"]

FIRST = picture_for(ReferenceRole.FIRST_FRAME)
LAST = picture_for(ReferenceRole.LAST_FRAME)
SOURCE = picture_for(ReferenceRole.SOURCE_VIDEO)
IMAGE = Task.IMAGE_TO_VIDEO
EXTEND = Task.VIDEO_EXTEND


@pytest.mark.parametrize(
    ("model", "task", "pictures", "field"),
    [
        ("ltx", Task.IMAGE_TO_IMAGE, (FIRST,), "task"),
        ("ltx", Task.TEXT_TO_IMAGE, (), "frames"),
        ("ltx", IMAGE, (), "first_frame"),
        ("ltx", IMAGE, (FIRST, LAST), "last_frame"),
        ("ltx", EXTEND, (SOURCE,), "source_video"),
        ("ltx", IMAGE, (FIRST, picture_for(ReferenceRole.STATIC_MASK)), "static_mask"),
        ("ltx-condition", EXTEND, (), "source_video"),
        ("ltx-condition", EXTEND, (SOURCE,) * 3, "source_video"),
        ("ltx-condition", EXTEND, (SOURCE,) * 9, "source_video"),
        ("ltx-condition", EXTEND, (FIRST, *(SOURCE,) * 9), "first_frame"),
        ("ltx-condition", IMAGE, (FIRST, FIRST), "first_frame"),
        ("wan", IMAGE, (FIRST,), "first_frame"),
        ("wan", Task.TEXT_TO_VIDEO, (LAST,), "first_frame"),
        ("wan", EXTEND, (SOURCE,) * 5, "source_video"),
        ("wan-image", Task.TEXT_TO_VIDEO, (), "first_frame"),
        ("wan-image", IMAGE, (FIRST, LAST), "last_frame"),
        ("wan-two-images", IMAGE, (FIRST,), "last_frame"),
        ("wan-tokens", IMAGE, (FIRST, LAST), "last_frame"),
    ],
)
def test_what_a_checkpoint_was_not_trained_for_is_refused_unloaded(
    model: str,
    task: Task,
    pictures: tuple[Picture, ...],
    field: str,
    install: Callable[[str], Path],
    studio: Studio,
) -> None:
    install(model)
    ear = Ear()
    with pytest.raises(InvalidRequest) as caught:
        studio.render(request_for(model, task=task), pictures, ear=ear)
    assert caught.value.field == field
    assert caught.value.fix
    assert ear.heard == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"steps": 201}, "steps"),
        ({"steps": -1}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"steps": True}, "steps"),
        ({"guidance": -1}, "guidance"),
        ({"guidance": 31}, "guidance"),
        ({"guidance": float("nan")}, "guidance"),
        ({"guidance": "much"}, "guidance"),
    ],
)
def test_knobs_out_of_range_are_refused(
    params: dict[str, Any], field: str, tiny: Callable[[str], Path]
) -> None:
    checkpoint = inspect_checkpoint(tiny("ltx"))
    with pytest.raises(InvalidRequest) as caught:
        take_order(request_for("ltx", params=params), (), checkpoint)
    assert caught.value.field == field


def test_a_shape_that_would_be_rounded_is_refused(tiny: Callable[[str], Path]) -> None:
    request = request_for("wan", shape=Shape(width=64, height=64, frames=80))
    with pytest.raises(InvalidRequest, match=r"4n \+ 1 for wan; got 80, nearest are 77 and 81"):
        take_order(request, (), inspect_checkpoint(tiny("wan")))


def test_a_single_frame_has_no_last_frame(tiny: Callable[[str], Path]) -> None:
    request = request_for("ltx-condition", task=IMAGE, shape=Shape(width=64, height=64, frames=1))
    with pytest.raises(InvalidRequest, match="no last frame"):
        take_order(request, (FIRST, LAST), inspect_checkpoint(tiny("ltx-condition")))


def test_knobs_come_from_the_request_then_the_manifest_then_the_family(
    install: Callable[[str], Path],
) -> None:
    folder = install("wan")
    plain = take_order(request_for("wan", params={}), (), inspect_checkpoint(folder)).knobs
    assert (plain.steps, plain.guidance, plain.prompt_tokens_max) == (50, 5.0, 512)
    write_manifest(folder, {"steps": 20, "guidance": 0, "fps": 8})
    checkpoint = inspect_checkpoint(folder)
    bare = request_for("wan", params={})
    knobs = take_order(bare, (), checkpoint).knobs
    assert (knobs.steps, knobs.guidance, knobs.frame_rate) == (20, 0.0, 8)
    knobs = take_order(replace(bare, params={"steps": 3, "guidance": 2}), (), checkpoint).knobs
    assert (knobs.steps, knobs.guidance) == (3, 2.0)


def test_a_picture_fills_the_frame_undistorted_and_its_crop_is_told(
    tiny: Callable[[str], Path],
) -> None:
    checkpoint = inspect_checkpoint(tiny("ltx"))
    wide = picture_for(ReferenceRole.FIRST_FRAME, width=256, height=64)
    wide.pixels[:] = (200, 30, 30)
    wide.pixels[:, 96:160] = (10, 90, 200)  # the middle square
    order = take_order(request_for("ltx", task=IMAGE), (wide,), checkpoint)
    assert order.first_frame is not None
    pixels = np.asarray(order.first_frame)
    assert pixels.shape == (64, 64, 3)
    assert np.abs(pixels[:, 4:-4].astype(int) - (10, 90, 200)).max() < 3
    assert [note.code for note in order.notes] == ["picture_cropped"]
    exact = take_order(request_for("ltx", task=IMAGE), (FIRST,), checkpoint)
    assert np.array_equal(np.asarray(exact.first_frame), FIRST.pixels)
    assert exact.notes == ()


def test_what_is_transparent_becomes_white(tiny: Callable[[str], Path]) -> None:
    clear = Picture(FIRST.reference, np.zeros((64, 64, 4), dtype=np.uint8))
    order = take_order(request_for("ltx", task=IMAGE), (clear,), inspect_checkpoint(tiny("ltx")))
    assert np.asarray(order.first_frame).min() == 255
