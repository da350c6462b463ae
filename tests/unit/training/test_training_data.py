"""Scenes, captions and clips: repeatable, in one meaning, and fenced off from the examination."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.backdrops import DRAW, MARGIN
from training.captions import caption
from training.codec import SPACE
from training.render import FRAMES, PICTURE, pose, render
from training.scenes import Scene, Stream, generator, sample_scene
from training.tokenizer import reader
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, WEATHERS, is_held_out


def named(table: tuple, id_: str) -> int:  # type: ignore[type-arg]
    return next(index for index, term in enumerate(table) if term.id == id_)


def test_the_same_numbers_draw_the_same_clip() -> None:
    def digest(index: int) -> str:
        scene = sample_scene(generator(3, Stream.TRAIN, index))
        return sha256(render(scene, 48).frames.tobytes()).hexdigest()

    assert digest(7) == digest(7)
    assert digest(7) != digest(8)


def test_streams_of_one_seed_never_draw_alike() -> None:
    drawn = {
        tuple(sample_scene(generator(0, stream, index)) for index in range(6)) for stream in Stream
    }
    assert len(drawn) == len(Stream)


@given(st.integers(0, 2**31), st.booleans())
def test_no_scene_crosses_the_wall(index: int, held_out: bool) -> None:
    scene = sample_scene(generator(1, Stream.TRAIN, index), held_out=held_out)
    assert is_held_out(scene.thing, scene.place) is held_out


def test_most_objects_keep_one_place_back_and_every_place_some_objects() -> None:
    wall = [[is_held_out(t, p) for p in range(len(PLACES))] for t in range(len(OBJECTS))]
    kept_back = [sum(row) for row in wall]
    assert max(kept_back) == 1
    assert sum(kept_back) == 24
    assert all(sum(column) >= 2 for column in zip(*wall, strict=True))


@given(st.integers(0, 2**31), st.sampled_from(["zh", "en"]))
def test_a_caption_names_its_object_and_all_that_is_unusual(index: int, language: str) -> None:
    rng = generator(2, Stream.TRAIN, index)
    scene = sample_scene(rng)
    text = caption(rng, scene, language=language)

    def says(term: object) -> bool:
        return any(word in text for word in getattr(term, language))

    assert says(OBJECTS[scene.thing])
    assert scene.camera == 0 or says(CAMERAS[scene.camera])
    assert scene.motion == 0 or says(MOTIONS[scene.motion])
    assert scene.weather == 0 or says(WEATHERS[scene.weather]) or "夜" in text
    assert scene.time == 0 or says(TIMES[scene.time]) or "夜" in text


@given(st.integers(0, 2**31))
def test_a_chinese_caption_has_no_english_but_3d(index: int) -> None:
    rng = generator(2, Stream.TRAIN, index)
    text = caption(rng, sample_scene(rng), language="zh")
    assert not any(letter.isascii() and letter.isalpha() for letter in text.replace("3D", ""))


def test_words_of_one_table_mean_one_thing() -> None:
    for table in (OBJECTS, PLACES, TIMES, MOTIONS, CAMERAS):
        for language in ("zh", "en"):
            words = [word for term in table for word in getattr(term, language)]
            assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("A Panda in the FOREST at night", "a熊猫in the森林at夜晚"),
        ("a red apple runs left on a blue background", "a苹果向左走on a蓝色背景"),
        ("snowfield, falling snow, snowman", "雪地,下雪,雪人"),
        ("小猫moves left，cartoon car", "小猫向左走,cartoon汽车"),
    ],
)
def test_english_words_of_the_world_are_read_as_the_chinese_ones(said: str, read: str) -> None:
    assert reader().normalize_str(said) == read


def test_every_place_has_its_painter() -> None:
    assert set(DRAW) == {place.id for place in PLACES}


@pytest.mark.parametrize(
    ("motion", "dx", "dy"), [("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1)]
)
def test_the_object_goes_where_the_word_says(motion: str, dx: int, dy: int) -> None:
    scene = Scene(0, 0, 0, 0, named(MOTIONS, motion), 0)
    start, end = pose(scene, 0), pose(scene, 1)
    assert np.sign([round(end.x - start.x, 6), round(end.y - start.y, 6)]).tolist() == [dx, dy]


@pytest.mark.parametrize("motion", [term.id for term in MOTIONS])
@pytest.mark.parametrize("camera", ["still", "pan_left", "pan_right"])
def test_all_begins_in_the_middle_and_moves_by_whole_blocks_of_the_codec(
    motion: str, camera: str
) -> None:
    scene = Scene(0, 0, 0, 0, named(MOTIONS, motion), named(CAMERAS, camera))
    keys = [pose(scene, moment / 4) for moment in range(5)]
    at = np.array([[key.x, key.y, key.pan] for key in keys]) * 96 / SPACE
    assert np.allclose(np.diff(at, axis=0), np.diff(at, axis=0).round(), atol=1e-6)
    assert not at[0].any()


def test_a_pan_stays_on_its_backdrop() -> None:
    for camera in ("pan_left", "pan_right"):
        scene = Scene(0, 0, 0, 0, 0, named(CAMERAS, camera))
        assert max(abs(pose(scene, moment / 4).pan) for moment in range(5)) <= MARGIN + 1e-9


def test_a_pan_moves_the_picture_the_other_way() -> None:
    still = Scene(0, named(PLACES, "red"), 0, 0, 0, named(CAMERAS, "pan_right"))
    cover = render(still, 64).cover
    columns = (cover.sum(axis=1) @ np.arange(64)) / cover.sum(axis=(1, 2))
    assert columns[0] > columns[-1] + 8


def test_a_zoom_enlarges_the_object() -> None:
    cover = render(Scene(0, 0, 0, 0, 0, named(CAMERAS, "zoom_in")), 64).cover
    assert cover[-1].sum() > 1.5 * cover[0].sum()


def test_a_picture_is_the_first_frame_of_the_clip() -> None:
    scene = sample_scene(generator(0, Stream.TRAIN, 4))
    clip = render(scene, 48)
    assert clip.frames.shape == (FRAMES, 48, 48, 3)
    assert np.array_equal(render(scene, 48, indices=PICTURE).frames[0], clip.frames[0])
