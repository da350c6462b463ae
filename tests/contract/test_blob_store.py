"""What every blob store promises, run on each of them."""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mutoscope.core.clock import Milliseconds, SystemClock
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import BlobKey
from mutoscope.storage import BlobStore, FilesystemBlobStore, MemoryBlobStore

MAKERS: dict[str, Callable[[Path], BlobStore]] = {
    "filesystem": lambda folder: FilesystemBlobStore(folder / "blobs"),
    "memory": lambda folder: MemoryBlobStore(),
}
MISSING = BlobKey("0" * 64)
NOT_KEYS = [
    "",
    "0" * 63,
    "0" * 65,
    "0" * 64 + "\n",
    "A" * 64,
    "g" * 64,
    "٠" * 64,
    "../" * 21 + "x",
    "/etc/passwd",
    "incoming",
    "0" * 63 + "\0",
]


@pytest.fixture(params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return MAKERS[request.param](tmp_path)


class Torn(io.RawIOBase):
    """A source that breaks after some bytes, as an upload does when its sender goes away."""

    def __init__(self) -> None:
        self._pieces = [b"first half", b""]

    def read(self, size: int = -1) -> bytes:
        piece = self._pieces.pop(0)
        if not piece or size < 0:
            raise ConnectionResetError("the sender went away")
        return piece


def contents(store: BlobStore, key: BlobKey) -> bytes:
    with store.open(key) as blob:
        return blob.read()


def test_the_key_is_the_sha_256_of_the_bytes(store: BlobStore) -> None:
    assert store.put(io.BytesIO(b"mutoscope")) == hashlib.sha256(b"mutoscope").hexdigest()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.binary(max_size=3000))
def test_what_goes_in_comes_out(store: BlobStore, data: bytes) -> None:
    key = store.put(io.BytesIO(data))
    assert contents(store, key) == data
    assert store.size(key) == len(data)
    assert store.exists(key)


def test_a_blob_larger_than_one_chunk_comes_out_whole(store: BlobStore) -> None:
    data = bytes(range(256)) * 10_000
    assert contents(store, store.put(io.BytesIO(data))) == data


def test_only_what_is_left_of_the_source_is_kept(store: BlobStore) -> None:
    source = io.BytesIO(b"headbody")
    source.seek(4)
    assert contents(store, store.put(source)) == b"body"


def test_writing_twice_is_harmless(store: BlobStore) -> None:
    first = store.put(io.BytesIO(b"same"))
    second = store.put(io.BytesIO(b"same"))
    assert first == second
    assert contents(store, first) == b"same"


def test_one_blob_written_by_many_at_once_is_one_blob(store: BlobStore) -> None:
    data = b"together" * 5000
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: store.put(io.BytesIO(data)), range(16)))
    assert len(set(keys)) == 1
    assert contents(store, keys[0]) == data


def test_a_blob_can_be_read_from_the_middle(store: BlobStore) -> None:
    with store.open(store.put(io.BytesIO(b"0123456789"))) as blob:
        assert blob.seekable()
        blob.seek(7)
        assert blob.read(2) == b"78"


def test_a_file_moves_in_and_is_gone_from_where_it_was(store: BlobStore, tmp_path: Path) -> None:
    made = tmp_path / "made.mp4"
    made.write_bytes(b"a film")
    key = store.put_file(made)
    assert key == hashlib.sha256(b"a film").hexdigest()
    assert contents(store, key) == b"a film"
    assert not made.exists()


def test_a_file_that_is_there_already_moves_in_again(store: BlobStore, tmp_path: Path) -> None:
    key = store.put(io.BytesIO(b"a film"))
    made = tmp_path / "made.mp4"
    made.write_bytes(b"a film")
    assert store.put_file(made) == key
    assert contents(store, key) == b"a film"
    assert not made.exists()


def test_a_file_that_is_not_there_is_an_error(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.put_file(tmp_path / "never-made.mp4")


def test_a_source_that_breaks_leaves_no_blob(store: BlobStore) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Torn())  # type: ignore[arg-type]  # RawIOBase is no BinaryIO to the type checker
    assert not store.exists(BlobKey(hashlib.sha256(b"first half").hexdigest()))


def test_a_missing_blob_is_not_found(store: BlobStore) -> None:
    assert not store.exists(MISSING)
    with pytest.raises(NotFound):
        store.open(MISSING)
    with pytest.raises(NotFound):
        store.size(MISSING)


def test_deleting_is_final_and_twice_is_harmless(store: BlobStore) -> None:
    key = store.put(io.BytesIO(b"gone soon"))
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)


def test_a_reader_keeps_reading_a_deleted_blob(store: BlobStore) -> None:
    key = store.put(io.BytesIO(b"still here"))
    with store.open(key) as blob:
        store.delete(key)
        assert blob.read() == b"still here"


@pytest.mark.parametrize("key", NOT_KEYS)
def test_what_is_not_a_key_is_refused_everywhere(store: BlobStore, key: str) -> None:
    for method in (store.open, store.size, store.exists, store.delete):
        with pytest.raises(ValueError, match="64 lower-case hexadecimal"):
            method(BlobKey(key))


def test_blobs_are_found_by_when_they_were_last_put(store: BlobStore) -> None:
    key = store.put(io.BytesIO(b"old"))
    now = SystemClock().now()
    assert list(store.written_before(Milliseconds(now + 60_000))) == [key]
    assert list(store.written_before(Milliseconds(now - 60_000))) == []
    store.delete(key)
    assert list(store.written_before(Milliseconds(now + 60_000))) == []
