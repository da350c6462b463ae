from pathlib import Path

import numpy as np

from mutoscope.core.ids import BlobKey, ModelId
from mutoscope.core.rendering import Clip, Picture
from mutoscope.core.request import GenerationRequest, Reference, ReferenceRole, Shape, Task
from mutoscope.storyboard import StoryboardRenderer


def filmed(folder: Path, seed: int) -> Clip:
    pixels = np.random.default_rng(1).integers(0, 255, (180, 320, 3), dtype=np.uint8)
    reference = Reference(
        role=ReferenceRole.FIRST_FRAME, blob=BlobKey("0" * 64), media_type="image/png"
    )
    request = GenerationRequest(
        task=Task.IMAGE_TO_VIDEO,
        model=ModelId("storyboard"),
        prompt="一只小猫在雪地里走",
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
