from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mutoscope.core.errors import Conflict
from mutoscope.identity import Seal


def test_what_is_sealed_is_opened_by_the_same_key_only(tmp_path: Path) -> None:
    seal = Seal.from_file(tmp_path / "one.key")
    sealed = seal.close("sk_secret")
    assert b"secret" not in sealed
    assert Seal.from_file(tmp_path / "one.key").open(sealed) == "sk_secret"
    with pytest.raises(Conflict, match="does not open"):
        Seal.from_file(tmp_path / "other.key").open(sealed)


def test_the_key_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    Seal.from_file(tmp_path / "master.key")
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 44, b"not a key, but long enough"])
def test_a_damaged_key_is_named_with_the_fix(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "master.key").write_bytes(content)
    with pytest.raises(Conflict, match="damaged") as refusal:
        Seal.from_file(tmp_path / "master.key")
    assert refusal.value.fix


def test_all_who_start_together_hold_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seals = list(pool.map(lambda _: Seal.from_file(tmp_path / "master.key"), range(16)))
    assert len({seal.derive("test") for seal in seals}) == 1
