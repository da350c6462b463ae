"""Where a model runs: decided from numbers, so that it can be told without a GPU."""

from pathlib import Path

import pytest

from mutoscope.engine.placement import ACTIVATION_BYTES, choose_offload, cpu_is_fast_in_bfloat16

GIB = 2**30


@pytest.mark.parametrize(
    ("free_bytes", "offload"),
    [
        (ACTIVATION_BYTES + 40 * GIB, "none"),
        (ACTIVATION_BYTES + 40 * GIB - 1, "model"),
        (ACTIVATION_BYTES + 28 * GIB, "model"),
        (ACTIVATION_BYTES + 28 * GIB - 1, "sequential"),
        (0, "sequential"),
    ],
)
def test_what_does_not_fit_on_the_card_waits_in_main_memory(free_bytes: int, offload: str) -> None:
    assert choose_offload([28 * GIB, 11 * GIB, GIB], free_bytes=free_bytes) == offload


@pytest.mark.parametrize(
    ("flags", "is_fast"), [("fma avx512f avx512_bf16", True), ("fma avx2 avx512f", False)]
)
def test_bfloat16_is_for_processors_that_multiply_it(
    flags: str, is_fast: bool, tmp_path: Path
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : {flags}\n")
    assert cpu_is_fast_in_bfloat16(tmp_path / "cpuinfo") is is_fast


def test_a_machine_that_does_not_say_is_taken_as_slow(tmp_path: Path) -> None:
    assert not cpu_is_fast_in_bfloat16(tmp_path / "none")
