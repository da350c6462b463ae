"""Thumbnail and preview strip, from the frames as they pass."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.request import Shape
from mutoscope.media import PreviewMaker, Provenance, StripIndex, verify_label

Frame = NDArray[np.uint8]
Draw = Callable[[Shape], Iterator[Frame]]


def greys(shape: Shape) -> Iterator[Frame]:
    """Every frame a little lighter than the one before, drawn into one array."""
    frame = np.zeros((shape.height, shape.width, 3), np.uint8)
    for number in range(shape.frames):
        frame[:] = 2 * number
        yield frame


def test_the_frames_pass_unchanged() -> None:
    shape = Shape(width=64, height=36, frames=5)
    seen = [int(frame[0, 0, 0]) for frame in PreviewMaker(shape).watch(greys(shape))]
    assert seen == [0, 2, 4, 6, 8]


def test_the_thumbnail_is_of_the_first_second_and_labelled(
    tmp_path: Path, provenance: Provenance
) -> None:
    shape = Shape(width=960, height=540, frames=120, fps=24)
    previews = PreviewMaker(shape)
    list(previews.watch(greys(shape)))
    made = previews.thumbnail(tmp_path / "thumbnail.webp", provenance=provenance)
    assert (made.width, made.height) == (480, 270)
    assert verify_label(made.path, provenance.key).is_ours
    with Image.open(made.path) as image:
        assert np.abs(np.asarray(image).astype(int) - 2 * 24).max() <= 3


def test_the_strip_shows_the_middle_of_each_stretch(tmp_path: Path, provenance: Provenance) -> None:
    shape = Shape(width=640, height=360, frames=120, fps=24)
    previews = PreviewMaker(shape)
    list(previews.watch(greys(shape)))
    strip = previews.strip(tmp_path / "strip.webp", provenance=provenance)
    assert strip.index == StripIndex(
        tiles=10, columns=5, tile_width=160, tile_height=90, seconds=5.0
    )
    assert verify_label(strip.picture.path, provenance.key).is_ours
    with Image.open(strip.picture.path) as image:
        assert image.size == (800, 180)
        sheet = np.asarray(image)[..., 0].astype(int)
    tiles = [sheet[45 + 90 * (n // 5), 80 + 160 * (n % 5)] for n in range(10)]
    assert np.abs(np.array(tiles) - [2 * (6 + 12 * n) for n in range(10)]).max() <= 3


@pytest.mark.parametrize(
    ("shape", "tiles"),
    [
        (Shape(width=320, height=180, frames=1), 1),
        (Shape(width=320, height=180, frames=2, fps=1), 2),
        (Shape(width=90, height=160, frames=30), 2),
        (Shape(width=320, height=180, frames=2400), 20),
    ],
)
def test_a_clip_of_any_length_has_previews(
    tmp_path: Path, provenance: Provenance, draw: Draw, shape: Shape, tiles: int
) -> None:
    previews = PreviewMaker(shape)
    still = next(draw(shape))
    for _ in previews.watch(still for _ in range(shape.frames)):
        pass
    strip = previews.strip(tmp_path / "strip.webp", provenance=provenance)
    thumbnail = previews.thumbnail(tmp_path / "thumbnail.webp", provenance=provenance)
    assert strip.index.tiles == tiles
    assert thumbnail.width == min(480, shape.width)


def test_a_clip_that_ended_early_has_no_previews(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    shape = Shape(width=64, height=36, frames=48)
    previews = PreviewMaker(shape)
    list(previews.watch(islice(draw(shape), 3)))
    with pytest.raises(GenerationFailed, match="ended before its thumbnail"):
        previews.thumbnail(tmp_path / "t.webp", provenance=provenance)
    with pytest.raises(GenerationFailed, match="ended before its last preview"):
        previews.strip(tmp_path / "s.webp", provenance=provenance)


def test_a_player_finds_every_moment_in_the_strip() -> None:
    index = StripIndex(tiles=3, columns=2, tile_width=160, tile_height=90, seconds=3661.5)
    assert StripIndex.from_json(index.to_json()) == index
    assert json.loads(index.to_json())["columns"] == 2
    assert index.to_webvtt("strip.webp") == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:20:20.500\nstrip.webp#xywh=0,0,160,90\n\n"
        "00:20:20.500 --> 00:40:41.000\nstrip.webp#xywh=160,0,160,90\n\n"
        "00:40:41.000 --> 01:01:01.500\nstrip.webp#xywh=0,90,160,90\n"
    )
