"""When decoding fails, the latents are kept and decoding alone is done again."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from tests.support.engine_world import Ear, Studio, decoder_limit, request_for

from mutoscope.core.errors import GenerationFailed, StorageFull
from mutoscope.core.request import Shape
from mutoscope.core.state import Stage

pytest_plugins = ["tests.support.engine_fixtures"]

SHAPES = {
    "ltx": Shape(width=128, height=128, frames=9, fps=8),
    "wan": Shape(width=64, height=32, frames=5, fps=8),
}
DECODERS = {"ltx": ("LTXVideoDecoder3d", 2), "wan": ("WanDecoder3d", 4)}
FULL_MEMORY = torch.OutOfMemoryError("no room for this decode")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("ltx", FULL_MEMORY),
        ("ltx", MemoryError()),
        ("ltx", RuntimeError("a kernel gave up")),
        ("wan", FULL_MEMORY),
    ],
)
def test_a_decode_that_fails_whole_is_done_in_tiles_without_denoising_again(
    name: str, error: Exception, install: Callable[[str], Path], studio: Studio
) -> None:
    install(name)
    request = request_for(name, shape=SHAPES[name])
    ear = Ear(looks=False)
    decoder, width_max = DECODERS[name]
    with decoder_limit(decoder, latent_width_max=width_max, error=error) as widths:
        frames = studio.render(request, ear=ear)
    assert widths
    assert max(widths) <= width_max
    assert ear.steps(Stage.DENOISE) == [0, 1, 2]
    shape = SHAPES[name]
    assert frames.shape == (shape.frames, shape.height, shape.width, 3)
    whole = studio.render(request)
    assert np.abs(frames.astype(int) - whole.astype(int)).mean() < np.abs(whole - 128.0).mean()
    with decoder_limit(decoder, latent_width_max=99, error=error) as widths:
        assert np.array_equal(studio.render(request), whole)
    assert max(widths) > width_max, "tiles are off again"


def test_a_decode_that_fails_in_tiles_too_keeps_latents_for_the_next_attempt(
    install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    install("ltx")
    request = request_for("ltx")
    job = tmp_path / "job"
    with (
        decoder_limit("LTXVideoDecoder3d", latent_width_max=0, error=FULL_MEMORY),
        pytest.raises(GenerationFailed, match="could not be decoded") as failure,
    ):
        studio.render(request, ear=Ear(looks=False), workspace=job)
    assert failure.value.fix
    ear = Ear()
    again = studio.render(request, ear=ear, workspace=job)
    assert ear.steps(Stage.DENOISE) == []
    assert ear.steps(Stage.DECODE) == [0, 1]
    assert np.array_equal(again, studio.render(request))


def test_latents_of_other_work_are_not_taken(
    install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    install("ltx")
    studio.render(request_for("ltx"), workspace=tmp_path / "job")
    for other in (request_for("ltx", seed=8), request_for("ltx", prompt="a blue dog")):
        ear = Ear()
        made = studio.render(other, ear=ear, workspace=tmp_path / "job")
        assert ear.steps(Stage.DENOISE) == [0, 1, 2]
        assert np.array_equal(made, studio.render(other))


@pytest.mark.parametrize("damage", ["cut short", "empty", "another digest", "not numbers"])
def test_damaged_latents_are_made_again(
    damage: str, install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    install("ltx")
    request = request_for("ltx")
    clean = studio.render(request, workspace=tmp_path / "job")
    (file,) = (tmp_path / "job").iterdir()
    if damage == "cut short":
        file.write_bytes(file.read_bytes()[:-100])
    elif damage == "empty":
        file.write_bytes(b"")
    else:
        tensors = load_file(file)
        digest = "0" * 64
        if damage == "not numbers":
            digest = _digest_of(file)
            tensors["latents"][0, 0, 0, 0, 0] = torch.nan
        save_file(tensors, file, metadata={"digest": digest})
    ear = Ear()
    again = studio.render(request, ear=ear, workspace=tmp_path / "job")
    assert ear.steps(Stage.DENOISE) == [0, 1, 2]
    assert np.array_equal(again, clean)


def _digest_of(file: Path) -> str:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        return str(opened.metadata()["digest"])


def test_a_full_disk_is_named_and_leaves_no_half_file(
    install: Callable[[str], Path],
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install("ltx")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        studio.render(request_for("ltx"), workspace=tmp_path / "job")
    assert list((tmp_path / "job").iterdir()) == []


@pytest.mark.parametrize(("level", "message"), [(-100.0, "black"), (float("nan"), "not finite")])
def test_a_black_or_broken_picture_is_a_failure(
    level: float, message: str, install: Callable[[str], Path], studio: Studio
) -> None:
    install("ltx")

    def spoil(module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> Any:
        is_decoder = type(module).__name__ == "LTXVideoDecoder3d"
        return torch.full_like(output, level) if is_decoder else None

    handle = torch.nn.modules.module.register_module_forward_hook(spoil)
    try:
        with pytest.raises(GenerationFailed, match=message):
            studio.render(request_for("ltx"))
    finally:
        handle.remove()


def test_latents_that_are_not_numbers_are_a_failure_and_are_not_kept(
    install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    install("wan")

    def spoil(module: torch.nn.Module, _inputs: object, output: Any) -> Any:
        if type(module).__name__ == "WanTransformer3DModel":
            return (output[0] * torch.inf,)
        return None

    handle = torch.nn.modules.module.register_module_forward_hook(spoil)
    shutil.rmtree(tmp_path / "job", ignore_errors=True)
    try:
        with pytest.raises(GenerationFailed, match="not finite"):
            studio.render(
                request_for("wan", shape=Shape(width=32, height=32)), workspace=tmp_path / "job"
            )
    finally:
        handle.remove()
    assert not (tmp_path / "job").exists()


def test_memory_that_runs_out_while_loading_is_not_blamed_on_the_files(
    install: Callable[[str], Path], studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("ltx")

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("no room for these weights")

    monkeypatch.setattr(transformers.T5EncoderModel, "from_pretrained", full)
    with pytest.raises(GenerationFailed, match="memory ran out while loading"):
        studio.render(request_for("ltx"))


def test_memory_that_runs_out_while_denoising_is_named(
    install: Callable[[str], Path], studio: Studio
) -> None:
    install("ltx")
    request = request_for("ltx", shape=Shape(width=32, height=32))
    clean = studio.render(request)
    full = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 12345 bytes")
    with (
        decoder_limit("FeedForward", latent_width_max=0, error=full),
        pytest.raises(GenerationFailed, match="memory ran out while denoising") as failure,
    ):
        studio.render(request)
    assert "smaller" in str(failure.value.fix)
    assert np.array_equal(studio.render(request), clean)
