"""Words become scenes, and every word is accounted for."""

import pytest

from mutoscope.core.errors import NothingToDraw
from mutoscope.storyboard import plan, vocabulary
from mutoscope.storyboard.art import library
from mutoscope.storyboard.scene import Action, CameraKind, Colour, Direction, Place, TimeOfDay


@pytest.mark.parametrize(
    ("prompt", "art", "colour", "action", "place", "time"),
    [
        ("红色的气球飘过大海, sunset", "balloon", "red", "float", "sea", "sunset"),
        ("blue car drives, desert, night", "automobile", "blue", "drive", "desert", "night"),
        ("一只橙色的猫在雪地里奔跑，黎明", "cat", "orange", "run", "snowfield", "dawn"),
        ("A green dragon flies over the mountains", "dragon", "green", "fly", "mountains", "day"),
        ("奔跑的狗，草地", "dog", None, "run", "meadow", "day"),
        ("女孩在舞台上跳舞", "woman-dancing", None, "dance", "theatre", "day"),
    ],
)  # fmt: skip
def test_a_prompt_names_subject_colour_action_place_and_time(
    prompt: str, art: str, colour: str | None, action: str, place: str, time: str
) -> None:
    shot = plan(prompt).shots.shots[0]
    subject = shot.subjects[0]
    assert (subject.art, subject.colour, subject.action) == (art, colour, action)
    assert (shot.place, shot.time) == (place, time)


def test_counts_sizes_and_directions_belong_to_their_noun() -> None:
    shot = plan("three small penguins and a huge red bus drive to the left").shots.shots[0]
    penguins, bus = shot.subjects
    assert (penguins.count, penguins.size, penguins.colour) == (3, "small", None)
    assert (bus.count, bus.size, bus.colour) == (1, "huge", Colour.RED)
    assert penguins.direction is bus.direction is Direction.LEFT


@pytest.mark.parametrize(
    ("prompt", "guest", "bond", "host"),
    [
        ("a black cat sits on a red sofa", "black-cat", "on", "couch-and-lamp"),
        ("一只猫坐在沙发上", "cat", "on", "couch-and-lamp"),
        ("an alien drives a saucer over the city", "alien", "on", "flying-saucer"),
        ("外星人驾驶飞碟", "alien", "on", "flying-saucer"),
        ("a monkey eats a banana", "banana", "held", "monkey"),
        ("猴子吃香蕉", "banana", "held", "monkey"),
        ("a girl flies a kite", "kite", "tied", "woman-standing"),
        ("女孩放风筝", "kite", "tied", "woman-standing"),
    ],
)
def test_what_belongs_together_is_bound(prompt: str, guest: str, bond: str, host: str) -> None:
    subjects = plan(prompt).shots.shots[0].subjects
    bound = next(subject for subject in subjects if subject.bond is not None)
    assert bound.target is not None
    assert (bound.art, bound.bond, subjects[bound.target].art) == (guest, bond, host)


@pytest.mark.parametrize(
    "prompt",
    [
        "a car drives past a bus", "a cat and a dog", "a dog chases a cat", "汽车开到房子旁边",
        "a cat sits, on the right a dog", "a dog runs on a bridge",
    ],
)  # fmt: skip
def test_what_is_only_named_together_is_not_bound(prompt: str) -> None:
    assert all(subject.bond is None for subject in plan(prompt).shots.shots[0].subjects)


def test_what_is_said_of_a_rider_its_carrier_does() -> None:
    rider, horse = (
        plan("an astronaut rides a horse on the moon, runs to the left").shots.shots[0].subjects
    )
    assert (rider.action, rider.bond) == (Action.STAND, "on")
    assert (horse.action, horse.direction) == (Action.RUN, Direction.LEFT)


@pytest.mark.parametrize("prompt", ["骆驼商队走过沙漠", "a camel caravan", "a caravan of camels"])
def test_a_caravan_is_several(prompt: str) -> None:
    assert plan(prompt).shots.shots[0].subjects[0].count == 5


def test_who_chases_has_a_target_that_runs() -> None:
    dog, cat = plan("一只狗追一只猫").shots.shots[0].subjects
    assert (dog.art, dog.action, dog.target) == ("dog", Action.CHASE, 1)
    assert (cat.art, cat.action) == ("cat", Action.RUN)


@pytest.mark.parametrize(
    ("prompt", "kind", "positive"),
    [
        ("a tree, pan left", CameraKind.PAN, False),
        ("一棵树，镜头向右移动", CameraKind.HORIZONTAL, True),
        ("a tree, camera tilts up", CameraKind.TILT, True),
        ("一棵树，镜头拉近", CameraKind.ZOOM, True),
        ("a tree, the camera orbits", CameraKind.ORBIT, True),
        ("a tree, the camera pans to the right", CameraKind.PAN, True),
        ("panning to the left, a tree", CameraKind.PAN, False),
        ("a slow pan across a tree", CameraKind.PAN, True),
        ("a tree, the camera moves to the left", CameraKind.HORIZONTAL, False),
        ("一棵树，手持拍摄", CameraKind.HANDHELD, True),
    ],
)
def test_camera_words_move_the_camera(prompt: str, kind: CameraKind, positive: bool) -> None:
    shot = plan(prompt).shots.shots[0]
    (move,) = shot.camera
    assert not {each.art for each in shot.subjects} & {"shallow-pan-of-food"}
    assert move.kind is kind
    assert (move.amount > 0) is positive


def test_words_in_quotes_are_set_not_drawn() -> None:
    shot = plan("一只猫，“红色的狗”").shots.shots[0]
    assert [subject.art for subject in shot.subjects] == ["cat"]
    assert shot.texts[0].words == "红色的狗"


def test_marks_and_cuts_make_shots_that_share_the_time() -> None:
    marked = plan("镜头一：日出的海滩。镜头二：城市夜景，烟花", seconds=6).shots
    assert [shot.place for shot in marked.shots] == [Place.BEACH, Place.CITY]
    assert marked.seconds == pytest.approx(6)
    cut = plan("a cat in the garden, cut to a dog in the snow, dissolve to a cow").shots
    assert [shot.transition for shot in cut.shots] == ["cut", "cut", "dissolve"]


def test_an_unknown_noun_becomes_a_card_and_is_said_so() -> None:
    planned = plan("a wug on the beach")
    assert planned.shots.shots[0].subjects[0].card == "wug"
    assert [note.code for note in planned.notes()] == ["words_used", "word_on_card"]


def test_an_unknown_compound_becomes_what_its_last_letter_names() -> None:
    planned = plan("一辆洒水车在马路上行驶")
    assert planned.shots.shots[0].subjects[0].art == "automobile"
    assert planned.nearest == [("洒水车", "汽车")]


def test_a_word_that_does_nothing_is_listed_as_unused() -> None:
    planned = plan("a quixotic cat")
    assert [subject.art for subject in planned.shots.shots[0].subjects] == ["cat"]
    assert planned.unused == ["quixotic"]


def test_what_the_negative_prompt_names_is_not_drawn() -> None:
    planned = plan("a dog and a cat in the rain on the beach", negative="cat, rain, trees")
    shot = planned.shots.shots[0]
    assert [subject.art for subject in shot.subjects] == ["dog"]
    assert shot.weather == ()
    assert "deciduous-tree" in shot.without
    assert {"cat", "in the rain"} <= set(planned.excluded)


def test_the_commas_of_a_negative_prompt_are_no_words() -> None:
    planned = plan(
        "two cats, a huge red bus", negative="blurry, low quality, no text and two logos"
    )
    cats, bus = planned.shots.shots[0].subjects
    assert (cats.count, cats.size, bus.size) == (2, "normal", "huge")
    assert planned.excluded == []


@pytest.mark.parametrize("prompt", ["", "   \n", "！？。，…", "(-_-)///", "\u200b\u200e"])
def test_a_prompt_without_words_is_refused_with_a_hint(prompt: str) -> None:
    with pytest.raises(NothingToDraw) as refused:
        plan(prompt)
    assert refused.value.field == "prompt"
    assert refused.value.fix


def test_night_comes_with_fireworks_unless_the_prompt_says_otherwise() -> None:
    assert plan("烟花").shots.shots[0].time is TimeOfDay.NIGHT
    assert plan("白天的烟花").shots.shots[0].time is TimeOfDay.DAY


def test_every_word_of_the_vocabulary_leads_to_a_drawing_that_exists() -> None:
    words = vocabulary()
    assert set(words["subject"]) <= set(library().drawings)
    assert len(words["subject"]) > 800
    assert set(words["place"]) == {place.value for place in Place}


@pytest.mark.parametrize(
    ("prompt", "cast", "words", "size"),
    [
        ('a dolphin jumps in the sea, "SUMMER" in big letters', ["dolphin"], "SUMMER", "large"),
        ('a cat, small caption "hello"', ["cat"], "hello", "small"),
        ('a huge title "SALE" over a red car', ["automobile"], "SALE", "huge"),
        ('the text "HELLO" in a bold font, a dog', ["dog"], "HELLO", "normal"),
        ("大字“新年快乐”，一只兔子", ["rabbit"], "新年快乐", "large"),
        ("一只兔子，字幕“你好”", ["rabbit"], "你好", "normal"),
        ("写着“大促销”的红色气球，标题文字", ["balloon"], "大促销", "normal"),
    ],
)
def test_words_about_the_type_set_its_size_and_are_no_subjects(
    prompt: str, cast: list[str], words: str, size: str
) -> None:
    planned = plan(prompt)
    (shot,) = planned.shots.shots
    assert [subject.art for subject in shot.subjects] == cast
    assert [subject.size for subject in shot.subjects] == ["normal"]
    assert [(text.words, text.size) for text in shot.texts] == [(words, size)]
    assert planned.unused == []


@pytest.mark.parametrize(
    ("prompt", "places", "casts"),
    [
        ("一只猫在花园里睡觉；然后它在海滩上奔跑", ["garden", "beach"], [["cat"], ["cat"]]),
        ("a cat walks in the city, then runs on the beach", ["city", "beach"], [["cat"], ["cat"]]),
        ("a rabbit in the forest, cut to a fox in the snow", ["forest", "snowfield"],
         [["rabbit"], ["fox"]]),
        ("小狗在草地上跑，接着镜头切到城市夜景", ["meadow", "city"], [["dog"], []]),
        ("a dog sits and then runs", ["meadow"], [["dog"]]),
        ("小猫在花园里坐着，然后在花园里跳舞", ["garden"], [["cat"]]),
        ('a cat in a garden, "now and then in the city"', ["garden"], [["cat"]]),
        ("an authentic cat in a garden and then a dog on the beach", ["garden", "beach"],
         [["cat"], ["dog"]]),
    ],
)  # fmt: skip
def test_then_makes_a_shot_where_a_new_place_is_named(
    prompt: str, places: list[str], casts: list[list[str]]
) -> None:
    shots = plan(prompt).shots.shots
    assert [shot.place for shot in shots] == places
    assert [[subject.art for subject in shot.subjects] for shot in shots] == casts


def test_a_colour_said_of_the_letters_is_theirs() -> None:
    planned = plan('a white cat, "HI" in huge red letters', negative="text, watermark")
    (shot,) = planned.shots.shots
    assert [(subject.colour, subject.size) for subject in shot.subjects] == [("white", "normal")]
    assert [(text.colour, text.size) for text in shot.texts] == [("red", "huge")]
    assert planned.excluded == []


def test_who_goes_on_in_the_next_shot_does_what_is_said_there() -> None:
    first, second = plan("一只狗在草地上追一只猫，然后在海滩上跳舞").shots.shots
    assert [subject.action for subject in first.subjects] == [Action.CHASE, Action.RUN]
    assert [subject.action for subject in second.subjects] == [Action.DANCE, Action.DANCE]
