"""What the administrator refuses is refused in each vendor's shape, before it costs a thing."""

from typing import Any

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png
from tests.support.program import run
from tests.support.studio import visitor, words_of

PICTURE = base64_png(320, 320)
SHOTS = [
    {"index": 1, "prompt": "a cat", "duration": "2"},
    {"index": 2, "prompt": "a BOMB", "duration": "3"},
]
TALE = "shot 1, 2, a cat; shot 2, 3, a bomb;"
LEGACY: dict[str, tuple[str, dict[str, Any], str]] = {
    "text2video": ("/v1/videos/text2video", {"prompt": "a bomb"}, "prompt"),
    "shots": (
        "/v1/videos/text2video",
        {"multi_shot": True, "shot_type": "customize", "multi_prompt": SHOTS},
        "multi_prompt.1.prompt",
    ),
    "image2video": ("/v1/videos/image2video", {"image": PICTURE, "prompt": "炸 弹"}, "prompt"),
    "omni": ("/v1/videos/omni-video", {"prompt": "a bomb", "aspect_ratio": "16:9"}, "prompt"),
    "images": ("/v1/images/generations", {"prompt": "bomb"}, "prompt"),
    "expand": (
        "/v1/images/editing/expand",
        {"image": PICTURE, "left_expansion_ratio": 1, "prompt": "bomb"},
        "prompt",
    ),
    "sounds": ("/v1/audio/text-to-audio", {"prompt": "rain, bomb", "duration": 3}, "prompt"),
    "speech": (
        "/v1/audio/tts",
        {"text": "the bomb", "voice_id": "oversea_male1", "voice_language": "en"},
        "text",
    ),
    "new": ("/text-to-video/kling-3.0", {"prompt": "a bomb"}, "prompt"),
    "new shots": ("/text-to-video/kling-3.0", {"prompt": TALE}, "prompt"),
    "new image": (
        "/image-to-video/kling-3.0",
        {
            "contents": [
                {"type": "prompt", "text": "a bomb"},
                {"type": "first_frame", "url": PICTURE},
            ]
        },
        "contents",
    ),
    "new omni": (
        "/omni-video/kling-3.0-omni",
        {"contents": [{"type": "prompt", "text": TALE}], "settings": {"aspect_ratio": "16:9"}},
        "contents",
    ),
}


@pytest.fixture
def strict(kling: KlingHouse) -> KlingHouse:
    with kling.service.rooms.database.transaction() as tx:
        kling.service.rooms.words.add(tx, ["bomb", "炸弹"])
    return kling


@pytest.mark.parametrize("case", LEGACY)
def test_kling_answers_1301_and_names_the_field(strict: KlingHouse, case: str) -> None:
    path, body, field = LEGACY[case]
    status, code, message = strict.refusal(path, body)
    assert (status, code) == (400, 1301)
    assert message.startswith(f"{field} holds ")
    assert strict.ask("GET", "/v1/videos/text2video").json()["data"] == []


def test_what_should_not_be_seen_may_be_named(strict: KlingHouse) -> None:
    body = {"prompt": "a cat", "negative_prompt": "bomb", "external_task_id": "mine"}
    assert strict.ask("POST", "/v1/videos/text2video", body).status_code == 200


def test_a_refused_request_does_not_use_up_its_name(strict: KlingHouse) -> None:
    path, body = "/v1/videos/text2video", {"prompt": "a bomb", "external_task_id": "mine"}
    assert strict.refusal(path, body)[1] == 1301
    assert strict.ask("POST", path, body | {"prompt": "a cat"}).status_code == 200


def test_our_own_api_answers_a_problem(strict: KlingHouse) -> None:
    reply = strict.ask("POST", "/api/v1/generations", {"prompt": "a bomb"})
    assert reply.status_code == 400
    problem = reply.json()
    assert (problem["code"], problem["field"]) == ("content_refused", "prompt")
    assert strict.held() == 0


def test_the_studio_says_it_in_words(strict: KlingHouse) -> None:
    member = visitor(strict.service).come_in()
    page = member.ask("a bomb")
    assert page.status_code == 422
    assert "These words are not made here." in words_of(page)
    assert strict.held() == 0


def test_the_list_is_edited_by_command_and_counts_at_once(kling: KlingHouse, tmp_path: Any) -> None:
    data = kling.service.settings.data
    file = tmp_path / "words.txt"
    file.write_text("炸弹\n\n bomb \n", encoding="utf-8")
    path, body = "/v1/videos/text2video", {"prompt": "a bomb"}
    added = run("words", "add", "Gun", "--file", str(file), data=data)
    assert added.out == "3 added; 3 words are refused\n", added.err
    assert kling.refusal(path, body)[1] == 1301
    listed = run("words", "list", "--json", data=data).document
    assert [each["word"] for each in listed] == ["bomb", "Gun", "炸弹"]
    assert run("words", "remove", "BOMB", data=data).code == 0
    assert kling.ask("POST", path, body).status_code == 200
    gone = run("words", "remove", "bomb", data=data)
    assert (gone.code, "not on the list" in gone.err) == (1, True)
    trail = run("trail", "export", data=data)
    assert "policy.words.added" in trail.out
    assert "policy.words.removed" in trail.out
