"""Where a model runs and in which precision. Imports torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from mutoscope.engine.checkpoints import Checkpoint

Offload = Literal["none", "model", "sequential"]
CPU_INFO = Path("/proc/cpuinfo")
FAST_BF16_FLAGS = ("avx512_bf16", "amx_bf16")
# Room for activations beside the weights: attention and an untiled decode of a medium clip.
ACTIVATION_BYTES = 3 * 2**30


@dataclass(frozen=True)
class Placement:
    """A device, a precision, and how much of the model waits in main memory."""

    device: str
    dtype: torch.dtype
    offload: Offload = "none"


def choose_placement(checkpoint: Checkpoint, *, device: str, dtype: str) -> Placement:
    """The fastest way this machine can hold the checkpoint; "auto" leaves the choice to us."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if dtype == "auto":
        wants_bfloat16 = device != "cpu" or cpu_is_fast_in_bfloat16()
        dtype = "bfloat16" if wants_bfloat16 else "float32"
    precision = {"bfloat16": torch.bfloat16, "float32": torch.float32}[dtype]
    if not device.startswith("cuda"):
        return Placement(device, precision)
    free_bytes, _ = torch.cuda.mem_get_info(device)
    bytes_each = [part.elements * precision.itemsize for part in checkpoint.parts.values()]
    return Placement(device, precision, choose_offload(bytes_each, free_bytes=free_bytes))


def choose_offload(bytes_each: list[int], *, free_bytes: int) -> Offload:
    """Everything on the card if it fits, else one part at a time, else one layer at a time."""
    if sum(bytes_each) + ACTIVATION_BYTES <= free_bytes:
        return "none"
    if max(bytes_each, default=0) + ACTIVATION_BYTES <= free_bytes:
        return "model"
    return "sequential"


def cpu_is_fast_in_bfloat16(cpu_info: Path = CPU_INFO) -> bool:
    """This processor multiplies bfloat16 natively; others emulate it, slower than float32."""
    if not cpu_info.is_file():
        return False
    flags = cpu_info.read_text().split()
    return any(flag in flags for flag in FAST_BF16_FLAGS)
