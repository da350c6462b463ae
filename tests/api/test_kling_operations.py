"""Every operation of Kling's API is served, or refused in Kling's own shape."""

import pytest
from tests.support.kling_house import KlingHouse

from mutoscope.api.dialects.kling.operations import CHAPTERS
from mutoscope.api.dialects.kling.page import support_page
from mutoscope.api.dialects.support import Level

# Written down from Kling's documentation, not from our table.
TASKS = [
    "/v1/videos/text2video",
    "/v1/videos/image2video",
    "/v1/videos/multi-image2video",
    "/v1/videos/omni-video",
    "/v1/videos/motion-control",
    "/v1/videos/video-extend",
    "/v1/videos/lip-sync",
    "/v1/videos/advanced-lip-sync",
    "/v1/videos/avatar/image2video",
    "/v1/videos/effects",
    "/v1/videos/multi-elements",
    "/v1/audio/text-to-audio",
    "/v1/audio/video-to-audio",
    "/v1/images/generations",
    "/v1/images/omni-image",
    "/v1/images/multi-image2image",
    "/v1/images/editing/expand",
    "/v1/images/kolors-virtual-try-on",
    "/v1/general/ai-multi-shot",
    "/v1/general/advanced-custom-elements",
    "/v1/general/custom-elements",
    "/v1/general/custom-voices",
]
SINGLE = """
POST /v1/videos/identify-face
POST /v1/videos/multi-elements/init-selection
POST /v1/videos/multi-elements/add-selection
POST /v1/videos/multi-elements/delete-selection
POST /v1/videos/multi-elements/clear-selection
POST /v1/videos/multi-elements/preview-selection
POST /v1/videos/image-recognize
POST /v1/audio/tts
GET /v1/general/advanced-presets-elements
POST /v1/general/delete-advanced-elements
POST /v1/general/delete-elements
GET /v1/general/presets-elements
GET /v1/general/presets-voices
POST /v1/general/delete-voices
GET /account/costs
POST /account/billing/balance
POST /account/billing/package
POST /text-to-video/{model}
POST /image-to-video/{model}
POST /omni-video/{model}
POST /motion-control/{model}
GET /tasks
POST /tasks
""".strip().splitlines()
DOCUMENTED = {
    *(f"POST {path}" for path in TASKS),
    *(f"GET {path}" for path in TASKS),
    *(f"GET {path}/{{task_id}}" for path in TASKS),
    *SINGLE,
}
OPERATIONS = {f"{o.method} {o.path}": o for chapter in CHAPTERS for o in chapter.operations}
REFUSED = sorted(name for name in OPERATIONS if OPERATIONS[name].support.level is Level.NOT_OFFERED)
SERVED = sorted(set(OPERATIONS) - set(REFUSED))


def call(kling: KlingHouse, name: str, base: str = "") -> tuple[int, int, str]:
    method, _, path = name.partition(" ")
    path = path.replace("{task_id}", "7").replace("{model}", "kling-3.0")
    reply = kling.ask(method, base + path, {} if method == "POST" else None)
    content = reply.json()
    return reply.status_code, content["code"], content["message"]


def test_the_table_holds_every_documented_operation() -> None:
    assert set(OPERATIONS) == DOCUMENTED


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_offered_says_so(shared_kling: KlingHouse, name: str) -> None:
    status, code, message = call(shared_kling, name)
    assert (status, code) == (404, 1203)
    assert OPERATIONS[name].path in message
    assert message.endswith(OPERATIONS[name].support.how)


@pytest.mark.parametrize("base", ["", "/kling"])
@pytest.mark.parametrize("name", SERVED)
def test_what_is_served_answers(shared_kling: KlingHouse, name: str, base: str) -> None:
    status, code, message = call(shared_kling, name, base)
    assert (status, code) in {(200, 0), (400, 1201)}, message


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_asks_who_is_there(shared_kling: KlingHouse, name: str) -> None:
    method, _, path = name.partition(" ")
    reply = shared_kling.ask(method, path, {} if method == "POST" else None, headers={})
    assert (reply.status_code, reply.json()["code"]) == (401, 1001)


def test_another_method_is_1202(shared_kling: KlingHouse) -> None:
    reply = shared_kling.ask("DELETE", "/v1/videos/text2video")
    assert (reply.status_code, reply.json()["code"]) == (404, 1202)


@pytest.mark.parametrize("path", ["/v1/nothing", "/kling/v1/nothing", "/kling", "/kling/"])
def test_an_unknown_path_is_1203(shared_kling: KlingHouse, path: str) -> None:
    reply = shared_kling.ask("GET", path)
    assert (reply.status_code, reply.json()["code"]) == (404, 1203)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/videos//text2video/",
        "/kling//v1/videos/text2video//",
        "//v1/videos/text2video",
        "//kling/v1/videos/text2video",
    ],
)
def test_untidy_paths_are_read_as_they_are_meant(shared_kling: KlingHouse, path: str) -> None:
    base = str(shared_kling.service.client.base_url).rstrip("/")  # joined by hand, as clients do
    assert shared_kling.ask("GET", base + path).status_code == 200


def test_the_support_page_is_written_from_the_table(pytestconfig: pytest.Config) -> None:
    written = (pytestconfig.rootpath / "docs" / "kling-support.md").read_text(encoding="utf-8")
    assert written == support_page(), "run: python -m mutoscope.api.dialects.kling.page"
