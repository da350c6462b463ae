from pathlib import Path

import cv2
import numpy as np
import pytest

from mutoscope.core.expansion import Expansion
from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Clip, Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.storyboard import StoryboardRenderer
from mutoscope.storyboard.pixels import Pixels

ROOM = Expansion(up=0.2, down=0.1, left=0.5, right=0.3)
PLACE = ROOM.place(401, 300)
BOX = (slice(60, 360), slice(200, 601))


def landscape() -> Pixels:
    """Sky over land, with a red ball in the middle."""
    picture = np.empty((300, 401, 3), np.uint8)
    picture[:180], picture[180:] = (120, 170, 230), (70, 130, 60)
    noise = np.random.default_rng(2).integers(0, 9, picture.shape, dtype=np.uint8)
    picture += noise
    cv2.circle(picture, (200, 190), 50, (220, 20, 20), -1)
    return picture


def expanded(folder: Path, prompt: str = "", seed: int = 7) -> Clip:
    reference = Reference(role=ReferenceRole.INSET, blob=BlobKey("0" * 64), media_type="image/png")
    request = GenerationRequest(
        task=Task.IMAGE_TO_IMAGE,
        model=ModelId("storyboard"),
        prompt=prompt,
        shape=Shape(width=PLACE.width, height=PLACE.height),
        seed=seed,
        references=(reference,),
        params={"expand": {"up": 0.2, "down": 0.1, "left": 0.5, "right": 0.3}},
    )
    pictures = (Picture(reference, landscape()),)
    return StoryboardRenderer().render(request, pictures, folder, lambda *_: None)


def is_red(pixels: Pixels) -> bool:
    return bool(((pixels[..., 0] > 150) & (pixels[..., 1] < 90) & (pixels[..., 2] < 90)).any())


@pytest.mark.parametrize("prompt", ["", "a beach at sunset"])
def test_the_picture_itself_is_untouched(tmp_path: Path, prompt: str) -> None:
    [frame] = expanded(tmp_path, prompt).frames
    assert frame.shape == (390, 721, 3)
    assert np.array_equal(frame[BOX], landscape())


def test_its_edges_go_on_without_a_twin_of_its_subject(tmp_path: Path) -> None:
    clip = expanded(tmp_path)
    [frame] = clip.frames
    assert np.abs(frame[60:360, 195].astype(int) - frame[60:360, 205]).mean() < 12
    around = frame.copy()
    around[BOX] = 0
    assert not is_red(around)
    assert [note.code for note in clip.notes] == ["surroundings_continued"]


def test_words_that_name_a_place_are_painted_around_it(tmp_path: Path) -> None:
    clip = expanded(tmp_path, "a snowfield at night")
    [frame], [plain] = clip.frames, expanded(tmp_path).frames
    assert [note.code for note in clip.notes] == ["surroundings_painted"]
    corner = (slice(0, 60), slice(0, 60))
    assert frame[corner].mean() < plain[corner].mean() - 40
    # Next to the picture its own edges still go on.
    assert np.abs(frame[60:360, 198].astype(int) - plain[60:360, 198]).mean() < 8


def test_another_seed_goes_on_in_another_way(tmp_path: Path) -> None:
    [one], [again], [other] = (expanded(tmp_path, seed=seed).frames for seed in (7, 7, 8))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
