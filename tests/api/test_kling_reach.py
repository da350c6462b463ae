"""Where Kling's clients let us reach out, and how much they may ask: callbacks, URLs, limits."""

import base64
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.elsewhere import Elsewhere, Handle, elsewhere, reply
from tests.support.kling_house import KlingHouse
from tests.support.pictures import png
from tests.support.web import open_service

from mutoscope.billing import Plan, PlanKind, SubscriptionStatus
from mutoscope.core.credits import Millicredits
from mutoscope.worker import Workbench

TEXT = "/v1/videos/text2video"
IMAGE = "/v1/videos/image2video"
PICTURE = png(640, 360)


@contextmanager
def outside(folder: Path, *handles: Handle) -> Iterator[tuple[KlingHouse, Elsewhere]]:
    """A house that may reach one machine elsewhere."""
    with elsewhere(*handles) as place:
        hosts = f"127.0.0.1:{place.port}+private"
        with open_service(folder / "data", allowed_hosts=hosts) as service:
            yield KlingHouse(service), place


def told(kling: KlingHouse, place: Elsewhere) -> list[Any]:
    """Deliver what is due; the bodies that arrived, in order."""
    messenger = Workbench(kling.service.settings, kling.service.rooms).messenger()
    while messenger.deliver_one():
        pass
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in place.requests]


def test_a_legacy_task_is_told_without_the_envelope(tmp_path: Path) -> None:
    with outside(tmp_path, reply()) as (kling, place):
        client = kling.client()
        wish = {
            "prompt": "a cat",
            "external_task_id": "cat-1",
            "callback_url": place.url("/hook", host="127.0.0.1"),
        }
        task = client.call("POST", TEXT, wish)
        kling.work()
        bodies = told(kling, place)
        done = client.call("GET", f"{TEXT}/{task['task_id']}")
        assert [body["task_status"] for body in bodies][-1] == "succeed"
        assert {body["task_id"] for body in bodies} == {task["task_id"]}
        last = bodies[-1]
        assert last["task_info"] == {"external_task_id": "cat-1"}
        assert last["final_unit_deduction"] == "1"
        assert last == {name: done[name] for name in done if name != "watermark_info"}
        [video] = last["task_result"]["videos"]
        assert client.sha256(video["url"]) == kling.find(task["task_id"]).results[0].blob


def test_a_task_of_the_new_standard_is_told_in_its_words(tmp_path: Path) -> None:
    with outside(tmp_path, reply()) as (kling, place):
        options = {"callback_url": place.url("/hook", host="127.0.0.1")}
        created = kling.ask(
            "POST", "/text-to-video/kling-2.6", {"prompt": "a cat", "options": options}
        )
        kling.work()
        last = told(kling, place)[-1]
        polled = kling.ask("GET", f"/tasks?task_ids={created.json()['data']['id']}")
        assert last["status"] == "succeeded"
        assert [last] == polled.json()["data"]


def test_a_callback_is_signed_as_kling_signs_it(tmp_path: Path) -> None:
    with outside(tmp_path, reply()) as (kling, place):
        rooms = kling.service.rooms
        with rooms.database.transaction() as tx:
            organization = kling.service.owner().organization_id
            secret = rooms.callback_secrets.draw(tx, organization, at_once=True)
        url = place.url("/hook", host="127.0.0.1")
        kling.client().call("POST", TEXT, {"prompt": "a cat", "callback_url": url})
        told(kling, place)
        head, _, body = place.requests[0].partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        assert abs(int(headers[b"webhook-timestamp"]) - time.time()) < 300
        signed = b".".join((headers[b"webhook-id"], headers[b"webhook-timestamp"], body))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        exact = re.search(rb"webhook-signature: (.*)", head, re.IGNORECASE)
        assert exact is not None
        assert exact[1].decode().strip() == f"v1,{signature}"


def test_a_picture_may_come_from_a_listed_host(tmp_path: Path) -> None:
    with outside(tmp_path, reply(PICTURE)) as (kling, place):
        url = place.url("/cat.png", host="127.0.0.1")
        task = kling.client().call("POST", IMAGE, {"image": url})
        [reference] = kling.find(task["task_id"]).request.references
        assert (reference.width, reference.height) == (640, 360)


@pytest.mark.parametrize(
    ("handle", "says"),
    [
        (reply(b"<html>", media_type="text/html"), "image"),
        (reply(b"not a picture"), "image: this is no picture"),
        (reply(status="404 Not Found"), "image"),
    ],
)
def test_what_is_no_picture_names_its_field(tmp_path: Path, handle: Handle, says: str) -> None:
    with outside(tmp_path, handle) as (kling, place):
        url = place.url("/cat.png", host="127.0.0.1")
        status, code, message = kling.refusal(IMAGE, {"image": url})
        assert (status, code) == (400, 1201)
        assert message.startswith(says)


def test_nothing_is_fetched_for_a_request_that_is_wrong_anyway(tmp_path: Path) -> None:
    with outside(tmp_path, reply(PICTURE)) as (kling, place):
        url = place.url("/cat.png", host="127.0.0.1")
        assert kling.refusal(IMAGE, {"image": url, "duration": "7"})[:2] == (400, 1201)
        assert place.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1/x.png",
        "http://[::ffff:127.0.0.1]/x.png",
        "http://0x7f000001/x.png",
        "http://2130706433/x.png",
        "http://0177.0.0.1/x.png",
        "http://017700000001/x.png",
        "http://127.1/x.png",
        "http://[64:ff9b::7f00:1]/x.png",
        "http://[fe80::1]/x.png",
        "http://[fd00::1]/x.png",
        "http://0.0.0.0/x.png",
        "http://100.64.0.1/x.png",
        "https://10.0.0.1/x.png",
        "http://user:word@example.com/x.png",
    ],
)
@pytest.mark.parametrize("field", ["image", "callback_url"])
def test_no_url_leads_inside_though_every_public_host_is_listed(
    tmp_path: Path, field: str, url: str
) -> None:
    with open_service(tmp_path / "data", allowed_hosts="*") as service:
        path, body = (IMAGE, {}) if field == "image" else (TEXT, {"prompt": "a cat"})
        status, code, message = KlingHouse(service).refusal(path, body | {field: url})
        assert (status, code) == (400, 1201)
        assert message.startswith(field)


def test_more_at_once_than_may_be_is_1303(tmp_path: Path) -> None:
    with open_service(tmp_path / "data", jobs_at_once_max=1) as service:
        kling = KlingHouse(service)
        kling.client().call("POST", TEXT, {"prompt": "a cat"})
        assert kling.refusal(TEXT, {"prompt": "a cat"})[:2] == (429, 1303)
        kling.work()
        kling.client().call("POST", TEXT, {"prompt": "a cat"})


def test_more_requests_than_may_be_are_1302(tmp_path: Path) -> None:
    with open_service(tmp_path / "data", requests_per_minute=3) as service:
        kling = KlingHouse(service)
        answers = [kling.ask("GET", TEXT) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[-1].json()["code"] == 1302
        assert kling.ask("GET", TEXT, headers=service.stranger().headers).status_code == 200


def subscribed(kling: KlingHouse, **limits: Any) -> None:
    """Put the first organization on a plan."""
    rooms, owner = kling.service.rooms, kling.service.owner()
    plan = Plan(
        id="small",
        kind=PlanKind.SUBSCRIPTION,
        title_zh="小",
        title_en="Small",
        price_minor=1000,
        currency="usd",
        credits=Millicredits(500_000),
        **limits,
    )
    with rooms.database.transaction() as tx:
        rooms.billing.plans.put(tx, plan)
        rooms.billing.subscriptions.begin(tx, owner.organization_id, "small", cause="test")


def test_what_the_plan_leaves_out_is_1103_and_names_klings_field(kling: KlingHouse) -> None:
    subscribed(kling, sizes=("720p",))
    wish = {"model_name": "kling-v3", "prompt": "a cat", "mode": "pro"}
    status, code, message = kling.refusal(TEXT, wish)
    assert (status, code) == (403, 1103)
    assert message.startswith("mode: the plan small does not include the size 1080p")
    assert kling.ask("POST", TEXT, {"prompt": "a cat"}).status_code == 200


@pytest.mark.parametrize("sizes", [("720p",), ("720p", "sound")])
def test_a_plan_that_lists_sizes_has_sounds_when_it_says_so(
    kling: KlingHouse, sizes: tuple[str, ...]
) -> None:
    subscribed(kling, sizes=sizes)
    wish = {"prompt": "rain", "duration": 3}
    if "sound" in sizes:
        assert kling.ask("POST", "/v1/audio/text-to-audio", wish).status_code == 200
        return
    status, code, message = kling.refusal("/v1/audio/text-to-audio", wish)
    assert (status, code) == (403, 1103)
    assert message == (
        "the plan small does not include sounds and speech; "
        "have the administrator add the size sound to it, or change the plan"
    )


def test_a_plan_that_was_not_paid_is_1101(kling: KlingHouse) -> None:
    subscribed(kling)
    rooms, owner = kling.service.rooms, kling.service.owner()
    with rooms.database.transaction() as tx:
        rooms.billing.subscriptions.set_status(
            tx, owner.organization_id, SubscriptionStatus.PAST_DUE
        )
    assert kling.refusal(TEXT, {"prompt": "a cat"})[:2] == (429, 1101)
    assert kling.ask("GET", TEXT).status_code == 200
