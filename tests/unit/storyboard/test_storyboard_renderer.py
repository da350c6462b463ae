"""The renderer: same request, same pixels; every control is honoured; nothing bad gets through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mutoscope.core.errors import GenerationCanceled, InvalidRequest, NothingToDraw
from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Clip, Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.core.state import Stage
from mutoscope.storyboard import StoryboardRenderer, plan
from mutoscope.storyboard.art import can_set, library
from mutoscope.storyboard.cutout import cut_out
from mutoscope.storyboard.stage import Stage as Set

Pixels = NDArray[np.uint8]
HERE = Path()


def heard(stage: Stage, step: int, of: int, preview: Callable[[], Pixels] | None = None) -> None:
    """A report nobody reads."""


def ask(prompt: str = "", *, task: Task = Task.TEXT_TO_VIDEO, **changes: Any) -> GenerationRequest:
    shape = changes.pop("shape", Shape(width=128, height=72, frames=8, fps=8))
    seed = changes.pop("seed", 3)
    return GenerationRequest(
        task=task, model=ModelId("storyboard"), prompt=prompt, shape=shape, seed=seed, **changes
    )


def given(role: ReferenceRole, pixels: Pixels) -> Picture:
    return Picture(Reference(role=role, blob=BlobKey("0"), media_type="image/png"), pixels)


def clip(request: GenerationRequest, *pictures: Picture) -> Clip:
    return StoryboardRenderer().render(request, pictures, HERE, heard)


def drawn(request: GenerationRequest, *pictures: Picture) -> list[Pixels]:
    return list(clip(request, *pictures).frames)


def blots(seed: int, width: int = 128, height: int = 72) -> Pixels:
    draw = np.random.default_rng(seed)
    small = draw.integers(0, 256, (6, 8, 3), np.uint8)
    return np.kron(small, np.ones((height // 6, width // 8, 1), np.uint8)).astype(np.uint8)


def test_the_same_request_makes_the_same_bytes_and_another_seed_makes_others() -> None:
    prompt = "三只红色的鸟飞过城市，下雪，夜晚，镜头向右移动"
    first, again = drawn(ask(prompt)), drawn(ask(prompt))
    other = drawn(ask(prompt, seed=4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("size", [(854, 480), (480, 854), (512, 512), (640, 480), (1050, 450)])
def test_every_ratio_is_filled(size: tuple[int, int]) -> None:
    width, height = size
    shape = Shape(width=width, height=height, frames=2, fps=30)
    frames = drawn(ask("a dog runs on the beach", shape=shape))
    assert [frame.shape for frame in frames] == [(height, width, 3)] * 2
    assert frames[0].dtype == np.uint8
    edges = [frames[0][0], frames[0][-1], frames[0][:, 0], frames[0][:, -1]]
    assert all(edge.mean() > 8 for edge in edges)


def test_a_cancel_is_noticed_at_the_next_frame() -> None:
    steps: list[int] = []

    def canceling(stage: Stage, step: int, of: int, preview: object = None) -> None:
        if stage is Stage.DRAW:
            steps.append(step)
            if step == 3:
                raise GenerationCanceled

    frames = StoryboardRenderer().render(ask("a cat"), (), HERE, canceling).frames
    with pytest.raises(GenerationCanceled):
        list(frames)
    assert steps == [0, 1, 2, 3]


def test_progress_comes_with_a_picture_of_the_frame() -> None:
    seen: list[Pixels] = []

    def watching(
        stage: Stage, step: int, of: int, preview: Callable[[], Pixels] | None = None
    ) -> None:
        if preview is not None:
            seen.append(preview())

    frames = list(StoryboardRenderer().render(ask("a cat"), (), HERE, watching).frames)
    assert np.array_equal(seen[-1], frames[-1])
    assert len(seen) == len(frames)


@pytest.mark.parametrize("place", ["studio", "meadow", "sea", "space", "underwater", "room", "sky",
                                   "lake", "city", "moon", "theatre", "stadium"])  # fmt: skip
@pytest.mark.parametrize("time", ["dawn", "night"])
def test_every_kind_of_place_shows_its_subject(place: str, time: str) -> None:
    told = {"place": place, "time": time, "seconds": 1, "camera": [{"kind": "still", "amount": 0}]}
    cast = [{"art": "red-apple", "action": "stand", "size": "large"}]
    empty = drawn(ask(params={"shots": {"shots": [told]}}))[4].astype(int)
    shown = drawn(ask(params={"shots": {"shots": [told | {"subjects": cast}]}}))[4].astype(int)
    changed = np.abs(shown - empty).max(axis=2) > 24
    assert 0.02 < changed.mean() < 0.6


WEATHERS = ["rain", "storm", "snow", "fog", "wind", "fireworks", "petals", "leaves", "confetti",
            "bubbles", "fireflies", "meteors", "rainbow", "hearts"]  # fmt: skip


@pytest.mark.parametrize("weather", WEATHERS)
def test_every_weather_can_be_seen(weather: str) -> None:
    told = {"place": "meadow", "time": "night", "seconds": 4}
    shape = Shape(width=256, height=144, frames=12, fps=3)
    clear = drawn(ask(shape=shape, params={"shots": [told]}))
    with_it = drawn(ask(shape=shape, params={"shots": [told | {"weather": [weather]}]}))
    apart = [np.abs(a.astype(int) - b).max(axis=2) for a, b in zip(clear, with_it, strict=True)]
    assert max((each > 12).mean() for each in apart) > 0.002


@pytest.mark.parametrize("frames", [1, 2, 3, 24])
def test_the_uploaded_pictures_are_the_first_and_the_last_frame(frames: int) -> None:
    first, last = blots(1), blots(2)
    shape = Shape(width=128, height=72, frames=frames, fps=12)
    made = drawn(ask(task=Task.IMAGE_TO_VIDEO, shape=shape),
                 given(ReferenceRole.FIRST_FRAME, first),
                 given(ReferenceRole.LAST_FRAME, last))  # fmt: skip
    assert np.array_equal(made[0], first)
    assert frames == 1 or np.array_equal(made[-1], last)


def test_what_moves_between_two_pictures_is_carried_along() -> None:
    scene = np.full((144, 256, 3), 200, np.uint8)
    first, last = scene.copy(), scene.copy()
    texture = np.random.default_rng(0).integers(0, 120, (40, 40, 3), np.uint8)
    first[52:92, 96:136] = texture
    last[52:92, 108:148] = texture
    shape = Shape(width=256, height=144, frames=9, fps=8)
    middle = drawn(ask(task=Task.IMAGE_TO_VIDEO, shape=shape),
                   given(ReferenceRole.FIRST_FRAME, first),
                   given(ReferenceRole.LAST_FRAME, last))[4].astype(int)  # fmt: skip
    carried = scene.astype(int)
    carried[52:92, 102:142] = texture
    dissolved = (first.astype(int) + last) // 2
    there = slice(56, 88), slice(106, 138)
    assert (
        np.abs(middle[there] - carried[there]).mean()
        < 0.6 * np.abs(dissolved[there] - carried[there]).mean()
    )


def test_a_picture_is_filmed_from_itself_onwards() -> None:
    picture = blots(5)
    frames = drawn(ask("zoom in", task=Task.IMAGE_TO_VIDEO),
                   given(ReferenceRole.FIRST_FRAME, picture))  # fmt: skip
    assert np.array_equal(frames[0], picture)
    assert not np.array_equal(frames[-1], picture)


def test_the_masked_part_moves_along_its_path_and_what_it_uncovers_is_filled() -> None:
    picture = np.full((72, 128, 3), (40, 120, 200), np.uint8)
    picture[30:50, 20:40] = (230, 40, 40)
    mask = np.zeros((72, 128, 3), np.uint8)
    mask[28:52, 18:42] = 255
    path = [{"x": 30, "y": 32}, {"x": 90, "y": 52}]  # to the right and, from the bottom, up
    frames = drawn(ask(task=Task.IMAGE_TO_VIDEO, params={"trajectories": [path]}),
                   given(ReferenceRole.FIRST_FRAME, picture),
                   given(ReferenceRole.DYNAMIC_MASK, mask))  # fmt: skip
    rows, columns = np.nonzero((frames[-1][..., 0] > 180) & (frames[-1][..., 2] < 90))
    assert abs(columns.mean() - 89.5) < 1.5
    assert abs(rows.mean() - 19.5) < 1.5
    assert np.abs(frames[-1][30:50, 20:40].astype(int) - (40, 120, 200)).max() < 30


def test_what_the_static_mask_covers_stays() -> None:
    picture, mask = blots(7), np.zeros((72, 128, 3), np.uint8)
    mask[:, :64] = 255
    frames = drawn(ask("pan right", task=Task.IMAGE_TO_VIDEO),
                   given(ReferenceRole.FIRST_FRAME, picture),
                   given(ReferenceRole.STATIC_MASK, mask))  # fmt: skip
    assert np.array_equal(frames[-1][:, :60], picture[:, :60])
    assert not np.array_equal(frames[-1][:, 68:], picture[:, 68:])


def test_a_product_photograph_is_cut_out_and_shown() -> None:
    photo = np.full((300, 300, 3), 238, np.uint8)
    photo[60:260, 110:190] = (30, 140, 60)
    shape = Shape(width=256, height=144, frames=6, fps=2)
    frames = drawn(ask("海滩", shape=shape), given(ReferenceRole.SUBJECT, photo))
    middle = frames[3].astype(int)
    green = (middle[..., 1] > middle[..., 0] + 40) & (middle[..., 1] > middle[..., 2] + 40)
    assert green[40:120, 100:156].mean() > 0.2
    assert (np.abs(middle - 238).max(axis=2) < 4).mean() < 0.05


def test_a_photograph_without_a_clear_subject_is_shown_whole_on_a_card() -> None:
    """GrabCut tears a busy scene apart; a print with a white edge is what an agency would show."""
    chance = np.random.default_rng(5)
    spots = chance.integers(0, 255, (3, 4, 3), np.uint8)
    scene = cv2.resize(spots, (390, 270), interpolation=cv2.INTER_CUBIC)
    card = cut_out(np.dstack([scene, np.full(scene.shape[:2], 255, np.uint8)]))
    edge = (card.shape[0] - 270) // 2
    assert edge > 0
    assert np.array_equal(card[edge:-edge, edge:-edge, :3], scene)


@pytest.mark.parametrize("prompt", ["红色的气球飘过大海, sunset", "a robot in the forest"])
def test_a_scene_of_our_own_as_a_reference_is_shown_whole_on_a_card(prompt: str) -> None:
    shape = Shape(width=854, height=480, frames=1, fps=24)
    scene = drawn(ask(prompt, task=Task.TEXT_TO_IMAGE, shape=shape))[0]
    card = cut_out(np.dstack([scene, np.full(scene.shape[:2], 255, np.uint8)]))
    edge = (card.shape[0] - scene.shape[0]) // 2
    assert edge > 0
    assert np.array_equal(card[edge:-edge, edge:-edge, :3], scene)


def test_an_extension_goes_on_from_the_last_picture() -> None:
    last = blots(9)
    frames = drawn(ask(task=Task.VIDEO_EXTEND), given(ReferenceRole.SOURCE_VIDEO, last))
    steps = [np.abs(frame.astype(int) - last).mean() for frame in frames]
    assert 0 < steps[0] < steps[-1]


def test_a_picture_is_one_frame_without_sound() -> None:
    shape = Shape(width=128, height=72)
    made = clip(ask("a cat", task=Task.TEXT_TO_IMAGE, shape=shape, params={"sound": "on"}))
    assert len(list(made.frames)) == 1
    assert made.sound is None


def test_sound_lasts_as_long_as_the_pictures_and_is_heard() -> None:
    made = clip(ask("rain over the sea", params={"sound": "on"}))
    assert made.sound is not None
    assert made.sound.samples.shape == (2, made.sound.rate)
    assert 0.05 < float(np.abs(made.sound.samples).max()) <= 1.0
    assert clip(ask("rain over the sea")).sound is None


@pytest.mark.parametrize("kind", ["horizontal", "vertical", "pan", "tilt", "roll", "zoom"])
def test_each_axis_of_the_camera_moves_the_picture_both_ways(kind: str) -> None:
    ends = []
    for amount in (-8, 0, 8):
        control = {"type": "simple", "config": {"pan": 0, kind: amount}}
        frames = drawn(ask("a house in the village", params={"camera_control": control}))
        ends.append(np.abs(frames[-1].astype(int) - frames[0]).mean())
    still = ends[1]
    assert ends[0] > still + 1
    assert ends[2] > still + 1


@pytest.mark.parametrize(
    ("control", "field"),
    [
        ("pan", "camera_control"),
        ({"type": "simple"}, "camera_control.config"),
        ({"type": "simple", "config": {"pan": 3, "tilt": 2}}, "camera_control.config"),
        ({"type": "simple", "config": {"pan": 11}}, "camera_control.config.pan"),
        ({"type": "simple", "config": {"pan": "5"}}, "camera_control.config.pan"),
        ({"type": "simple", "config": {"dive": 5}}, "camera_control.config.dive"),
        ({"type": "down_back", "config": {"pan": 5}}, "camera_control.config"),
        ({"type": "loop"}, "camera_control.type"),
    ],
)
def test_a_camera_that_cannot_be_is_refused(control: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        clip(ask("a cat", params={"camera_control": control}))
    assert refused.value.field == field


@pytest.mark.parametrize("control", ["down_back", "forward_up", "right_turn_forward",
                                     "left_turn_forward"])  # fmt: skip
def test_each_preset_of_the_camera_is_seen(control: str) -> None:
    frames = drawn(ask("a house", params={"camera_control": {"type": control}}))
    assert np.abs(frames[-1].astype(int) - frames[0]).mean() > 4


NONSENSE = " ".join(f"qz{index}x" for index in range(500))[:2500]
FORTY = "、".join(drawing.zh for drawing in list(library().drawings.values())[:40])


@pytest.mark.parametrize("prompt", [
    "白天的夜晚，下雪的沙漠里一条鱼在飞又不飞，日落黎明", NONSENSE, FORTY, "🐶🚗🌧️", "👨‍👩‍👧‍👦",
    "a 99999999999 cats", "“”", "《》「」", "A" * 2500, "的的的的", "سيارة حمراء cat",
    "a cat " * 400, "<<<image_1>>> dances", "0", "\x00\x01cat\x00",
])  # fmt: skip
def test_odd_prompts_give_a_picture_or_a_clear_refusal(prompt: str) -> None:
    shape = Shape(width=96, height=54, frames=2, fps=2)
    try:
        frames = drawn(ask(prompt, shape=shape))
    except NothingToDraw:
        assert not any(word in prompt for word in ("cat", "鱼", "qz", "A", "🐶"))
        return
    assert all(frame.std() > 3 for frame in frames)


def test_letters_the_typeface_lacks_are_left_out_and_said_so() -> None:
    assert can_set("汉")
    assert not can_set("س")
    made = clip(ask("a cat, “Hi سيارة”"))
    (note,) = [note for note in made.notes if note.code == "letters_unset"]
    assert "س" in note.words[0]
    assert list(made.frames)


def test_only_letters_that_cannot_be_set_is_nothing_to_draw() -> None:
    with pytest.raises(NothingToDraw):
        clip(ask("“سيارة”"))


@pytest.mark.parametrize(
    ("shape", "field"),
    [
        (Shape(width=8, height=72, frames=2), "size"),
        (Shape(width=127, height=72, frames=2), "size"),
        (Shape(width=99999, height=72, frames=2), "size"),
        (Shape(width=128, height=72, frames=0), "seconds"),
        (Shape(width=128, height=72, frames=10**6), "seconds"),
    ],
)
def test_a_shape_out_of_bounds_is_refused(shape: Shape, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        clip(ask("a cat", shape=shape))
    assert refused.value.field == field


def test_masks_must_fit_their_picture_and_have_their_paths() -> None:
    first = given(ReferenceRole.FIRST_FRAME, blots(1))
    square = given(ReferenceRole.DYNAMIC_MASK, np.full((72, 72, 3), 255, np.uint8))
    mask = given(ReferenceRole.DYNAMIC_MASK, np.full((72, 128, 3), 255, np.uint8))
    path = [{"x": 0, "y": 0}, {"x": 9, "y": 9}]
    with pytest.raises(InvalidRequest, match="shape of the first frame"):
        drawn(ask(task=Task.IMAGE_TO_VIDEO, params={"trajectories": [path]}), first, square)
    with pytest.raises(InvalidRequest, match="1 dynamic masks need 1 paths"):
        drawn(ask(task=Task.IMAGE_TO_VIDEO), first, mask)
    with pytest.raises(InvalidRequest, match="need a first frame"):
        drawn(ask(task=Task.IMAGE_TO_VIDEO), mask)
    with pytest.raises(InvalidRequest, match="2 to 77 points"):
        drawn(ask(task=Task.IMAGE_TO_VIDEO, params={"trajectories": [path[:1]]}), first, mask)


@pytest.mark.parametrize(
    ("snowy", "bare"),
    [
        ("a snowy forest", "a forest"),
        ("雪后的森林", "森林"),
        ("snow in the village", "the village"),
        ("下雪的草地", "草地"),
    ],
)
def test_where_it_snows_the_ground_is_white(snowy: str, bare: str) -> None:
    shape = Shape(width=256, height=144, frames=1, fps=1)
    white, dry = (
        drawn(ask(prompt, shape=shape, task=Task.TEXT_TO_IMAGE))[0][128:].mean(axis=(0, 1))
        for prompt in (snowy, bare)
    )
    assert white.min() > 150
    assert np.ptp(white) < 30
    assert np.ptp(dry) > 45


def test_only_snow_that_falls_is_in_the_air() -> None:
    told = {"place": "studio", "seconds": 1, "camera": [{"kind": "still"}]}
    lying = drawn(ask(params={"shots": [told | {"weather": ["snowy"]}]}))
    bare = drawn(ask(params={"shots": [told]}))
    assert all(np.array_equal(a, b) for a, b in zip(lying, bare, strict=True))


def test_type_has_the_colour_that_was_asked_for() -> None:
    def ink(colour: str) -> NDArray[np.int64]:
        words = {"words": "SALE", "where": "middle", "size": "huge", "colour": colour}
        told = {"place": "studio", "seconds": 4, "camera": [{"kind": "still"}]}
        bare = drawn(ask(params={"shots": [told]}))[-1].astype(int)
        with_it = drawn(ask(params={"shots": [told | {"texts": [words]}]}))[-1].astype(int)
        changed = np.abs(with_it - bare).sum(axis=2)
        return np.asarray(np.median(with_it[changed > changed.max() * 0.8], axis=0).astype(int))

    assert ink("red").argmax() == 0
    assert ink("blue").argmax() == 2
    assert ink("black").max() < 90


def test_large_type_is_larger() -> None:
    def inked(size: str) -> float:
        words = {"words": "SALE", "where": "middle", "size": size}
        told = {"place": "studio", "seconds": 4, "camera": [{"kind": "still"}]}
        bare = drawn(ask(params={"shots": [told]}))[-1].astype(int)
        with_it = drawn(ask(params={"shots": [told | {"texts": [words]}]}))[-1]
        return float((np.abs(with_it - bare).max(axis=2) > 20).mean())

    assert inked("small") * 1.2 < inked("normal") < inked("huge") / 1.2


def test_a_rider_goes_where_its_carrier_goes() -> None:
    shot = plan("a cat rides a red car to the right, static camera").shots.shots[0]
    actors = Set(shot, width=160, height=90, seed=(3,)).troupe.actors
    rider = next(actor for actor in actors if actor.tie is not None)
    car = next(actor for actor in actors if actor.tie is None)
    apart = [rider.x + rider.stance(share).x - car.x - car.stance(share).x for share in (0, 0.5, 1)]
    assert car.stance(1).x - car.stance(0).x > 0.3
    assert apart == pytest.approx([0, 0, 0], abs=1e-6)
    assert rider.stance(0.5).lift > car.size * 0.5


@pytest.mark.timeout(60)
def test_a_picture_of_few_colours_is_not_searched_for_minutes() -> None:
    plain = np.full((480, 640, 4), (255, 0, 0, 255), np.uint8)
    halves = plain.copy()
    halves[:, 320:, :3] = (0, 0, 255)
    for picture in (plain, halves):
        assert cut_out(picture)[..., 3].max() == 255
