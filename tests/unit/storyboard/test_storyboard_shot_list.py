"""A shot list draws or is refused with the name of the field that is wrong."""

import json
from typing import Any

import pytest

from mutoscope.core.errors import InvalidRequest
from mutoscope.storyboard import draw_shot_list, plan_json, read_shot_list


def test_a_planned_list_survives_the_way_through_json() -> None:
    text = plan_json("两只红色的鸟在海上飞，镜头左摇，“你好”")
    assert read_shot_list(text).to_json() == text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("{", "shots"),
        ("[]", "shots"),
        ('{"shots": []}', "shots"),
        ({"shots": [{"seconds": 1e9}]}, "shots[0].seconds"),
        ({"shots": [{"seconds": float("nan")}]}, "shots[0].seconds"),
        ({"shots": [{"place": "atlantis"}]}, "shots[0].place"),
        ({"shots": [{"subjects": [{"art": "cat", "count": 10**9}]}]}, "shots[0].subjects[0].count"),
        ({"shots": [{"subjects": [{}]}]}, "shots[0].subjects[0]"),
        ({"shots": [{"subjects": [{"art": "cat", "target": 5}]}]}, "shots[0]"),
        ({"shots": [{"subjects": [{"art": "cat", "bond": "on"}]}]}, "shots[0]"),
        (
            {
                "shots": [
                    {
                        "subjects": [
                            {"art": "cat", "target": 1, "bond": "on"},
                            {"art": "dog", "target": 0, "bond": "on"},
                        ]
                    }
                ]
            },
            "shots[0]",
        ),
        ({"shots": [{"camera": [{"kind": "pan", "amount": 11}]}]}, "shots[0].camera[0].amount"),
        ({"shots": [{"texts": [{"words": "x" * 121}]}]}, "shots[0].texts[0].words"),
        ({"shots": [{"colour": "red"}]}, "shots[0].colour"),
        ({"shots": [{}] * 7}, "shots"),
        ({"version": 2, "shots": [{}]}, "version"),
        ("[" * 5000, "shots"),
    ],
)
def test_a_broken_list_names_the_field(data: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_shot_list(data)
    assert refused.value.field == field


def test_a_drawing_that_does_not_exist_is_named_with_its_nearest() -> None:
    shots = read_shot_list({"shots": [{"subjects": [{"art": "pengiun"}]}]})
    with pytest.raises(InvalidRequest, match="penguin") as refused:
        draw_shot_list(shots)
    assert refused.value.field == "shots[0].subjects[0].art"


def test_an_edited_list_is_drawn_at_its_own_length() -> None:
    edited = json.loads(plan_json("a cat", seconds=1.0))
    edited["shots"].append({"seconds": 0.5, "place": "moon", "transition": "dissolve"})
    shape, frames = draw_shot_list(read_shot_list(edited), width=96, height=54, fps=10)
    drawn = list(frames)
    assert shape.frames == len(drawn) == 15
    assert drawn[0].shape == (54, 96, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"shots": [{"camera": "pan"}]}, "shots[0].camera: must be a list, not 'pan'"),
        ({"shots": 3}, "shots: must be a list, not 3"),
        ({"shots": ["x"]}, "shots[0]: must be an object, not 'x'"),
        ("3", "shots: must be an object, not 3"),
        ({"shots": [{"seconds": "long"}]}, "shots[0].seconds: must be a number, not 'long'"),
        ({"shots": [{"variety": 10**90}]}, "shots[0].variety: must be"),
        ({"shots": [{"subjects": [{"art": "cat", "count": 1.5}]}]}, "must be a whole number"),
        ({"shots": [{"subjects": [{"art": "cat", "x": 2}]}]}, "x: must be at most 1.5, not 2"),
        ({"shots": [{"place": "atlantis"}]}, "'atlantis' is none of 'studio', 'meadow'"),
        ({"shots": [{"colour": "red"}]}, "shots[0].colour: there is no such field"),
        ({"shots": [{}] * 7}, "shots: may hold 6 entries at most"),
        ({"shots": [{"camera": [{}]}]}, "shots[0].camera[0].kind: is missing"),
        ('{"shots": [{"seconds": ' + "9" * 5000 + "}]}", "a number of thousands of digits"),
        ('{"shots": [', "line 1, column"),
        (b"\xff\xfe\xfd", "not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words_with_its_field_and_a_fix(data: Any, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_shot_list(data)
    assert said in refused.value.detail
    assert "uple" not in refused.value.detail
    assert refused.value.field
    assert refused.value.fix
