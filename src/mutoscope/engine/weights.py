"""Safetensors files, looked at without loading a single tensor: are they whole? No torch."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutoscope.core.errors import ModelUnavailable

HEADER_BYTES_MAX = 100_000_000
DTYPE_BITS = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16,
    "I16": 16, "U16": 16, "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8,
}  # fmt: skip


@dataclass(frozen=True)
class WeightFile:
    """One safetensors file and the shape of every tensor its header promises."""

    path: Path
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return sum(math.prod(shape) for shape in self.shapes.values())


def read_weight_file(path: Path, *, name: str) -> WeightFile:
    """Check that the file is a whole safetensors file; `name` is what errors call it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(HEADER_BYTES_MAX, size - 8):
            raise _broken(name, f"its header is cut short ({size} bytes in all)")
        header = _parse(file.read(length), name)
    spans = []
    shapes = {}
    for key, entry in header.items():
        if key != "__metadata__":
            shapes[key], span = _tensor(entry, name, key)
            spans.append(span)
    _refuse_gaps(sorted(spans), size - 8 - length, name)
    return WeightFile(path, shapes)


def _parse(header: bytes, name: str) -> dict[str, Any]:
    try:
        parsed = json.loads(header)
    except ValueError as error:
        raise _broken(name, "its header is not JSON") from error
    if not isinstance(parsed, dict):
        raise _broken(name, "its header is not an object")
    return parsed


def _tensor(entry: Any, name: str, key: str) -> tuple[tuple[int, ...], tuple[int, int]]:
    try:
        shape = tuple(int(side) for side in entry["shape"])
        begin, end = (int(offset) for offset in entry["data_offsets"])
        bits = DTYPE_BITS[entry["dtype"]]
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(name, f"tensor {key!r} is not described properly") from error
    if min((*shape, begin, end)) < 0 or (end - begin) * 8 != math.prod(shape) * bits:
        raise _broken(name, f"tensor {key!r} does not fill the bytes set aside for it")
    return shape, (begin, end)


def _refuse_gaps(spans: list[tuple[int, int]], data_bytes: int, name: str) -> None:
    position = 0
    for begin, end in spans:
        if begin != position:
            raise _broken(name, f"its tensors leave a gap or overlap at byte {begin}")
        position = end
    if position != data_bytes:
        raise _broken(name, f"its header promises {position} bytes of weights, it has {data_bytes}")


def _broken(name: str, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{name} is not a whole safetensors file: {why}",
        field="model",
        fix=f"copy {name} into the model's folder again and compare its size with the source",
    )
