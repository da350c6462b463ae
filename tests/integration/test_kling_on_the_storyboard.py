"""What Kling's clients ask for, drawn by the storyboard in a real worker."""

from typing import Any

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png
from tests.support.web import Service

from mutoscope.generations import Asset, AssetKind

RED, BLUE, WHITE = (base64_png(480, 320, colour) for colour in ("red", "blue", "white"))
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


def drawn(kling: KlingHouse, path: str, body: dict[str, Any]) -> tuple[Asset, ...]:
    """What the storyboard makes of it; AssertionError with its words when it can't."""
    client = kling.client()
    task = client.call("POST", path, body)
    assert kling.service.work() == 1
    done = client.call("GET", f"{path}/{task['task_id']}")
    assert done["task_status"] == "succeed", done["task_status_msg"]
    results = kling.find(task["task_id"]).results
    links = [made["url"] for kind in done["task_result"].values() for made in kind]
    assert [client.sha256(link) for link in links] == [made.blob for made in results]
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
