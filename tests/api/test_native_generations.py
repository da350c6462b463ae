import base64
import json
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.support.web import Service

BASE = "/api/v1/generations"
SMALL = {"prompt": "红色的气球飘过大海, sunset", "seconds": 1, "size": "480p", "seed": 7}


def create(service: Service, body: dict[str, Any] = SMALL, *, key: str | None = None) -> Any:
    headers = service.headers | ({} if key is None else {"Idempotency-Key": key})
    return service.client.post(BASE, json=body, headers=headers)


def balance(service: Service) -> dict[str, str]:
    reply: dict[str, str] = service.client.get("/api/v1/credits", headers=service.headers).json()
    return reply


def test_a_sentence_becomes_a_video_that_was_paid_for(service: Service) -> None:
    created = create(service)
    assert created.status_code == 202, created.text
    generation = created.json()
    assert generation["state"] == "queued"
    assert generation["credits"] == {"quote": "1", "cost": None}
    assert created.headers["location"] == f"{BASE}/{generation['id']}"
    assert balance(service) == {"available": "9999", "held": "1", "posted": "10000"}

    assert service.work() == 1
    done = service.client.get(f"{BASE}/{generation['id']}", headers=service.headers).json()
    assert done["state"] == "succeeded", done
    assert done["credits"] == {"quote": "1", "cost": "1"}
    assert done["progress"]["share"] == 1
    assert balance(service) == {"available": "9999", "held": "0", "posted": "9999"}
    [video] = done["results"]
    assert (video["width"], video["height"], video["frames"], video["fps"]) == (854, 480, 24, 24)

    whole = service.client.get(video["url"], headers=service.headers)
    assert whole.status_code == 200
    assert len(whole.content) == video["size_bytes"]
    assert whole.content[4:8] == b"ftyp"
    assert b"AIGC" in whole.content
    assert service.client.get(video["link"]).content == whole.content
    small = service.client.get(video["thumbnail_url"], headers=service.headers)
    assert small.headers["content-type"] == "image/webp"


def test_a_player_gets_the_range_it_asks_for(service: Service) -> None:
    create(service)
    service.work()
    [video] = service.client.get(BASE, headers=service.headers).json()["items"][0]["results"]
    whole = service.client.get(video["link"]).content
    for asked, status, expected in (
        ("bytes=0-99", 206, whole[:100]),
        ("bytes=100-", 206, whole[100:]),
        ("bytes=-50", 206, whole[-50:]),
        ("bytes=0-999999999", 206, whole),
        ("bytes=999999999-", 416, b""),
        ("bytes=0-1,5-6", 200, whole),
        ("lines=0-1", 200, whole),
        ("bytes=-", 200, whole),
        ("bytes=5-1", 416, b""),
    ):
        answer = service.client.get(video["link"], headers={"Range": asked})
        assert (answer.status_code, answer.content) == (status, expected), asked
    etag = service.client.get(video["link"]).headers["etag"]
    assert service.client.get(video["link"], headers={"If-None-Match": etag}).status_code == 304


def test_pictures_come_as_many_as_asked_for_each_with_a_seed_of_its_own(service: Service) -> None:
    body = SMALL | {"task": "text_to_image", "count": 2}
    generation = create(service, body).json()
    service.work()
    done = service.client.get(f"{BASE}/{generation['id']}", headers=service.headers).json()
    assert [r["kind"] for r in done["results"]] == ["image", "image"]
    assert done["results"][0]["sha256"] != done["results"][1]["sha256"]
    assert done["credits"]["cost"] == "1"


def test_the_event_stream_ends_with_the_generation(service: Service) -> None:
    generation = create(service).json()
    service.work()
    with service.client.stream(
        "GET", f"{BASE}/{generation['id']}/events", headers=service.headers
    ) as stream:
        lines = list(stream.iter_lines())
    assert "event: end" in lines
    [data] = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert json.loads(data)["state"] == "succeeded"


def test_the_event_stream_ends_when_its_key_is_revoked(service: Service) -> None:
    generation = create(service).json()
    address = f"{BASE}/{generation['id']}/events"
    with ThreadPoolExecutor(1) as pool:
        stream = pool.submit(service.client.get, address, headers=service.headers)
        time.sleep(0.5)
        assert not stream.done()
        with service.rooms.database.transaction() as tx:
            key = service.rooms.keys.by_api_key(tx, service.credentials.api_key)
            service.rooms.keys.revoke(tx, key.organization_id, key.id)
        told = stream.result(timeout=20).text
    assert "event: progress" in told
    assert "event: end" not in told


def test_a_queued_generation_can_be_canceled_and_deleted(service: Service) -> None:
    address = f"{BASE}/{create(service).json()['id']}"
    refused = service.client.delete(address, headers=service.headers)
    assert (refused.status_code, refused.json()["fix"]) == (409, "cancel it first")
    canceled = service.client.post(f"{address}/cancel", headers=service.headers)
    assert canceled.json()["state"] == "canceled"
    assert balance(service)["available"] == "10000"
    assert service.client.delete(address, headers=service.headers).status_code == 204
    assert service.client.get(address, headers=service.headers).status_code == 404


def test_the_list_is_newest_first_and_pages_by_cursor(service: Service) -> None:
    made = [create(service).json()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = service.client.get(BASE, params=query, headers=service.headers).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)
    none = service.client.get(BASE, params={"state": "failed"}, headers=service.headers).json()
    assert none == {"items": [], "cursor": None}


def test_an_idempotency_key_asks_once(service: Service) -> None:
    first = create(service, key="k")
    again = create(service, key="k")
    other = create(service, SMALL | {"seed": 8}, key="k")
    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 409
    assert other.json()["field"] == "Idempotency-Key"
    assert balance(service)["held"] == "1"


def png(width: int, height: int) -> bytes:
    """A PNG that says it has these sides, with hardly any data behind the claim."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * min((width * 3 + 1) * height, 10_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"prompt": ""}, 400, "prompt"),
        ({"prompt": "x" * 2501}, 400, "prompt"),
        ({"prompt": 5}, 400, "prompt"),
        ({"prompt": None}, 400, "prompt"),
        ({"model": "sora-2"}, 404, "model"),
        ({"model": 7}, 400, "model"),
        ({"size": "8k"}, 400, "size"),
        ({"ratio": "5:4"}, 400, "ratio"),
        ({"seconds": "5"}, 400, "seconds"),
        ({"seconds": -1}, 400, "seconds"),
        ({"seconds": 1e300}, 400, "seconds"),
        ({"seconds": 16}, 400, "seconds"),
        ({"seconds": True}, 400, "seconds"),
        ({"fps": 23}, 400, "fps"),
        ({"seed": 2**40}, 400, "seed"),
        ({"seed": 1.5}, 400, "seed"),
        ({"count": 0}, 400, "count"),
        ({"count": -1}, 400, "count"),
        ({"count": 10**30}, 400, "count"),
        ({"task": "paint"}, 400, "task"),
        ({"params": {"nonsense": 1}}, 400, "params.nonsense"),
        ({"params": []}, 400, "params"),
        ({"surprise": 1}, 400, "surprise"),
        ({"task": "image_to_video"}, 400, "image"),
        ({"image": "!!!"}, 400, "image"),
        ({"image": ""}, 400, "image"),
        ({"image": b64(b"not a picture at all")}, 400, "image"),
        ({"image": b64(b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, 400, "image"),
        ({"image": b64(png(30_000, 30_000))}, 400, "image"),
        ({"image": b64(png(400, 300)[:200])}, 400, "image"),
        ({"image": b64(png(100, 100))}, 400, "image"),
        ({"last_image": b64(png(2000, 400))}, 400, "last_image"),
    ],
)
def test_bad_input_names_its_field_and_costs_nothing(
    service: Service, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = create(service, SMALL | changes)
    problem = answer.json()
    assert (answer.status_code, problem["field"]) == (status, field), problem
    assert problem["detail"]
    assert problem.get("fix"), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert balance(service) == {"available": "10000", "held": "0", "posted": "10000"}
    listed = service.client.get(BASE, headers=service.headers).json()
    assert listed["items"] == []
    assert not list((service.settings.data / "blobs").rglob("*.*"))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"seconds": NaN}', b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_refused(service: Service, body: bytes) -> None:
    answer = service.client.post(
        BASE, content=body, headers=service.headers | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] in {"body", "seconds"}


def test_a_body_is_taken_for_json_whatever_its_content_type_says(service: Service) -> None:
    for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded"}):
        answer = service.client.post(
            BASE, content=b'{"prompt": "a cat"}', headers=service.headers | headers
        )
        assert answer.status_code == 202


def test_a_body_that_is_too_large_is_not_read(service: Service) -> None:
    huge = b" " * (service.settings.body_bytes_max + 1)
    answer = service.client.post(BASE, content=huge, headers=service.headers)
    assert (answer.status_code, answer.json()["field"]) == (413, "body")


def test_an_empty_wallet_is_told_so(service: Service) -> None:
    service.spend_everything()
    answer = create(service)
    assert answer.status_code == 402
    assert "0 are available" in answer.json()["detail"]


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer mk_wrong", "mk_wrong"]
)
def test_a_wrong_key_is_nobody(service: Service, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = service.client.post(BASE, json=SMALL, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_nothing_of_mine_is_there_for_a_stranger(service: Service) -> None:
    generation = create(service).json()
    service.work()
    done = service.client.get(f"{BASE}/{generation['id']}", headers=service.headers).json()
    asset = done["results"][0]["id"]
    stranger = service.stranger()
    mine = f"{BASE}/{generation['id']}"
    for method, address in (
        ("GET", mine),
        ("POST", f"{mine}/cancel"),
        ("DELETE", mine),
        ("GET", f"{mine}/events"),
        ("GET", f"{mine}/preview"),
        ("GET", f"/api/v1/assets/{asset}"),
        ("GET", f"/api/v1/assets/{asset}/thumbnail"),
        ("GET", f"/api/v1/assets/{asset}/strip.vtt"),
    ):
        answer = service.client.request(method, address, headers=stranger.headers)
        assert answer.status_code == 404, (method, address)
    listed = service.client.get(BASE, headers=stranger.headers).json()
    assert listed["items"] == []
    lines = service.client.get("/api/v1/credits/transfers", headers=stranger.headers).json()
    assert [line["code"] for line in lines["items"]] == ["gift"]


@pytest.mark.parametrize("token", ["x", "a.b.c", "../../etc/passwd", "%00"])
def test_a_guessed_link_leads_nowhere(service: Service, token: str) -> None:
    assert service.client.get(f"/files/{token}/video.mp4").status_code == 404


def test_the_models_say_what_they_accept_and_cost(service: Service) -> None:
    storyboard, mini = service.client.get("/api/v1/models", headers=service.headers).json()["items"]
    assert storyboard["is_default"]
    assert not mini["is_default"]
    assert "cat" in str(mini["vocabulary"]["objects"])
    assert storyboard["price"]["per_second"]["720p"] == "2"
    one = service.client.get("/api/v1/models/storyboard", headers=service.headers).json()
    assert one == storyboard


def test_health_and_readiness_need_no_key(service: Service) -> None:
    assert service.client.get("/api/v1/health").json()["status"] == "ok"
    assert service.client.get("/api/v1/ready").json()["status"] == "ok"
