"""The model that comes with the house, with the weights that are shipped."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.engine_world import Studio, request_for
from tests.support.web import Service

from mutoscope.catalog.catalog import SHIPPED
from mutoscope.core.request import Shape

MINI = SHIPPED / "mini"
NATIVE = Shape(width=96, height=96, frames=17, fps=8)
SIZE_BYTES_MAX = 60_000_000
FAR = 16  # pixels: a block of the codec


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(SHIPPED, tmp_path)


def middle(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Where the red thing is: x and y, in pixels."""
    red, green, blue = (frame[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > 140) & (red > green + 70) & (red > blue + 70))
    assert len(rows) > 100
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize(
    ("prompt", "x", "y"),
    [
        ("一辆汽车在雪地里向右走", 1, 0),
        ("a car moves left on the snowfield", -1, 0),
        ("a balloon rises over the sea", 0, -1),
        ("气球在大海上向下落", 0, 1),
    ],
)
def test_what_is_asked_for_is_there_and_goes_where_it_should(
    studio: Studio, prompt: str, x: int, y: int
) -> None:
    frames = studio.render(request_for("mini", prompt=prompt, shape=NATIVE, seed=11, params={}))
    assert frames.shape == (17, 96, 96, 3)
    way = middle(frames[-1]) - middle(frames[0])
    along, across = way @ [x, y], way @ [y, x]
    assert along > FAR / 2
    assert along > abs(across)


def test_the_same_seed_makes_the_same_clip_and_another_another(studio: Studio) -> None:
    one, same, other = (
        studio.render(request_for("mini", prompt="小猫，森林", shape=NATIVE, seed=seed, params={}))
        for seed in (3, 3, 4)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_cards_own_lines_load_and_run_it() -> None:
    card = (MINI / "README.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1].replace("FOLDER", str(MINI)), names)
    assert len(names["video"]) == NATIVE.frames
    assert names["video"][0].size == (NATIVE.width, NATIVE.height)


def test_it_is_small_enough_to_ship() -> None:
    files = [path for path in MINI.rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) <= SIZE_BYTES_MAX


def test_a_prompt_with_nothing_that_it_knows_is_refused_uncharged(service: Service) -> None:
    before = service.client.get("/api/v1/credits", headers=service.headers).json()
    wish = {"prompt": "量子物理, all of it", "model": "mini"}
    reply = service.client.post("/api/v1/generations", json=wish, headers=service.headers)
    assert reply.status_code == 400
    assert reply.json()["field"] == "prompt"
    assert "cat" in reply.json()["fix"]
    assert service.client.get("/api/v1/credits", headers=service.headers).json() == before
