"""Folders that must not be run: each is refused before it can do harm, with the file named."""

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.support.engine_world import Ear, Studio, edit_json, request_for
from tests.support.tiny_checkpoints import write_manifest

from mutoscope.core.errors import ModelUnavailable
from mutoscope.engine import inspect_checkpoint

pytest_plugins = ["tests.support.engine_fixtures"]

Install = Callable[[str], Path]
TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors"
VAE = "vae/diffusion_pytorch_model.safetensors"
TEXT = "text_encoder/model.safetensors"


def refusal(folder: Path, studio: Studio) -> ModelUnavailable:
    """How a generation with this folder is refused; inspecting and rendering must agree."""
    ear = Ear()
    with pytest.raises(ModelUnavailable) as caught:
        studio.render(request_for(folder.name), ear=ear)
    assert caught.value.field == "model"
    assert caught.value.fix
    assert not [stage for stage, _, _ in ear.heard if stage != "load"], "nothing was run"
    return caught.value


def change_weights(file: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def test_a_whole_checkpoint_passes(install: Install) -> None:
    found = inspect_checkpoint(install("wan-image"))
    assert (found.family.name, found.pipeline) == ("wan", "WanImageToVideoPipeline")
    assert set(found.parts) == set(found.family.parts) - {"transformer_2"}
    assert found.shape_rule.side_multiple == 16
    assert found.shape_rule.frames_period == 4


@pytest.mark.parametrize(
    "name", ["pipeline.py", "vae/model.bin", "text_encoder/x.PT", "a/b.ckpt", "unet.pickle"]
)
def test_programs_and_pickles_are_refused(name: str, install: Install, studio: Studio) -> None:
    folder = install("ltx")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"raise SystemExit")
    assert name in str(refusal(folder, studio))


def test_a_pickle_is_not_taken_in_place_of_missing_safetensors(
    install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    torch.save(load_file(folder / VAE), folder / "vae/diffusion_pytorch_model.bin")
    (folder / VAE).unlink()
    assert "diffusion_pytorch_model.bin" in str(refusal(folder, studio))


def test_every_loader_is_told_to_take_safetensors_only(
    install: Install, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock: were a pickle to slip past inspection, the libraries refuse it too."""
    import mutoscope.engine.checkpoints as checkpoints

    folder = install("ltx")
    torch.save(load_file(folder / VAE), folder / "vae/diffusion_pytorch_model.bin")
    found = inspect_checkpoint_without_pickle_rule(folder, monkeypatch, checkpoints)
    (folder / VAE).unlink()
    from mutoscope.engine.loading import load_model
    from mutoscope.engine.placement import Placement

    with pytest.raises(ModelUnavailable, match="vae"):
        load_model(found, Placement("cpu", torch.float32), Ear())


def inspect_checkpoint_without_pickle_rule(
    folder: Path, monkeypatch: pytest.MonkeyPatch, checkpoints: Any
) -> Any:
    monkeypatch.setattr(checkpoints, "REFUSED_SUFFIXES", frozenset())
    return inspect_checkpoint(folder)


def test_a_foreign_library_is_refused_and_never_imported(
    install: Install, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mutoscope_trap.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = install("ltx")
    edit_json(folder / "model_index.json", {"scheduler": ["mutoscope_trap", "Scheduler"]})
    assert "mutoscope_trap" in str(refusal(folder, studio))
    assert "mutoscope_trap" not in sys.modules


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"_class_name": "StableDiffusionPipeline"}, "StableDiffusionPipeline"),
        ({"_class_name": ["pipeline", "Mine"]}, "Mine"),
        ({"_class_name": None}, "no recipe"),
        ({"vae": ["diffusers", "AutoencoderKLMochi"]}, "AutoencoderKLMochi"),
        ({"vae": ["transformers", "AutoModel"]}, "AutoModel"),
        ({"vae": ["diffusers", "AutoencoderKLLTXVideo", "x"]}, "vae"),
        ({"vae": [None, None]}, "vae"),
        ({"safety_checker": ["diffusers", "Checker"]}, "safety_checker"),
    ],
)
def test_a_foreign_architecture_is_refused(
    changes: dict[str, Any], words: str, install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    edit_json(folder / "model_index.json", changes)
    assert words in str(refusal(folder, studio))


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("transformer/config.json", {"_class_name": "WanTransformer3DModel"}),
        ("transformer/config.json", {"auto_map": {"AutoModel": "mine.Model"}}),
        ("transformer/config.json", {"patch_size": 2}),
        ("text_encoder/config.json", {"architectures": ["BertModel"]}),
        ("text_encoder/config.json", {"quantization_config": {"quant_method": "x"}}),
        ("tokenizer/tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["mine.T", None]}}),
    ],
)
def test_settings_of_another_model_or_asking_for_code_are_refused(
    file: str, changes: dict[str, Any], install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    edit_json(folder / file, changes)
    assert file in str(refusal(folder, studio))


@pytest.mark.parametrize(
    "name",
    [
        "model_index.json",
        TRANSFORMER,
        TEXT,
        "vae/config.json",
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer_config.json",
        "tokenizer/tokenizer.json",
    ],
)
def test_a_missing_file_is_named(name: str, install: Install, studio: Studio) -> None:
    folder = install("ltx")
    (folder / name).unlink()
    assert f"{name} is missing" in str(refusal(folder, studio))


def test_a_truncated_tokenizer_is_named(install: Install, studio: Studio) -> None:
    folder = install("ltx")
    words = folder / "tokenizer" / "tokenizer.json"
    words.write_bytes(words.read_bytes()[:100])
    assert "tokenizer/tokenizer.json is not whole" in str(refusal(folder, studio))


def test_a_folder_that_is_not_there_is_refused(models: Path, studio: Studio) -> None:
    assert "model_index.json is missing" in str(refusal(models / "nowhere", studio))


@pytest.mark.parametrize("name", ["model_index.json", "vae/config.json", "mutoscope.json"])
@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_page_that_is_not_a_json_object_is_named(
    name: str, text: str, install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    (folder / name).write_text(text)
    assert name in str(refusal(folder, studio))


@pytest.mark.parametrize("name", [TRANSFORMER, TEXT])
@pytest.mark.parametrize("kept", [0, 4, 200, -1])
def test_a_truncated_file_is_named(name: str, kept: int, install: Install, studio: Studio) -> None:
    folder = install("ltx")
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:kept])
    assert f"{name} is not a whole safetensors file" in str(refusal(folder, studio))


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}},
        {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 8]}},
        {"a": {"dtype": "PICKLE", "shape": [2], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
        {"a": {"dtype": "F32"}},
        {"a": 5},
    ],
)
def test_a_header_that_lies_is_refused(
    header: dict[str, Any], install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    page = json.dumps(header).encode()
    (folder / VAE).write_bytes(struct.pack("<Q", len(page)) + page + bytes(8))
    assert VAE in str(refusal(folder, studio))


def test_a_shard_elsewhere_is_refused(install: Install, studio: Studio) -> None:
    folder = install("ltx")
    index = folder / "text_encoder/model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../../other/model.safetensors"}}))
    assert "model.safetensors.index.json" in str(refusal(folder, studio))


@pytest.mark.parametrize("name", [TRANSFORMER, VAE, TEXT])
def test_a_weight_of_the_wrong_shape_is_refused(
    name: str, install: Install, studio: Studio
) -> None:
    folder = install("ltx")

    def halve(tensors: dict[str, torch.Tensor]) -> None:
        key = next(key for key in sorted(tensors) if tensors[key].ndim == 2 or "conv" in key)
        tensors[key] = tensors[key][: len(tensors[key]) // 2].clone()

    change_weights(folder / name, halve)
    assert name in str(refusal(folder, studio))


@pytest.mark.parametrize("name", [TRANSFORMER, VAE, TEXT])
def test_a_missing_weight_is_named_though_the_libraries_load_it_in_silence(
    name: str, install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    lost = min(load_file(folder / name))
    change_weights(folder / name, lambda tensors: tensors.pop(lost))
    refused = str(refusal(folder, studio))
    assert name in refused
    assert lost in refused


@pytest.mark.parametrize("name", [TRANSFORMER, VAE])
def test_a_weight_of_another_model_is_named(name: str, install: Install, studio: Studio) -> None:
    folder = install("ltx")
    change_weights(folder / name, lambda tensors: tensors.update(stray=torch.ones(3)))
    refused = str(refusal(folder, studio))
    assert name in refused
    assert "stray" in refused


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", [TRANSFORMER, VAE, TEXT])
def test_a_weight_that_is_not_a_number_is_named(
    name: str, value: float, install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    spoilt = []

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        key = sorted(tensors)[-1]
        tensors[key].view(-1)[0] = value
        spoilt.append(key)

    change_weights(folder / name, spoil)
    refused = str(refusal(folder, studio))
    assert name in refused
    assert spoilt[0] in refused


@pytest.mark.parametrize(
    "page",
    [
        {"family": "wan"},
        {"pipeline": "WanPipeline"},
        {"steps": 0},
        {"steps": True},
        {"guidance": "high"},
        {"sizes": [[64]]},
        {"sizes": []},
        {"frames": [0]},
        {"timesteps": "cubic"},
        {"fps": 8.5},
    ],
)
def test_a_manifest_that_makes_no_sense_is_named(
    page: dict[str, Any], install: Install, studio: Studio
) -> None:
    folder = install("ltx")
    write_manifest(folder, page)
    refused = str(refusal(folder, studio))
    assert "mutoscope.json" in refused
    assert next(iter(page)) in refused


def test_a_refused_folder_can_be_mended_and_used(install: Install, studio: Studio) -> None:
    folder = install("ltx")
    whole = (folder / VAE).read_bytes()
    (folder / VAE).write_bytes(whole[:-8])
    refusal(folder, studio)
    (folder / VAE).write_bytes(whole)
    assert studio.render(request_for("ltx")).shape == (9, 64, 64, 3)
