"""Words nobody has a drawing for, words told of, words that aren't subjects."""

import tomllib
from importlib.resources import files

import numpy as np
import pytest

from mutoscope.core.errors import NothingToDraw
from mutoscope.core.request import Shape
from mutoscope.storyboard import plan
from mutoscope.storyboard.art import library
from mutoscope.storyboard.film import film
from mutoscope.storyboard.scene import Bond, Place, ShotList, Transition, Weather
from mutoscope.storyboard.stage import Stage


@pytest.mark.parametrize(
    ("prompt", "art", "word"),
    [
        ("鹤", "swan", "鹤"), ("a crane", "swan", "crane"), ("麒麟", "unicorn", "麒麟"),
        ("two capybaras", "beaver", "capybaras"), ("灯塔", "tokyo-tower", "灯塔"),
        ("a saxophone player", "singer", "saxophone player"),
        ("a sword", "crossed-swords", "sword"),
    ],
)  # fmt: skip
def test_what_there_is_no_drawing_of_becomes_the_nearest_and_is_said_so(
    prompt: str, art: str, word: str
) -> None:
    planned = plan(prompt)
    assert [subject.art for subject in planned.shots.shots[0].subjects] == [art]
    (note,) = [note for note in planned.notes() if note.code == "word_nearest"]
    assert note.words[0] == word
    assert word not in planned.unused


def test_what_is_said_of_something_near_is_its_own() -> None:
    (subject,) = plan("一只红色的麒麟在草地上跑").shots.shots[0].subjects
    assert (subject.art, subject.colour, subject.action) == ("unicorn", "red", "run")


def test_every_near_drawing_exists() -> None:
    text = (files("mutoscope.storyboard.planner") / "words/nearest.toml").read_text("utf-8")
    names = [name for group in tomllib.loads(text).values() for name in group]
    assert set(names) <= set(library().drawings)


@pytest.mark.parametrize(("prompt", "card"), [("a wug", "wug"), ("一只呱呱", "呱呱")])
def test_what_nothing_is_near_to_stands_on_a_card(prompt: str, card: str) -> None:
    planned = plan(prompt)
    assert [subject.card for subject in planned.shots.shots[0].subjects] == [card]
    assert "word_on_card" in [note.code for note in planned.notes()]


@pytest.mark.parametrize("prompt", ["a beach at night", "夜晚的海滩", "🏖🌃"])
def test_an_empty_scene_says_that_it_is_empty(prompt: str) -> None:
    planned = plan(prompt)
    assert planned.shots.shots[0].subjects == ()
    assert "scene_empty" in [note.code for note in planned.notes()]


def test_no_word_is_in_two_lists_and_none_is_lost_without_a_word() -> None:
    prompt = "a zorp and " + " and ".join(f"a glim{chr(97 + n)}x" for n in range(26))
    prompt += (
        " and dog and cat and horse and cow and pig and goat and duck and swan and owl and deer"
    )
    prompt += " and apple and banana and bus"
    planned = plan(prompt)
    assert not set(planned.used) & {*planned.unused, *planned.over}
    notes = {note.code: note for note in planned.notes()}
    assert {"owl", "deer", "apple", "bus"} <= set(notes["subjects_over"].words)


def test_a_list_that_is_too_long_says_how_many_more() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"zo{a}{b}rx" for a in letters[:10] for b in letters[:5]]
    planned = plan("a cat, " + ", ".join(words))
    note = next(note for note in planned.notes() if note.code == "words_unused")
    assert len(note.words) == len(planned.unused) > 40
    assert f"and {len(note.words) - 40} more" in note.en
    assert f"还有 {len(note.words) - 40} 个" in note.zh


def test_what_describes_nobody_is_not_said_to_be_used() -> None:
    planned = plan("red and huge, at night")
    assert planned.used == ["at night"]
    assert set(planned.unused) == {"red", "huge"}


@pytest.mark.parametrize("word", ["🇨🇳", "مرحبا"])
def test_flags_and_foreign_letters_are_told_of(word: str) -> None:
    assert plan(f"{word} cat").unused == [word]


@pytest.mark.parametrize(("prompt", "script"), [("مرحبا بالعالم", "Arabic"), ("שלום", "Hebrew")])
def test_a_prompt_in_letters_that_cannot_be_set_names_their_script(
    prompt: str, script: str
) -> None:
    for each in (prompt, f"“{prompt}”"):
        with pytest.raises(NothingToDraw, match=script):
            plan(each)


def test_letters_left_out_are_told_as_often_as_they_stand_there() -> None:
    assert plan("a cat “שלום שלום”").unset == ["שלום שלום"]


def test_the_emoji_of_a_place_or_of_weather_is_no_subject() -> None:
    shot = plan("🐕🌧🏖").shots.shots[0]
    assert [subject.art for subject in shot.subjects] == ["dog"]
    assert (shot.place, shot.weather) == (Place.BEACH, (Weather.RAIN,))


def test_cut_to_the_moon_goes_there() -> None:
    first, second = plan("a cat in a garden, cut to the moon with an astronaut").shots.shots
    assert (first.place, second.place) == (Place.GARDEN, Place.MOON)
    assert [subject.art for subject in second.subjects] == ["astronaut"]


def test_a_bottle_of_something_is_one_bottle_and_steam_lifts_no_cup() -> None:
    (bottle,) = plan("golden perfume bottle").shots.shots[0].subjects
    assert (bottle.art, bottle.colour) == ("lotion-bottle", "gold")
    (cup,) = plan("coffee cup on a table, steam rising").shots.shots[0].subjects
    assert (cup.art, cup.action) == ("hot-beverage", "stand")


@pytest.mark.parametrize("prompt", ["an old man fishing by a lake", "爷爷在湖边钓鱼"])
def test_who_fishes_holds_a_rod(prompt: str) -> None:
    man, rod = plan(prompt).shots.shots[0].subjects
    assert (man.art, rod.art, rod.bond, rod.target) == ("old-man", "fishing-pole", Bond.HELD, 0)


@pytest.mark.parametrize("prompt", ["三个红灯笼，“新年快乐”", "a red balloon “SALE”"])
def test_what_floats_keeps_clear_of_words_below_it(prompt: str) -> None:
    shot = plan(prompt).shots.shots[0]
    worded = Stage(shot, width=320, height=180, seed=(1, 0))
    for actor in worded.troupe.actors:
        lowest = min(actor.altitude + actor.stance(share).lift for share in (0.3, 0.6, 0.95))
        assert actor.ground - lowest < worded.titles[0].y / 180 + 0.12


def test_a_fade_is_a_fade() -> None:
    first, second = plan("a cat in a garden, fade to a dog on the beach").shots.shots
    assert (first.closing, second.transition) == (True, Transition.FADE)
    (only,) = plan("a cat in a garden, fade to black").shots.shots
    assert only.closing


def test_a_shot_that_closes_goes_dark_at_its_end() -> None:
    shots = plan("a cat in a garden, fade to black", seconds=1).shots
    frames = list(film(shots, Shape(width=96, height=54, frames=12, fps=12), 1))
    assert frames[0].mean() > 60
    assert np.asarray(frames[-1]).max() == 0
    assert ShotList.model_validate_json(shots.to_json()) == shots
