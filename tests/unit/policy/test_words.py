"""Which texts hold a word of the list."""

import pytest
from tests.support.world import World

from mutoscope.core.errors import ContentRefused, InvalidRequest, NotFound

LISTED = ["Gun", "敏感词", "two words", "été", "a片"]


def refused(world: World, *listed: str, text: object) -> str | None:
    """The field that is refused, None when nothing is."""
    with world.rooms.database.transaction() as tx:
        world.rooms.words.add(tx, listed)
        try:
            world.rooms.words.check(tx, {"prompt": text})
        except ContentRefused as error:
            return error.field
    return None


@pytest.mark.parametrize(
    "text",
    [
        "a gun", "GUN!", "ｇｕｎ", "gu\u00adn", "g\u200dun", "画一把gun吧", "the_gun",
        "敏感词", "这是敏 感-词啊", "敏\u200b感词", "two\n words", "TWO-WORDS", "un ÉTÉ",
        "e\u0301te\u0301",
        "看A片",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(world: World, text: str) -> None:
    assert refused(world, *LISTED, text=text) == "prompt"


@pytest.mark.parametrize("text", ["a gunner", "begun", "敏 和 词", "two", "wordstwo", "", "!!"])
def test_a_word_is_not_found_where_it_is_not(world: World, text: str) -> None:
    assert refused(world, *LISTED, text=text) is None


def test_the_place_inside_is_named(world: World) -> None:
    shots = [{"prompt": "a cat"}, {"prompt": "a gun", "duration": 2.0}]
    assert refused(world, "gun", text=shots) == "prompt.1.prompt"


def test_an_empty_list_refuses_nothing(world: World) -> None:
    assert refused(world, text="gun") is None


def test_words_are_kept_once_and_can_be_taken_back(world: World) -> None:
    words = world.rooms.words
    with world.rooms.database.transaction() as tx:
        assert words.add(tx, ["Gun", "gun ", "GUN", "bomb"]) == ["Gun", "bomb"]
        assert words.add(tx, ["gun"]) == []
        assert [each.word for each in words.all(tx)] == ["bomb", "Gun"]
        words.remove(tx, "gUN")
        with pytest.raises(NotFound):
            words.remove(tx, "gun")
        words.check(tx, {"prompt": "a gun"})
        assert words.count(tx) == 1


@pytest.mark.parametrize("word", ["", "  ", "!?", "x" * 101])
def test_what_is_no_word_can_not_be_listed(world: World, word: str) -> None:
    with world.rooms.database.transaction() as tx, pytest.raises(InvalidRequest):
        world.rooms.words.add(tx, ["gun", word])
