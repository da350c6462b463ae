"""Golden exchanges: what a client sends, what we make of it, what it gets back.

A folder is one exchange. `request.json` is written by hand; `core.json` and `reply.json` are
compared, or written anew with MUTOSCOPE_GOLDENS=write and then read by a person. Ids, times, links
and hashes are replaced by their names.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png

from mutoscope.core.state import JobState
from mutoscope.generations.store import REQUEST

GOLDENS = Path(__file__).parent / "goldens" / "kling"
CASES = sorted(path.parent.name for path in GOLDENS.glob("*/request.json"))
DRAWN = {
    "task_id": "TASK",
    "request_id": "REQUEST",
    "created_at": 0,
    "updated_at": 0,
    "create_time": 0,
    "update_time": 0,
    "url": "LINK",
    "watermark_url": "LINK",
    "id": "ID",
    "seed": 0,
    "blob": "BLOB",
    "resource_pack_id": "ORGANIZATION",
    "purchase_time": 0,
    "effective_time": 0,
    "next_cursor": "",
}
PICTURE = re.compile(r"PICTURE (\d+)x(\d+) (\w+)")


def masked(value: Any) -> Any:
    """Replace what differs from run to run, but keep its type."""
    if isinstance(value, list):
        return [masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    for name, drawn in DRAWN.items():
        assert not isinstance(value.get(name, drawn), (list, dict))
        assert isinstance(value.get(name, drawn), type(drawn)), (name, value[name])
    return {name: DRAWN.get(name, masked(item)) for name, item in value.items()}


def filled_in(value: Any, video_id: str) -> Any:
    """Replace "PICTURE 640x360 red" by that picture in base64, "VIDEO" by the earlier one's id."""
    if isinstance(value, dict):
        return {name: filled_in(item, video_id) for name, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, video_id) for item in value]
    if value == "VIDEO":
        return video_id
    if isinstance(value, str) and (asked := PICTURE.fullmatch(value)):
        return base64_png(int(asked[1]), int(asked[2]), asked[3])
    return value


def exchange(kling: KlingHouse, sent: dict[str, Any]) -> tuple[Any, Any]:
    """Send it; run the job if the exchange says so; what we made of it, and the replies."""
    video_id = ""
    for earlier in sent.get("before", []):
        created = kling.ask("POST", earlier["path"], earlier["body"])
        assert created.status_code == 200
        if earlier.get("run"):
            assert kling.work() is JobState.SUCCEEDED
            video_id = kling.find(created.json()["data"]["task_id"]).results[0].id
    reply = kling.ask(sent["method"], sent["path"], filled_in(sent.get("body"), video_id))
    replies = {"status": reply.status_code, "body": masked(reply.json())}
    data = reply.json().get("data")
    if sent["method"] != "POST" or not isinstance(data, dict) or sent["path"] == "/tasks":
        return None, replies
    task_id = data.get("task_id") or data["id"]
    core = json.loads(REQUEST.dump_json(kling.find(task_id).request))
    if sent.get("poll"):
        assert kling.work() is JobState.SUCCEEDED
        polled = kling.ask("GET", sent["poll"].format(id=task_id))
        replies["polled"] = masked(polled.json())
    return masked(core), replies


@pytest.mark.parametrize("case", CASES)
def test_an_exchange_is_as_it_was(request: pytest.FixtureRequest, case: str) -> None:
    sent = json.loads((GOLDENS / case / "request.json").read_text(encoding="utf-8"))
    leaves_nothing = case.startswith("refused-") and "before" not in sent
    kling = request.getfixturevalue("shared_kling" if leaves_nothing else "kling")
    core, reply = exchange(kling, sent)
    for name, value in (("core", core), ("reply", reply)):
        path = GOLDENS / case / f"{name}.json"
        if value is None:
            assert not path.exists()
            continue
        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        if os.environ.get("MUTOSCOPE_GOLDENS") == "write":
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text


def test_there_are_exchanges() -> None:
    assert len(CASES) > 30
