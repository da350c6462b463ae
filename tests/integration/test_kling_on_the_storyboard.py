"""What Kling's clients ask for, drawn by the storyboard in a real worker."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png
from tests.support.web import Service

from mutoscope.generations import Asset, AssetKind
from mutoscope.media import Footage, verify_label

RED, BLUE, WHITE = (base64_png(480, 320, colour) for colour in ("red", "blue", "white"))
EXTEND = "/v1/videos/video-extend"
# Called by its own name, the storyboard makes small, short films.
SMALL: dict[str, Any] = {"model_name": "storyboard", "mode": "480p", "duration": "1"}
VIDEOS: dict[str, tuple[str, dict[str, Any]]] = {
    "words": ("text2video", {"prompt": "a red car in the desert"}),
    "camera": (
        "text2video",
        {"prompt": "a castle", "camera_control": {"type": "simple", "config": {"pan": 5}}},
    ),
    "sound": ("text2video", {"prompt": "rain over the sea", "sound": "on"}),
    "shots": (
        "text2video",
        {
            "duration": "2",
            "multi_shot": True,
            "shot_type": "customize",
            "multi_prompt": [
                {"index": 1, "prompt": "a cat", "duration": "1"},
                {"index": 2, "prompt": "a dog", "duration": "1"},
            ],
        },
    ),
    "first frame": ("image2video", {"image": RED}),
    "first and last": ("image2video", {"image": RED, "image_tail": BLUE}),
    "last frame": ("image2video", {"image_tail": BLUE}),
    "motion brush": (
        "image2video",
        {
            "image": RED,
            "static_mask": WHITE,
            "dynamic_masks": [{"mask": WHITE, "trajectories": [[100, 100], [200, 150]]}],
        },
    ),
    "subjects": (
        "multi-image2video",
        {"prompt": "at the sea", "image_list": [{"image": RED}, {"image": BLUE}]},
    ),
}


MARKED = {"watermark_info": {"enabled": True}}


def drawn(kling: KlingHouse, path: str, body: dict[str, Any]) -> tuple[Asset, ...]:
    """What the storyboard makes of it; AssertionError with its words when it can't."""
    client = kling.client()
    task = client.call("POST", path, body)
    assert kling.service.work() == 1
    done = client.call("GET", f"{path}/{task['task_id']}")
    assert done["task_status"] == "succeed", done["task_status_msg"]
    results = kling.find(task["task_id"]).results
    made = [each for kind in done["task_result"].values() for each in kind]
    assert done["watermark_info"] == body.get("watermark_info", {"enabled": False})
    assert all(("watermark_url" in each) == done["watermark_info"]["enabled"] for each in made)
    links = [each["url"] for each in made]
    assert [client.sha256(link) for link in links] == [result.blob for result in results]
    return results


@pytest.mark.parametrize("case", VIDEOS)
def test_a_video(service: Service, case: str) -> None:
    operation, body = VIDEOS[case]
    wish = SMALL | body
    [video] = drawn(KlingHouse(service), f"/v1/videos/{operation}", wish)
    assert (video.kind, video.height) == (AssetKind.VIDEO, 480)
    assert video.seconds == pytest.approx(float(wish["duration"]), abs=0.05)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("generations", {"prompt": "a lighthouse"}),
        ("generations", {"prompt": "at the sea", "image": RED, "image_reference": "subject"}),
        ("multi-image2image", {"prompt": "a park", "subject_image_list": [{"subject_image": RED}]}),
    ],
)
def test_pictures(service: Service, operation: str, body: dict[str, Any]) -> None:
    wish = {"model_name": "kling-v2-1", "n": 2, "aspect_ratio": "3:2"} | body
    pictures = drawn(KlingHouse(service), f"/v1/images/{operation}", wish)
    assert [(made.kind, made.width, made.height) for made in pictures] == [
        (AssetKind.IMAGE, 1080, 720)
    ] * 2


def test_a_video_goes_on_and_on(service: Service) -> None:
    kling = KlingHouse(service)
    [first] = drawn(
        kling, "/v1/videos/text2video", SMALL | {"prompt": "rain over the sea", "sound": "on"}
    )
    [second] = drawn(kling, EXTEND, {"video_id": first.id, "prompt": "a red boat comes"})
    assert (second.width, second.height, second.fps) == (first.width, first.height, first.fps)
    assert (first.frames, second.frames) == (24, 24 + 120)
    assert kling.find(str(second.generation_id)).cost == 5000, "only what is new is charged"
    [third] = drawn(kling, EXTEND, {"video_id": second.id})
    assert third.frames == 24 + 120 + 120
    task = kling.client().call("GET", f"{EXTEND}/{third.generation_id}")
    parent = task["task_info"]["parent_video"]
    assert (parent["id"], parent["duration"]) == (second.id, "6")
    assert kling.client().sha256(parent["url"]) == second.blob
    footage = Footage(lambda: service.rooms.blobs.open(third.blob))
    begun = Footage(lambda: service.rooms.blobs.open(first.blob))
    difference = next(footage.frames()).astype(int) - next(begun.frames())
    assert abs(difference).mean() < 4
    sound = footage.sound()
    assert sound is not None
    assert sound.samples.shape[1] / sound.rate == pytest.approx(11, abs=0.1)
    seconds = abs(sound.samples).reshape(2, -1)[:, : sound.rate * 11].reshape(2, 11, sound.rate)
    assert seconds.max(axis=(0, 2)).min() > 0.001, "no second is silent"


def test_only_ones_own_videos_go_on(service: Service) -> None:
    kling = KlingHouse(service)
    [first] = drawn(kling, "/v1/videos/text2video", SMALL | {"prompt": "a cat"})
    thumbnail = kling.find(str(first.generation_id)).asset(AssetKind.THUMBNAIL)
    assert thumbnail is not None
    for name in (thumbnail.id, str(first.generation_id), "nothing", "\N{SNOWMAN}"):
        status, code, message = kling.refusal(EXTEND, {"video_id": name})
        assert (status, code) == (400, 1201)
        assert message.startswith(f"video_id: Video not found by id: {name}")
    stranger = service.stranger()
    reply = kling.ask("POST", EXTEND, {"video_id": first.id}, headers=stranger.headers)
    assert (reply.status_code, reply.json()["code"]) == (400, 1201)


def test_a_video_goes_on_though_its_own_task_is_deleted(service: Service) -> None:
    kling = KlingHouse(service)
    [first] = drawn(kling, "/v1/videos/text2video", SMALL | {"prompt": "a cat"})
    task = kling.client().call("POST", EXTEND, {"video_id": first.id})
    assert kling.ask("DELETE", f"/api/v1/generations/{first.generation_id}").status_code == 204
    assert service.work() == 1
    done = kling.client().call("GET", f"{EXTEND}/{task['task_id']}")
    assert done["task_status"] == "succeed"
    assert kling.client().sha256(done["task_info"]["parent_video"]["url"]) == first.blob


def test_a_picture_with_more_around_it(service: Service) -> None:
    body = {"image": RED, "up_expansion_ratio": 0.25, "right_expansion_ratio": "0.5"}
    [picture] = drawn(KlingHouse(service), "/v1/images/editing/expand", body)
    assert (picture.kind, picture.width, picture.height) == (AssetKind.IMAGE, 720, 400)


def test_a_watermarked_rendition_beside_a_clean_video(service: Service, tmp_path: Path) -> None:
    kling = KlingHouse(service)
    path, wish = "/v1/videos/text2video", SMALL | MARKED | {"prompt": "rain", "sound": "on"}
    [video] = drawn(kling, path, wish)
    [task] = kling.client().call("GET", path)
    [made] = task["task_result"]["videos"]
    marked = kling.find(task["task_id"]).asset(AssetKind.WATERMARKED)
    assert marked is not None
    assert kling.client().sha256(made["watermark_url"]) == marked.blob != video.blob
    assert (marked.width, marked.height, marked.frames) == (video.width, video.height, video.frames)
    blobs = service.rooms.blobs
    clean, seen = (Footage(partial(blobs.open, asset.blob)) for asset in (video, marked))
    assert seen.sound() is not None
    before, after = next(clean.frames()).astype(int), next(seen.frames()).astype(int)
    difference = abs(before - after).max(axis=2)
    assert difference[-40:, -300:].max() > 60
    assert difference[:400].max() < 60
    file = tmp_path / "marked.mp4"
    file.write_bytes(service.client.get(made["watermark_url"]).content)
    [label] = verify_label(file, b"0" * 32).labels
    assert label.produce_id == marked.id


def test_a_watermarked_rendition_beside_each_picture(service: Service) -> None:
    kling = KlingHouse(service)
    wish = {"prompt": "a lighthouse", "n": 2} | MARKED
    first, second = drawn(kling, "/v1/images/generations", wish)
    assert (first.position, second.position) == (0, 1)
    [task] = kling.client().call("GET", "/v1/images/generations")
    links = [made["watermark_url"] for made in task["task_result"]["images"]]
    assert len({kling.client().sha256(link) for link in links} | {first.blob, second.blob}) == 4
