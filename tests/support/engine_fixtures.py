"""Fixtures about the engine; a test module asks for them with `pytest_plugins`."""

import gc
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers
from tests.support import tiny_checkpoints
from tests.support.engine_world import Studio

BUILDERS: dict[str, Callable[[Path], Path]] = {
    "ltx": tiny_checkpoints.build_ltx,
    "ltx-condition": lambda folder: tiny_checkpoints.build_ltx(
        folder, pipeline="LTXConditionPipeline"
    ),
    "ltx-decode-noise": lambda folder: tiny_checkpoints.build_ltx(folder, decoder_takes_noise=True),
    "wan": tiny_checkpoints.build_wan,
    "wan-experts": tiny_checkpoints.build_wan_experts,
    "wan-tokens": tiny_checkpoints.build_wan_tokens,
    "wan-image": tiny_checkpoints.build_wan_image,
    "wan-image-experts": tiny_checkpoints.build_wan_image_experts,
    "wan-two-images": lambda folder: tiny_checkpoints.build_wan_image(folder, two_pictures=True),
}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint by name, built when first asked for. Not to be changed."""
    torch.set_num_threads(1)
    gc.freeze()  # the libraries are here to stay: collecting around them takes a quarter second
    transformers.utils.logging.disable_progress_bar()
    home = tmp_path_factory.mktemp("checkpoints")

    def folder(name: str) -> Path:
        if not (home / name).exists():
            BUILDERS[name](home / name)
        return home / name

    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Where the studio looks for its models."""
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def install(tiny: Callable[[str], Path], models: Path) -> Callable[[str], Path]:
    """Put a copy of a tiny checkpoint among the models, to be used or spoilt."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(tiny(name), models / name))

    return copy


@pytest.fixture
def studio(models: Path, tmp_path: Path) -> Studio:
    """A renderer over the installed models."""
    return Studio(models, tmp_path / "work")
