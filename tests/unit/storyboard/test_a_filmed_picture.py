from pathlib import Path

import numpy as np

from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Clip, Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.storyboard import StoryboardRenderer
from mutoscope.storyboard.pixels import Pixels

NOISE = np.random.default_rng(1).integers(0, 255, (180, 320, 3), dtype=np.uint8)


def filmed(
    folder: Path, seed: int, prompt: str = "一只小猫在雪地里走", pixels: Pixels = NOISE
) -> Clip:
    reference = Reference(
        role=ReferenceRole.FIRST_FRAME, blob=BlobKey("0" * 64), media_type="image/png"
    )
    request = GenerationRequest(
        task=Task.IMAGE_TO_VIDEO,
        model=ModelId("storyboard"),
        prompt=prompt,
        shape=Shape(width=320, height=180, frames=6, fps=24),
        seed=seed,
        references=(reference,),
    )
    pictures = (Picture(reference, pixels),)
    return StoryboardRenderer().render(request, pictures, folder, lambda *_: None)


def test_another_seed_films_a_picture_in_another_way(tmp_path: Path) -> None:
    one, again, other = (list(filmed(tmp_path, seed).frames)[-1] for seed in (7, 7, 8))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_filmed_picture_claims_no_words_that_were_not_drawn(tmp_path: Path) -> None:
    codes = {note.code for note in filmed(tmp_path, 7).notes}
    assert "picture_stands" in codes
    assert "words_used" not in codes


def test_the_subject_of_a_first_frame_does_what_the_words_say(tmp_path: Path) -> None:
    silhouette = np.full((180, 320, 3), 250, np.uint8)
    silhouette[80:150, 130:190] = 20

    def lowest(frame: Pixels) -> int:
        dark = np.asarray(frame).max(axis=2) < 90
        return int(np.flatnonzero(dark.max(axis=1))[-1])

    def feet(prompt: str) -> list[int]:
        frames = filmed(tmp_path, 7, prompt, silhouette).frames
        return [lowest(frame) for frame in frames]

    still, jumping = feet("the horse"), feet("the horse jumps")
    assert still[0] == jumping[0] == 149
    assert min(jumping) < min(still) - 9
