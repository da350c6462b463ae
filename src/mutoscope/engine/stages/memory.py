"""Telling that memory ran out, which torch says in several ways."""

import torch

from mutoscope.core.errors import GenerationFailed

# What the CPU allocator raises is a bare RuntimeError.
CPU_ALLOCATOR_SAYS = ("can't allocate memory", "not enough memory", "out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """The error means that there was no room, not that something is wrong."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return any(words in text for words in CPU_ALLOCATOR_SAYS)


def out_of_memory(
    stage: str, *, fix: str = "ask for a smaller size or fewer frames"
) -> GenerationFailed:
    """What to tell the caller."""
    return GenerationFailed(f"memory ran out while {stage}", fix=fix)
