"""A checkpoint's folder, inspected before anything in it is imported, loaded or run. No torch."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mutoscope.core.errors import ModelUnavailable
from mutoscope.engine.families import FAMILY_OF, LIBRARIES, Family, PartRule
from mutoscope.engine.manifest import MANIFEST_NAME, Manifest, read_manifest
from mutoscope.engine.shapes import ShapeRule, ltx_shape_rule, wan_shape_rule
from mutoscope.engine.weights import WeightFile, read_weight_file

INDEX_NAME = "model_index.json"
JSON_BYTES_MAX = 16_000_000
# Each of these can run code when it is read: pickles, and Python itself.
REFUSED_SUFFIXES = frozenset(
    {".py", ".pyc", ".pyd", ".so", ".dll"}
    | {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill", ".npy", ".npz", ".h5"}
)
WEIGHTS_NAME = {"diffusers": "diffusion_pytorch_model", "transformers": "model"}
SETTINGS_NAME = {
    "tokenizer": "tokenizer_config.json",
    "scheduler": "scheduler_config.json",
    "image_processor": "preprocessor_config.json",
}
# A tokenizer's words: either file will do, the first is taken.
WORDS_NAMES = ("tokenizer.json", "spiece.model")
WORDS_TAIL = 16  # bytes


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a checkpoint: its folder's name, its class, its settings and weight files."""

    name: str
    library: str
    class_name: str
    config: Mapping[str, Any]
    weights: tuple[WeightFile, ...] = ()

    @property
    def elements(self) -> int:
        """How many numbers its weights hold."""
        return sum(file.elements for file in self.weights)

    @property
    def files(self) -> str:
        """Its weight files, as "vae/model.safetensors"; the folder if it has none."""
        return ", ".join(f"{self.name}/{file.path.name}" for file in self.weights) or self.name

    def file_of(self, tensor: str) -> str:
        """The file that holds `tensor`, as "vae/model.safetensors"; the first if none says so."""
        named = [file.path.name for file in self.weights if tensor in file.shapes]
        return f"{self.name}/{(named or [file.path.name for file in self.weights])[0]}"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A folder found fit to load: its family, its parts and how it wants to be sampled."""

    folder: Path
    family: Family
    pipeline: str
    parts: Mapping[str, Part]
    options: Mapping[str, Any]
    manifest: Manifest
    shape_rule: ShapeRule
    fingerprint: str


def inspect_checkpoint(folder: Path) -> Checkpoint:
    """Check a folder in the diffusers layout; ModelUnavailable names the file that is wrong.

    Only headers are read: no weights, and no library but this one is imported.
    """
    if not (folder / INDEX_NAME).is_file():
        raise _refusal(f"{INDEX_NAME} is missing", "give the folder of a diffusers checkpoint")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    _refuse_programs(folder, files)
    index = _read_json(folder, INDEX_NAME)
    family, pipeline = _recognise(index)
    parts = {part.name: part for part in _read_parts(folder, family, index)}
    manifest = Manifest()
    if (folder / MANIFEST_NAME).is_file():
        page = _read_json(folder, MANIFEST_NAME)
        manifest = read_manifest(page, family=family.name, pipelines=family.pipelines)
    return Checkpoint(
        folder=folder,
        family=family,
        pipeline=manifest.pipeline or pipeline,
        parts=parts,
        options={name: index[name] for name in family.options if name in index},
        manifest=manifest,
        shape_rule=_shape_rule(family, parts),
        fingerprint=_fingerprint(folder, files),
    )


def _refuse_programs(folder: Path, files: list[Path]) -> None:
    for path in files:
        if path.suffix.lower() in REFUSED_SUFFIXES:
            raise _refusal(
                f"{path.relative_to(folder).as_posix()} could run code of its own",
                "give weights as safetensors, and remove every program and pickle from the folder",
            )


def _recognise(index: Mapping[str, Any]) -> tuple[Family, str]:
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str) or pipeline not in FAMILY_OF:
        raise _refusal(
            f"{INDEX_NAME} names {pipeline!r}, which no recipe here runs",
            f"use a checkpoint of {', '.join(sorted(FAMILY_OF))}",
        )
    return FAMILY_OF[pipeline], pipeline


def _read_parts(folder: Path, family: Family, index: Mapping[str, Any]) -> Iterator[Part]:
    unknown = [
        name
        for name, value in index.items()
        if isinstance(value, list) and name not in family.parts and any(value)
    ]
    if unknown:
        raise _refusal(
            f"{INDEX_NAME} names a part that {family.name} does not have: {unknown[0]}",
            "use the checkpoint as its makers published it",
        )
    for name, rule in family.parts.items():
        named = index.get(name)
        if named in (None, [None, None]):
            if rule.is_optional:
                continue
            raise _refusal(f"{INDEX_NAME} names no {name}", "use a complete checkpoint")
        yield _read_part(folder, name, rule, named)


def _read_part(folder: Path, name: str, rule: PartRule, named: Any) -> Part:
    if not (isinstance(named, list) and len(named) == 2 and named[0] in LIBRARIES):
        raise _refusal(
            f"{INDEX_NAME} wants {name} from {named!r}, and only {' and '.join(LIBRARIES)} may be",
            "use a checkpoint made of stock parts",
        )
    library, class_name = named
    if library != rule.library or class_name not in rule.classes:
        raise _refusal(
            f"{INDEX_NAME} wants {name} to be {library}.{class_name}, which is not on the list",
            f"{name} may be one of {', '.join(sorted(rule.classes))}",
        )
    settings = f"{name}/{SETTINGS_NAME.get(name, 'config.json')}"
    config = _read_json(folder, settings)
    _refuse_foreign_settings(config, settings, class_name)
    if name == "tokenizer":
        _check_words(folder, name)
    weights = _read_weights(folder, name, library) if rule.has_weights else ()
    return Part(name=name, library=library, class_name=class_name, config=config, weights=weights)


def _check_words(folder: Path, name: str) -> None:
    found = [f"{name}/{file}" for file in WORDS_NAMES if (folder / name / file).is_file()]
    if not found:
        first, other = (f"{name}/{file}" for file in WORDS_NAMES)
        raise _refusal(f"{first} is missing", f"copy {first} or {other} into the model's folder")
    with (folder / found[0]).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - WORDS_TAIL))
        tail = file.read().rstrip()
    # Megabytes of JSON, and this runs before every job: its last bracket tells whether it is whole.
    is_whole = tail.endswith(b"}") if found[0].endswith(".json") else bool(tail)
    if not is_whole:
        raise _refusal(f"{found[0]} is not whole", f"copy {found[0]} again")


def _refuse_foreign_settings(config: Mapping[str, Any], settings: str, class_name: str) -> None:
    for key in ("auto_map", "quantization_config"):
        if config.get(key):
            raise _refusal(
                f"{settings} asks for {key!r}: code or packages from elsewhere",
                "use the plain checkpoint",
            )
    named = config.get("_class_name", class_name)
    if config.get("architectures"):
        named = config["architectures"][0]
    if named != class_name:
        raise _refusal(
            f"{settings} describes a {named}, {INDEX_NAME} a {class_name}",
            "use the checkpoint as its makers published it",
        )


def _read_weights(folder: Path, name: str, library: str) -> tuple[WeightFile, ...]:
    stem = WEIGHTS_NAME[library]
    shards = [f"{stem}.safetensors"]
    if (folder / name / f"{stem}.safetensors.index.json").is_file():
        shards = _shards(folder, f"{name}/{stem}.safetensors.index.json")
    files = []
    for shard in shards:
        path = folder / name / shard
        if not path.is_file():
            raise _refusal(f"{name}/{shard} is missing", f"copy {name}/{shard} into the folder")
        files.append(read_weight_file(path, name=f"{name}/{shard}"))
    return tuple(files)


def _shards(folder: Path, name: str) -> list[str]:
    weight_map = _read_json(folder, name).get("weight_map")
    shards = sorted(set(weight_map.values())) if isinstance(weight_map, dict) else []
    for shard in shards or [""]:
        if not str(shard).endswith(".safetensors") or PurePosixPath(shard).name != shard:
            raise _refusal(f"{name} names no shards, or some elsewhere", f"copy {name} again")
    return shards


def _read_json(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        raise _refusal(f"{name} is missing", f"copy {name} into the model's folder")
    if path.stat().st_size > JSON_BYTES_MAX:
        raise _refusal(f"{name} is larger than {JSON_BYTES_MAX} bytes", f"copy {name} again")
    try:
        page = json.loads(path.read_bytes())
    except ValueError as error:
        raise _refusal(f"{name} is not JSON", f"copy {name} again") from error
    if not isinstance(page, dict):
        raise _refusal(f"{name} is not a JSON object", f"copy {name} again")
    return page


def _shape_rule(family: Family, parts: Mapping[str, Part]) -> ShapeRule:
    rule = {"ltx": ltx_shape_rule, "wan": wan_shape_rule}[family.name]
    try:
        return rule(parts["vae"].config, parts["transformer"].config)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _refusal(
            "vae/config.json or transformer/config.json lacks the sizes of its blocks",
            "copy both files again",
        ) from error


def _fingerprint(folder: Path, files: list[Path]) -> str:
    """Changes when a file does, so that a replaced checkpoint is not taken for the old one."""
    digest = hashlib.sha256()
    for path in files:
        seen = path.stat()
        line = f"{path.relative_to(folder).as_posix()} {seen.st_size} {seen.st_mtime_ns}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _refusal(detail: str, fix: str) -> ModelUnavailable:
    return ModelUnavailable(f"this model can't be loaded: {detail}", field="model", fix=fix)
