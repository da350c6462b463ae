"""What a small model makes of a prompt."""

import json
from pathlib import Path

import pytest

from mutoscope.catalog import Catalog
from mutoscope.catalog.vocabulary import Vocabulary
from mutoscope.core.errors import ModelUnavailable, NothingToDraw
from mutoscope.core.request import Reference, ReferenceRole, Task, Wish

WORLD = {
    "objects": {
        "cat": {"zh": ["小猫", "猫"], "en": ["cat", "kitten"], "near": ["tiger", "老虎"]},
        "rocket": {"zh": ["火箭"], "en": ["rocket"]},
    },
    "places": {
        "city": {"zh": ["城市"], "en": ["city"]},
        "snow": {"zh": ["雪地"], "en": ["snowy field"]},
    },
    "times": {"night": {"zh": ["夜晚"], "en": ["night"], "also": ["夜"]}},
    "weathers": {
        "rain": {"zh": ["下雨"], "en": ["rain"], "also": ["雨"]},
        "snow": {"zh": ["下雪"], "en": ["snow"], "also": ["雪"]},
    },
    "motions": {"left": {"zh": ["向左走"], "en": ["moves left"], "also": ["left"]}},
    "cameras": {
        "zoom_in": {"zh": ["镜头推近"], "en": ["camera zooms in"], "also": ["zooming"]},
        "pan_left": {"zh": ["镜头左移"], "en": ["camera pans left"]},
    },
}


@pytest.fixture
def world() -> Vocabulary:
    return Vocabulary.model_validate(WORLD)


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("一只小猫在雨夜向左走, camera zooms in", "小猫，夜晚，下雨，向左走，镜头推近"),
        ("Two KITTENS move left in the city", "cat, city, moves left"),
        ("a cat, camera pans left", "cat, camera pans left"),
        ("雪地里的火箭", "火箭，雪地"),
        ("a rocket on the snowy field", "rocket, snowy field"),
    ],
)
def test_known_words_are_read_whatever_is_between_them(
    world: Vocabulary, prompt: str, read: str
) -> None:
    assert world.read(prompt).text == read


@pytest.mark.parametrize(
    ("prompt", "read", "left_out"),
    [
        ("一只小猫向左走, camera zooms in", "小猫，向左走", ("camera zooms in",)),
        ("a cat moves left, zoming", "cat, moves left", ("zoming",)),
        ("a cat stays still, camera zooms in", "cat, stays still, camera zooms in", ()),
        ("a cat, camera zooms in", "cat, camera zooms in", ()),
        ("a cat moves left, static camera", "cat, moves left, static camera", ()),
    ],
)
def test_a_model_of_one_movement_keeps_the_things_and_tells(
    prompt: str, read: str, left_out: tuple[str, ...]
) -> None:
    still = {
        "motions": WORLD["motions"] | {"still": {"zh": ["静止"], "en": ["stays still"]}},
        "cameras": WORLD["cameras"] | {"still": {"zh": ["固定镜头"], "en": ["static camera"]}},
        "one_movement": True,
    }
    reading = Vocabulary.model_validate(WORLD | still).read(prompt)
    told = {note.code: note.words for note in reading.notes}
    assert reading.text == read
    assert set(left_out) <= set(told.get("words_second_movement", ()))
    assert ("words_second_movement" in told) == bool(left_out)


def test_a_neighbour_and_a_misspelling_become_the_nearest_thing_and_are_told(
    world: Vocabulary,
) -> None:
    for prompt, word in (("a tiger at night", "tiger"), ("a rokcet at night", "rokcet")):
        reading = world.read(prompt)
        assert reading.has_object
        assert [(note.code, note.words) for note in reading.notes] == [("words_nearest", (word,))]


@pytest.mark.parametrize("prompt", ["a tiger beside a rocket", "a rocket beside a tiger"])
def test_the_models_own_word_wins_over_a_neighbour_that_stands_before_it(
    world: Vocabulary, prompt: str
) -> None:
    reading = world.read(prompt)
    assert reading.text == "rocket"
    assert ("words_surplus", ("tiger",)) in [(note.code, note.words) for note in reading.notes]


def test_words_without_meaning_and_things_too_many_are_told(world: Vocabulary) -> None:
    reading = world.read("一只小猫和火箭在图书馆 reading books")
    assert reading.text == "小猫"
    told = {note.code: note.words for note in reading.notes}
    assert told == {"words_unused": ("图书馆", "reading", "books"), "words_surplus": ("火箭",)}


@pytest.mark.parametrize("prompt", ["", "。。。", "🦓", "a zebra in the city", "مرحبا", "x" * 2500])
def test_a_prompt_that_names_nothing_known_is_refused_with_examples(
    world: Vocabulary, prompt: str
) -> None:
    with pytest.raises(NothingToDraw) as refusal:
        world.refuse_unless_known(prompt, model="mini")
    assert refusal.value.field == "prompt"
    assert "小猫 (cat)" in (refusal.value.fix or "")
    assert world.read(world.example()).notes == ()


def shipped(folder: Path, **manifest: object) -> Catalog:
    path = folder / "shipped" / "mini"
    path.mkdir(parents=True)
    (path / "model_index.json").write_text(json.dumps({"_class_name": "LTXConditionPipeline"}))
    facts = {"fps": 8, "sizes": [[96, 96]], "frames": [1, 17], "vocabulary": WORLD} | manifest
    (path / "mutoscope.json").write_text(json.dumps(facts))
    return Catalog(folder / "models", folder / "shipped")


def wish(prompt: str, **changes: object) -> Wish:
    return Wish(**({"prompt": prompt, "task": Task.TEXT_TO_VIDEO, "model": "mini"} | changes))  # type: ignore[arg-type]


def test_a_shipped_model_refuses_what_it_does_not_know_before_anything_is_charged(
    tmp_path: Path,
) -> None:
    model = shipped(tmp_path).find("mini")
    with pytest.raises(NothingToDraw):
        model.request(wish("a zebra"))
    assert model.request(wish("a cat")).shape.frames == 17
    # What a picture shows need not be said.
    picture = Reference(role=ReferenceRole.FIRST_FRAME, blob="0", media_type="image/png")  # type: ignore[arg-type]
    model.request(wish("", task=Task.IMAGE_TO_VIDEO, references=(picture,)))


def test_a_small_model_is_offered_enlarged_and_smooth_and_as_it_is(tmp_path: Path) -> None:
    model = shipped(tmp_path, enlarge=6, smooth=3).find("mini")
    shape = model.request(wish("a cat")).shape
    assert (shape.width, shape.height, shape.frames, shape.fps) == (576, 576, 49, 24)
    native = model.request(wish("a cat", size="96p", fps=8)).shape
    assert (native.width, native.height, native.frames, native.fps) == (96, 96, 17, 8)
    finished, plain = (
        model.request(wish("a cat", size=size, fps=fps))
        for size, fps in (("576p", 24), ("576p", 8))
    )
    assert model.quote(finished) == model.quote(plain)


def test_the_users_own_folder_goes_before_the_shipped_one(tmp_path: Path) -> None:
    catalog = shipped(tmp_path)
    own = tmp_path / "models" / "mini"
    own.mkdir(parents=True)
    (own / "model_index.json").write_text(json.dumps({"_class_name": "LTXConditionPipeline"}))
    assert catalog.find("mini").folder == own
    assert len(catalog.models()) == 2


def test_a_broken_vocabulary_is_named(tmp_path: Path) -> None:
    catalog = shipped(tmp_path, vocabulary={"objects": {"cat": {"zh": "猫"}}})
    with pytest.raises(ModelUnavailable, match=r"vocabulary\.objects\.cat"):
        catalog.find("mini")
