import math
from dataclasses import replace
from typing import Any

import pytest

from mutoscope.catalog.families.storyboard import STORYBOARD
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import BlobKey
from mutoscope.core.request import Reference, ReferenceRole, Shape, Task, Wish

PLAIN = Wish(prompt="红色的气球飘过大海", task=Task.TEXT_TO_VIDEO, seed=1)


def test_what_a_wish_leaves_open_is_settled_by_the_model() -> None:
    request = STORYBOARD.request(PLAIN)
    assert request.shape == Shape(width=1280, height=720, frames=120, fps=24)
    assert request.model == "storyboard"


@pytest.mark.parametrize(
    ("size", "ratio", "pixels"),
    [
        ("480p", "16:9", (854, 480)),
        ("720p", "9:16", (720, 1280)),
        ("1080p", "16:9", (1920, 1080)),
        ("720p", "1:1", (720, 720)),
        ("720p", "4:3", (960, 720)),
        ("1080p", "21:9", (2520, 1080)),
    ],
)
def test_sizes_and_ratios_become_even_pixels(
    size: str, ratio: str, pixels: tuple[int, int]
) -> None:
    shape = STORYBOARD.request(replace(PLAIN, size=size, ratio=ratio)).shape
    assert (shape.width, shape.height) == pixels


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("prompt", "", "prompt"),
        ("prompt", " \n\t", "prompt"),
        ("prompt", "x" * 2501, "prompt"),
        ("prompt", "a\x00b", "prompt"),
        ("negative_prompt", "x" * 2501, "negative_prompt"),
        ("size", "8k", "size"),
        ("ratio", "5:4", "ratio"),
        ("seconds", 0, "seconds"),
        ("seconds", -5, "seconds"),
        ("seconds", 16, "seconds"),
        ("seconds", math.nan, "seconds"),
        ("seconds", math.inf, "seconds"),
        ("seconds", 1e300, "seconds"),
        ("fps", 0, "fps"),
        ("fps", 25, "fps"),
        ("seed", -1, "seed"),
        ("seed", 2**32, "seed"),
        ("count", 0, "count"),
        ("count", -1, "count"),
        ("count", math.nan, "count"),
        ("count", 10**9, "count"),
        ("params", {"steps": 3}, "params.steps"),
        ("params", {"camera_control": {"type": "moonwalk"}}, "params.camera_control.type"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(field: str, value: Any, named: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        STORYBOARD.request(replace(PLAIN, **{field: value}))
    assert refusal.value.field == named


def test_without_a_ratio_the_first_frame_decides() -> None:
    portrait = Reference(
        role=ReferenceRole.FIRST_FRAME,
        blob=BlobKey("0" * 64),
        media_type="image/png",
        width=600,
        height=1000,
    )
    wish = replace(PLAIN, task=Task.IMAGE_TO_VIDEO, references=(portrait,))
    shape = STORYBOARD.request(wish).shape
    assert (shape.width, shape.height) == (720, 1280)


def test_the_price_is_by_the_second_and_by_the_result() -> None:
    five_seconds = STORYBOARD.request(PLAIN)
    assert STORYBOARD.quote(five_seconds) == 10_000
    assert STORYBOARD.quote(STORYBOARD.request(replace(PLAIN, seconds=10, count=2))) == 40_000
    unit_price = STORYBOARD.unit_price(five_seconds)
    assert STORYBOARD.cost(five_seconds, frames=60, unit_price=unit_price) == 5_000
    assert STORYBOARD.cost(five_seconds, frames=0, unit_price=unit_price) == 0
    picture = STORYBOARD.request(replace(PLAIN, task=Task.TEXT_TO_IMAGE, count=3))
    assert picture.shape.frames == 1
    assert STORYBOARD.quote(picture) == 3_000


@pytest.mark.parametrize("task", [Task.IMAGE_TO_VIDEO, Task.IMAGE_TO_IMAGE, Task.VIDEO_EXTEND])
def test_a_task_that_needs_a_picture_is_refused_without_one(task: Task) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        STORYBOARD.request(replace(PLAIN, task=task))
    assert refusal.value.field == "image"


INSET = Reference(
    role=ReferenceRole.INSET, blob=BlobKey("1"), media_type="image/png", width=641, height=360
)
EXPANDED = Wish(
    prompt="", task=Task.IMAGE_TO_IMAGE, references=(INSET,), params={"expand": {"left": 1}}
)


def test_a_picture_with_more_around_it_has_the_size_that_comes_of_it() -> None:
    request = STORYBOARD.request(EXPANDED)
    assert request.shape == Shape(width=1282, height=360)
    assert request.size == "720p"


@pytest.mark.parametrize(
    "wrong",
    [
        replace(EXPANDED, params={}),
        replace(EXPANDED, params={"expand": {}}),
        replace(EXPANDED, params={"expand": {"left": 2, "right": 0.5}}),
        replace(EXPANDED, params={"expand": {"left": math.nan}}),
        replace(EXPANDED, references=(INSET, INSET)),
        replace(EXPANDED, references=(replace(INSET, role=ReferenceRole.SUBJECT),)),
        replace(EXPANDED, task=Task.IMAGE_TO_VIDEO),
    ],
)
def test_room_around_a_picture_needs_one_picture_and_has_limits(wrong: Wish) -> None:
    with pytest.raises(InvalidRequest) as refused:
        STORYBOARD.request(wrong)
    assert (refused.value.field or "").startswith("params.expand")
