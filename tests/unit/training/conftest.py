"""A tiny world for the training room: drawn sprites in place of the downloaded art."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from training import art
from training.batches import Phase
from training.codec import Codec, fit
from training.model import ModelSize
from training.render import render
from training.scenes import Stream, generator, sample_scene
from training.train import Plan
from training.world import OBJECTS

SIDE = 32


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder whose art is one coloured disk for every object."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "art").mkdir()
    for index, thing in enumerate(OBJECTS):
        picture = Image.new("RGBA", (64, 64))
        colour = (40 + 8 * index, 250 - 9 * index, (60 * index) % 256, 255)
        ImageDraw.Draw(picture).ellipse((8, 8, 56, 56), fill=colour)
        picture.save(folder / "art" / f"{thing.art}.webp", lossless=True)
    return folder


@pytest.fixture(autouse=True)
def _runs_folder(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUTOSCOPE_TRAINING_RUNS", str(runs))
    art.sprite.cache_clear()


def clip(index: int, side: int = SIDE) -> np.ndarray:
    """A rendered clip of the tiny world."""
    return render(sample_scene(generator(0, Stream.CODEC, index)), side).frames


@pytest.fixture
def codec() -> Codec:
    """The codec at full width, fitted to a few small clips."""
    return fit([clip(index, 64) for index in range(14)])


@pytest.fixture
def plan() -> Plan:
    """A plan of a few steps for a model of a few thousand weights."""
    size = ModelSize(heads=1, layers=1, text_width=64, text_layers=1)
    phases = (
        Phase(until=2, side=SIDE, images=3, clips=0, image_share=1.0),
        Phase(until=200, side=SIDE, images=2, clips=2, image_share=0.2),
    )
    return Plan(seed=5, warmup=2, curriculum=phases, size=size)
