"""Files that `generate` writes."""

from pathlib import Path

import pytest

from mutoscope.cli.making import Order, check_targets, numbered
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Task


def test_several_results_are_numbered_from_two() -> None:
    names = [path.name for path in numbered(Path("film.mp4"), 3)]
    assert names == ["film.mp4", "film-2.mp4", "film-3.mp4"]


def test_a_target_that_can_be_written_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "there already.MP4").touch()
    check_targets([tmp_path / "there already.MP4", tmp_path / "new.mp4"])


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("film.avi", "is not named like one"),
        ("film", "is not named like one"),
        ("missing/film.mp4", "there is no folder"),
        ("folder.mp4", "is a folder"),
    ],
)
def test_a_target_that_could_not_be_written_is_refused_beforehand(
    tmp_path: Path, name: str, complaint: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(InvalidRequest, match=complaint) as refused:
        check_targets([tmp_path / name])
    assert refused.value.field == "--output"


@pytest.mark.parametrize(
    ("output", "image", "task"),
    [
        ("a.mp4", None, Task.TEXT_TO_VIDEO),
        ("a.mp4", Path("cat.png"), Task.IMAGE_TO_VIDEO),
        ("a.png", None, Task.TEXT_TO_IMAGE),
        ("a.PNG", Path("cat.png"), Task.IMAGE_TO_IMAGE),
    ],
)
def test_the_name_of_the_output_says_whether_it_is_a_picture(
    output: str, image: Path | None, task: Task
) -> None:
    order = Order(
        prompt="a cat", output=Path(output), model=None, seconds=None, ratio=None, size=None,
        fps=None, seed=None, image=image,
    )  # fmt: skip
    assert order.wish().task is task
