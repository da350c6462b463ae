"""An independent check of the storyboard: draws prompts at random, looks at the pixels.

    python -m scripts.storyboard_check [--prompts 300] [--seed 1] [--failures]

It knows the grammar it draws prompts from and nothing of how they are planned or drawn. What it
verifies, it measures in the frames: the colour of what moves, where it is, which way it goes
(optical flow), how the camera moves (flow of the scenery), the time of day, the place, and that
given first and last frames are exactly the first and the last.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.storyboard import StoryboardRenderer

Pixels = NDArray[Any]
WIDTH, HEIGHT, FPS, FRAMES = 384, 216, 12, 36

SUBJECTS = [  # words in both languages, what it does, whether it is in the air
    ("car", "汽车", ("drives", "行驶"), False), ("bus", "公交车", ("drives", "行驶"), False),
    ("tractor", "拖拉机", ("drives", "行驶"), False), ("balloon", "气球", ("floats", "飘"), True),
    ("bird", "小鸟", ("flies", "飞"), True), ("helicopter", "直升机", ("flies", "飞"), True),
    ("motorcycle", "摩托车", ("drives", "行驶"), False),
    ("pickup truck", "卡车", ("drives", "行驶"), False),
]  # fmt: skip
COLOURS = {
    "red": ("红色", 0), "orange": ("橙色", 14), "yellow": ("黄色", 24), "green": ("绿色", 62),
    "blue": ("蓝色", 110), "purple": ("紫色", 135), "pink": ("粉色", 167),
}  # fmt: skip
PLACES = {
    "desert": "沙漠", "meadow": "草地", "city": "城市", "snowfield": "雪地", "sea": "大海",
    "forest": "森林",
}  # fmt: skip
TIMES = {"at dawn": "清晨", "at noon": "中午", "at sunset": "日落", "at night": "夜晚"}
WAYS = {"to the left": ("向左", -1), "to the right": ("向右", 1)}
CAMERAS = {
    "the camera pans left": ("镜头向左摇", "x", 1),
    "the camera pans right": ("镜头向右摇", "x", -1),
    "the camera moves left": ("镜头向左平移", "x", 1),
    "the camera moves right": ("镜头向右平移", "x", -1),
    "the camera tilts up": ("镜头上摇", "y", 1), "the camera tilts down": ("镜头下摇", "y", -1),
    "zoom in": ("镜头拉近", "zoom", 1), "zoom out": ("镜头拉远", "zoom", -1),
    "camera rolls": ("镜头顺时针旋转", "roll", 1),
}  # fmt: skip
STILL = {"a house": "一座房子", "a tree": "一棵大树", "a cactus": "一棵仙人掌"}


@dataclass
class Case:
    """One prompt, and what must be seen for each property."""

    prompt: str
    seen: dict[str, Callable[["Film"], bool]] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()


def draw_case(chance: random.Random) -> Case:
    """A case drawn at random from the grammar."""
    kind = chance.random()
    if kind < 0.5:
        return moving_case(chance)
    return camera_case(chance) if kind < 0.85 else framed_case(chance)


def moving_case(chance: random.Random) -> Case:
    """A coloured subject that goes somewhere before a camera that stands still."""
    english, chinese, (does, does_zh), airy = chance.choice(SUBJECTS)
    colour, (colour_zh, hue) = chance.choice(list(COLOURS.items()))
    place, place_zh = chance.choice(list(PLACES.items()))
    time, time_zh = chance.choice(list(TIMES.items()))
    way, (way_zh, sign) = chance.choice(list(WAYS.items()))
    if chance.random() < 0.5:
        prompt = f"a {colour} {english} {does} {way} in the {place} {time}, static camera"
    else:
        prompt = f"{time_zh}，一个{colour_zh}的{chinese}在{place_zh}{way_zh}{does_zh}，固定镜头"
    return Case(prompt, {
        "colour": lambda frames: shows_colour(frames, hue),
        "position": lambda frames: stands_where(frames, airy),
        "direction": lambda frames: goes(frames, sign),
        "time of day": lambda frames: shows_time(frames, time),
        "place": lambda frames: shows_place(frames, place, time),
    })  # fmt: skip


def camera_case(chance: random.Random) -> Case:
    """Something that stands, before a camera that moves."""
    thing, thing_zh = chance.choice(list(STILL.items()))
    place, place_zh = chance.choice([each for each in PLACES.items() if each[0] != "sea"])
    camera, (camera_zh, axis, sign) = chance.choice(list(CAMERAS.items()))
    if chance.random() < 0.5:
        prompt = f"{thing} in the {place}, {camera}"
    else:
        prompt = f"{place_zh}里有{thing_zh}，{camera_zh}"
    return Case(prompt, {"camera": lambda frames: camera_moves(frames, axis, sign)})


def framed_case(chance: random.Random) -> Case:
    """Two pictures that must be the first and the last frame."""
    draw = np.random.default_rng(chance.randrange(2**31))
    first, last = (blots(draw) for _ in range(2))
    roles = (ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME)
    pictures = tuple(
        Picture(Reference(role=role, blob=BlobKey("0"), media_type="image/png"), pixels)
        for role, pixels in zip(roles, (first, last), strict=True)
    )
    return Case("", {
        "first frame": lambda frames: bool(np.array_equal(frames[0], first)),
        "last frame": lambda frames: bool(np.array_equal(frames[-1], last)),
        "between": lambda frames: lies_between(frames),
    }, pictures)  # fmt: skip


def blots(draw: np.random.Generator) -> Pixels:
    """A random picture of soft blots."""
    small = draw.integers(0, 256, (5, 8, 3), np.uint8)
    large: Pixels = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return large


class Film(list[Pixels]):
    """The frames of a case."""

    @cached_property
    def usual(self) -> Pixels:
        """How the film usually looks at each point."""
        return np.asarray(np.median(np.stack(self[::3]), axis=0))


def rendered(case: Case, seed: int) -> Film:
    """Draw a case."""
    request = GenerationRequest(
        task=Task.IMAGE_TO_VIDEO if case.pictures else Task.TEXT_TO_VIDEO,
        model=ModelId("storyboard"), prompt=case.prompt, seed=seed,
        shape=Shape(width=WIDTH, height=HEIGHT, frames=FRAMES, fps=FPS),
    )  # fmt: skip
    clip = StoryboardRenderer().render(request, case.pictures, Path(), lambda *_, **__: None)
    return Film(clip.frames)


def moving_mask(frames: Film, index: int) -> Pixels:
    """What in a frame differs from how the clip usually looks there."""
    away = np.abs(frames[index].astype(np.float32) - frames.usual).max(axis=2)
    mask = (away > 26).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.zeros_like(mask)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    return np.asarray(labels == largest, np.uint8)


def shows_colour(frames: Film, hue: int) -> bool:
    """The hue asked for rules what moves."""
    votes = 0
    for index in (2, len(frames) // 4, len(frames) - 3):
        hsv = cv2.cvtColor(frames[index], cv2.COLOR_RGB2HSV)
        chosen = (moving_mask(frames, index) > 0) & (hsv[..., 1] > 60) & (hsv[..., 2] > 35)
        hues = hsv[..., 0][chosen].astype(int)
        if len(hues) < 20:
            continue
        near = np.abs((hues - hue + 90) % 180 - 90) <= 13
        votes += bool(near.mean() > 0.30)
    return votes >= 2


def stands_where(frames: Film, airy: bool) -> bool:
    """What flies is above, what drives is below the middle."""
    rows = np.flatnonzero(moving_mask(frames, len(frames) // 4).any(axis=1))
    if not len(rows):
        return False
    middle = (rows[0] + rows[-1]) / 2 / HEIGHT
    return bool(middle < 0.6 if airy else 0.5 < middle < 0.95)


def flow(first: Pixels, second: Pixels) -> Pixels:
    """Dense optical flow from one frame to another."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (first, second)]
    find: Any = cv2.calcOpticalFlowFarneback
    found: Pixels = find(*greys, None, 0.5, 4, 21, 4, 7, 1.5, 0)
    return found


def goes(frames: Film, sign: int) -> bool:
    """The flow inside what moves points the way asked for."""
    total = 0.0
    for index in range(8, len(frames) - 8, 5):
        inside = moving_mask(frames, index) > 0
        if inside.sum() > 30:
            total += float(flow(frames[index], frames[index + 1])[..., 0][inside].mean())
    return total * sign > 0.2


def camera_moves(frames: Film, axis: str, sign: int) -> bool:
    """The scenery flows as it must when the camera moves so."""
    total = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    for index in range(4, len(frames) - 5, 4):
        total += flow(frames[index], frames[index + 1])
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = (x - WIDTH / 2) / WIDTH, (y - HEIGHT / 2) / WIDTH
    strong = np.hypot(total[..., 0], total[..., 1]) > 0.25
    if strong.sum() < 200:
        return False
    fx, fy, x, y = total[..., 0][strong], total[..., 1][strong], x[strong], y[strong]
    if axis == "x":
        return bool(fx.mean() * sign > 0.3 and abs(fx.mean()) > abs(fy.mean()))
    if axis == "y":
        return bool(fy.mean() * sign > 0.3 and abs(fy.mean()) > abs(fx.mean()))
    if axis == "zoom":
        return bool((fx * x + fy * y).mean() * sign > 0.02)
    return bool(abs((fy * x - fx * y).mean()) > 0.02)


def shows_time(frames: Film, time: str) -> bool:
    """The sky has the light of its hour."""
    red, green, blue = frames[0][: HEIGHT // 3].reshape(-1, 3).mean(axis=0)
    level = (red + green + blue) / 3
    if time == "at night":
        return bool(level < 90 and blue > red)
    if time == "at noon":
        return bool(level > 120 and blue > red * 1.15)
    if time == "at sunset":
        return bool(red > blue * 1.1 and 90 < level < 190)
    return bool(level > 140 and abs(red - blue) < 60 and green < max(red, blue))


def shows_place(frames: Film, place: str, time: str) -> bool:
    """The ground has the colour of its place."""
    ground = np.median(np.stack(frames[::6]), axis=0)[int(HEIGHT * 0.84) : int(HEIGHT * 0.97)]
    red, green, blue = ground.reshape(-1, 3).mean(axis=0)
    if time == "at night":  # moonlight is blue: judge the ground by its own colour
        red, green, blue = red * 1.4, green * 1.2, blue * 0.85
    spread = max(red, green, blue) - min(red, green, blue)
    checks = {
        "desert": red > blue and red * 1.02 > green,
        "meadow": green > red and green > blue,
        "forest": green > red and green > blue,
        "snowfield": min(red, green, blue) > (70 if time == "at night" else 140),
        "sea": blue > red * 0.82 and spread < 150 and blue > 30,
        "city": spread < 75 and max(red, green, blue) < 170,
    }
    return bool(checks[place])


def lies_between(frames: Film) -> bool:
    """The middle is neither end, and no step is a jump."""
    middle = frames[len(frames) // 2].astype(np.float32)
    apart = [float(np.abs(middle - frames[end]).mean()) for end in (0, -1)]
    steps = [float(np.abs(a.astype(np.float32) - b).mean()) for a, b in pairwise(frames)]
    return min(apart) > 4 and max(steps) < max(apart) * 0.75


def check(prompts: int, seed: int) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """For each property how many passed of how many, and the prompts that failed."""
    chance = random.Random(seed)
    passed: dict[str, list[bool]] = defaultdict(list)
    failures = []
    for number in range(prompts):
        case = draw_case(chance)
        frames = rendered(case, seed=number)
        for name, holds in case.seen.items():
            good = holds(frames)
            passed[name].append(good)
            if not good:
                failures.append(f"{name}: {case.prompt or 'two pictures'} (seed {number})")
    return {name: (sum(votes), len(votes)) for name, votes in passed.items()}, failures


def main() -> int:
    """Check and print the share of each property."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    shares, failures = check(options.prompts, options.seed)
    for name, (good, all_of) in sorted(shares.items()):
        print(f"{name:12} {good:4} of {all_of:4}  {100 * good / all_of:5.1f} %")
    if options.failures:
        print(*failures, sep="\n")
    return 0 if all(good >= 0.95 * all_of for good, all_of in shares.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
