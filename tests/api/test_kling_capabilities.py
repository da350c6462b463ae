"""What each of Kling's names promises, written down from its capability table, not from ours."""

from typing import Any

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png

PICTURE = base64_png(640, 360)
FIVE, LONG = ("5", "10"), ("3", "5", "8", "15")
HD, FULL = (1280, 720), (1920, 1080)
# name: text2video, image2video, lengths, pixels of std and of pro at 16:9.
VIDEOS: dict[str, tuple[bool, bool, tuple[str, ...], tuple[int, int], tuple[int, int]]] = {
    "kling-v1": (True, True, FIVE, HD, HD),
    "kling-v1-5": (False, True, FIVE, HD, FULL),
    "kling-v1-6": (True, True, FIVE, HD, FULL),
    "kling-v2-master": (True, True, FIVE, HD, HD),
    "kling-v2-1": (False, True, FIVE, HD, FULL),
    "kling-v2-1-master": (True, True, FIVE, FULL, FULL),
    "kling-v2-5-turbo": (True, True, FIVE, HD, FULL),
    "kling-v2-6": (True, True, FIVE, HD, FULL),
    "kling-v3": (True, True, LONG, HD, FULL),
}
# Frames a second of text2video and of image2video, where they are not 24.
SMOOTH = {"kling-v1": (30, 30), "kling-v1-5": (24, 30), "kling-v1-6": (24, 30)}
# name: whether it makes 2k, and whether it makes 21:9.
PICTURES = {
    "kling-v1": (False, False),
    "kling-v1-5": (False, True),
    "kling-v2": (True, True),
    "kling-v2-1": (True, True),
    "kling-v3": (True, True),
}
TEXT, IMAGE, STILLS = "/v1/videos/text2video", "/v1/videos/image2video", "/v1/images/generations"


def made(kling: KlingHouse, path: str, body: dict[str, Any]) -> Any:
    """The request that came of it; None when it was refused by Kling's code for wrong fields."""
    reply = kling.ask("POST", path, body).json()
    if reply["code"] == 1201:
        return None
    assert reply["code"] == 0, reply
    return kling.find(reply["data"]["task_id"]).request


@pytest.mark.parametrize("name", VIDEOS)
def test_a_name_does_what_the_table_says(kling: KlingHouse, name: str) -> None:
    text, image, *_ = VIDEOS[name]
    assert (made(kling, TEXT, {"model_name": name, "prompt": "a cat"}) is not None) == text
    assert (made(kling, IMAGE, {"model_name": name, "image": PICTURE}) is not None) == image


@pytest.mark.parametrize("name", VIDEOS)
def test_lengths_are_those_of_the_table(kling: KlingHouse, name: str) -> None:
    *_, lengths, _, _ = VIDEOS[name]
    for seconds in ("2", "3", "5", "8", "10", "15", "16", "5.5"):
        request = made(kling, IMAGE, {"model_name": name, "image": PICTURE, "duration": seconds})
        if seconds in lengths or (lengths is LONG and seconds == "10"):
            assert request.shape.seconds == float(seconds)
        else:
            assert request is None, seconds


@pytest.mark.parametrize("name", VIDEOS)
def test_modes_have_the_sizes_of_the_table(kling: KlingHouse, name: str) -> None:
    *_, standard, professional = VIDEOS[name]
    for mode, size in ((None, standard), ("std", standard), ("pro", professional)):
        body = {"model_name": name, "image": PICTURE} | ({"mode": mode} if mode else {})
        shape = made(kling, IMAGE, body).shape
        assert (shape.width, shape.height) == size
    assert made(kling, IMAGE, {"model_name": name, "image": PICTURE, "mode": "4k"}) is None


@pytest.mark.parametrize("name", VIDEOS)
def test_frames_a_second_are_those_of_the_table(kling: KlingHouse, name: str) -> None:
    of_words, of_pictures = SMOOTH.get(name, (24, 24))
    shape = made(kling, IMAGE, {"model_name": name, "image": PICTURE}).shape
    assert (shape.fps, shape.frames) == (of_pictures, 5 * of_pictures)
    if VIDEOS[name][0]:
        shape = made(kling, TEXT, {"model_name": name, "prompt": "a cat"}).shape
        assert (shape.fps, shape.frames) == (of_words, 5 * of_words)


@pytest.mark.parametrize("name", [name for name in VIDEOS if VIDEOS[name][0]])
def test_videos_of_words_have_three_ratios(kling: KlingHouse, name: str) -> None:
    for ratio in ("16:9", "9:16", "1:1"):
        body = {"model_name": name, "prompt": "a cat", "aspect_ratio": ratio}
        shape = made(kling, TEXT, body).shape
        across, down = (int(side) for side in ratio.split(":"))
        assert shape.width * down == shape.height * across
    for ratio in ("4:3", "21:9"):
        body = {"model_name": name, "prompt": "a cat", "aspect_ratio": ratio}
        assert made(kling, TEXT, body) is None


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_have_the_sizes_and_ratios_of_the_table(kling: KlingHouse, name: str) -> None:
    makes_2k, makes_wide = PICTURES[name]
    body = {"model_name": name, "prompt": "a cat"}
    assert made(kling, STILLS, body | {"resolution": "1k"}).shape.height == 720
    assert (made(kling, STILLS, body | {"resolution": "2k"}) is not None) == makes_2k
    assert (made(kling, STILLS, body | {"aspect_ratio": "21:9"}) is not None) == makes_wide
    for ratio in ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"):
        assert made(kling, STILLS, body | {"aspect_ratio": ratio}) is not None
