"""What only blobs on a disk can do wrong. (Touches a disk: the disk is the subject.)"""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mutoscope.core.errors import StorageFull
from mutoscope.core.ids import BlobKey
from mutoscope.storage import FilesystemBlobStore, MemoryBlobStore

FILL = """
import io, pathlib, sys
from mutoscope.core.errors import StorageFull
from mutoscope.storage import FilesystemBlobStore

{before}
root = pathlib.Path(sys.argv[1])
store = FilesystemBlobStore(root)
small = store.put(io.BytesIO(b"small"))
try:
    store.put(io.BytesIO(bytes(4 << 20)))
except StorageFull as error:
    files = sorted(path.name for path in root.rglob("*") if path.is_file())
    assert files == [small], files
    with store.open(small) as blob:
        assert blob.read() == b"small"
    assert store.put(io.BytesIO(b"room for this")) in {{p.name for p in root.rglob("*")}}
    print("full:", error)
"""
SIZE_LIMIT = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
"""
SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def can_mount() -> bool:
    try:
        made = subprocess.run([*SMALL_DISK, "mount -t tmpfs -o size=1m none /mnt"], check=False)
    except FileNotFoundError:
        return False
    return made.returncode == 0


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("a small disk can't be mounted here")
    script = 'mount -t tmpfs -o size=1m none "$1"; exec "$2" -c "$3" "$1/blobs"'
    code = FILL.format(before="")
    command = [*SMALL_DISK, script, "sh", str(tmp_path), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("full: There is no room left")


def test_a_file_size_limit_is_a_full_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FILL.format(before=SIZE_LIMIT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("full: There is no room left")


def test_the_fake_fills_up_too() -> None:
    store = MemoryBlobStore(bytes_max=10)
    key = store.put(io.BytesIO(b"12345678"))
    with pytest.raises(StorageFull):
        store.put(io.BytesIO(b"abc"))
    assert store.put(io.BytesIO(b"12345678")) == key


def test_blobs_fan_out_into_folders(tmp_path: Path) -> None:
    key = FilesystemBlobStore(tmp_path).put(io.BytesIO(b"x"))
    assert files(tmp_path) == [tmp_path / key[:2] / key[2:4] / key]


def test_a_file_moves_without_a_copy(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_bytes(b"a film")
    inode = made.stat().st_ino
    store = FilesystemBlobStore(tmp_path / "blobs")
    with store.open(store.put_file(made)) as blob:
        assert os.fstat(blob.fileno()).st_ino == inode


def test_a_file_on_another_disk_moves_all_the_same(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one file system here")
    made = elsewhere / f"mutoscope-test-{os.getpid()}"
    made.write_bytes(b"from afar")
    store = FilesystemBlobStore(tmp_path / "blobs")
    with store.open(store.put_file(made)) as blob:
        assert blob.read() == b"from afar"
    assert not made.exists()


def test_a_link_is_not_taken_for_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not yours")
    link = tmp_path / "link"
    link.symlink_to(secret)
    store = FilesystemBlobStore(tmp_path / "blobs")
    with pytest.raises(OSError, match="symbolic links"):
        store.put_file(link)
    with pytest.raises(ValueError, match="plain file"):
        store.put_file(tmp_path)
    assert files(tmp_path / "blobs") == []


def test_a_stored_blob_is_read_only(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_bytes(b"a film")
    store = FilesystemBlobStore(tmp_path / "blobs")
    store.put_file(made)
    store.put(io.BytesIO(b"another"))
    assert {path.stat().st_mode & 0o777 for path in files(tmp_path / "blobs")} == {0o440}


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path) -> None:
    store = FilesystemBlobStore(tmp_path)
    key = store.put(io.BytesIO(b"kept"))
    abandoned, fresh = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    abandoned.write_bytes(b"half")
    fresh.write_bytes(b"half")
    two_days_ago = time.time() - 48 * 3600
    for path in (abandoned, tmp_path / key[:2] / key[2:4] / key):
        os.utime(path, (two_days_ago, two_days_ago))
    again = FilesystemBlobStore(tmp_path)
    assert not abandoned.exists()
    assert fresh.exists()
    assert again.exists(BlobKey(key))


def test_two_stores_on_one_root_see_the_same_blobs(tmp_path: Path) -> None:
    one, other = FilesystemBlobStore(tmp_path), FilesystemBlobStore(tmp_path)
    assert other.exists(one.put(io.BytesIO(b"shared")))
