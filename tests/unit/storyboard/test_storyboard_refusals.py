"""What a negative prompt names is not drawn, and what it can't do is said."""

import numpy as np
import pytest

from mutoscope.core.errors import NothingToDraw
from mutoscope.storyboard import plan
from mutoscope.storyboard.art import library
from mutoscope.storyboard.places.paint import Painter
from mutoscope.storyboard.scene import Place, Shot
from mutoscope.storyboard.stage import Stage


def _drawn(shot: Shot, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The library's drawings that the scenery of a shot is made of."""
    seen: set[str] = set()
    prop = Painter.prop

    def spy(self: Painter, name: str, *args: object, **more: object) -> object:
        seen.add(name)
        return prop(self, name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Painter, "prop", spy)
    Stage(shot, width=160, height=90, seed=(3, 0))
    return seen


@pytest.mark.parametrize("negative", ["trees, sun, clouds", "树，太阳，云"])
@pytest.mark.parametrize("place", list(Place))
def test_no_place_shows_a_tree_that_is_refused(
    place: Place, negative: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = plan("a ball", negative=negative).shots.shots[0].without
    drawn = _drawn(Shot(place=place, without=without), monkeypatch)
    assert not [name for name in drawn if "tree" in name or name == "desert-island"]
    assert {"sun", "cloud"} <= set(without)


def _frame(prompt: str, negative: str) -> np.ndarray:
    shot = plan(prompt, negative=negative).shots.shots[0]
    return Stage(shot, width=320, height=180, seed=(1, 0)).frame(1.0)


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("lake", "mountains"), ("湖", "山"), ("a city", "buildings"), ("城市", "高楼"),
        ("night meadow", "stars"), ("夜晚的草地", "星星"), ("night meadow", "moon"),
        ("beach", "waves"), ("garden", "flowers"), ("花园", "花"), ("stadium", "people"),
        ("体育场", "人"), ("space", "stars"), ("on the moon", "earth"), ("the sky", "clouds"),
        ("lake in the snow", "snow"), ("desert", "rocks"), ("meadow in the fog", "fog"),
        ("a cat in the rain", "rain"), ("meadow", "hills"), ("room", "furniture"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_the_picture_and_is_noted(prompt: str, negative: str) -> None:
    assert np.abs(_frame(prompt, negative).astype(int) - _frame(prompt, "")).mean() > 0.02
    notes = {note.code: note for note in plan(prompt, negative=negative).notes()}
    assert negative in notes["words_excluded"].words


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("a man and a cat", "people"), ("男孩和猫", "人"), ("a doctor and a cat", "people"),
        ("a taxi and a cat", "cars"), ("出租车和猫", "车"), ("an eagle and a cat", "birds"),
        ("a bus and a cat", "vehicles"), ("一朵玫瑰和一只猫", "花"),
    ],
)  # fmt: skip
def test_a_general_word_refuses_all_that_it_covers(prompt: str, negative: str) -> None:
    subjects = plan(prompt, negative=negative).shots.shots[0].subjects
    assert [subject.art for subject in subjects] == ["cat"]


def test_snow_refused_leads_a_penguin_elsewhere() -> None:
    shot = plan("a penguin", negative="snow").shots.shots[0]
    assert shot.place is Place.MEADOW
    assert library()[shot.subjects[0].art or ""].name == "penguin"


def test_what_a_negative_prompt_cannot_do_is_said() -> None:
    planned = plan('a cat, "HELLO"', negative="trees, blurry, deformed hands, red, text")
    notes = {note.code: note for note in planned.notes()}
    assert notes["words_excluded"].words[0] == "trees"
    assert {"blurry", "deformed", "red", "text"} <= set(notes["negative_unhonoured"].words)


def test_a_negative_prompt_that_rules_out_everything_is_refused_by_its_name() -> None:
    with pytest.raises(NothingToDraw, match="cat") as refused:
        plan("a cat", negative="cat")
    assert refused.value.field == "negative_prompt"


def test_what_is_asked_for_and_forbidden_is_not_said_to_be_left_out() -> None:
    planned = plan("a cat without a cat")
    assert [subject.art for subject in planned.shots.shots[0].subjects] == ["cat"]
    assert planned.excluded == []
    assert planned.contrary == ["cat"]


@pytest.mark.parametrize("prompt", ["a forest without trees", "没有树的森林"])
def test_what_the_prompt_forbids_is_kept_from_the_scenery_too(
    prompt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _drawn(plan(prompt).shots.shots[0], monkeypatch)
    assert not [name for name in drawn if "tree" in name]
