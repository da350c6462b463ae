"""Blobs in memory: the fake that ships with the seam."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mutoscope.core.clock import Milliseconds, SystemClock
from mutoscope.core.errors import NotFound, StorageFull
from mutoscope.core.ids import BlobKey
from mutoscope.storage.blobs import checked


class MemoryBlobStore:
    """Keeps blobs in a dictionary, up to `bytes_max` of them if that is given."""

    def __init__(self, *, bytes_max: int | None = None) -> None:
        self._blobs: dict[BlobKey, bytes] = {}
        self._clock = SystemClock()
        self._written_at: dict[BlobKey, Milliseconds] = {}
        self._bytes_max = bytes_max

    def put(self, source: BinaryIO) -> BlobKey:
        """Keep everything `source` has left to read. StorageFull leaves nothing behind."""
        return self._keep(source.read())

    def put_file(self, path: Path) -> BlobKey:
        """Keep the file at `path`, which is gone from where it was afterwards."""
        key = self._keep(path.read_bytes())
        path.unlink()
        return key

    def open(self, key: BlobKey) -> BinaryIO:
        """The blob to read and seek in; the caller closes it. NotFound if there is none."""
        return io.BytesIO(self._find(key))

    def size(self, key: BlobKey) -> int:
        """How many bytes the blob has. NotFound if there is none."""
        return len(self._find(key))

    def exists(self, key: BlobKey) -> bool:
        """Whether the blob is there."""
        return checked(key) in self._blobs

    def delete(self, key: BlobKey) -> None:
        """Forget the blob. One that is gone already is no error."""
        self._blobs.pop(checked(key), None)

    def written_before(self, moment: Milliseconds) -> Iterator[BlobKey]:
        """The blobs that were last put before then."""
        yield from [key for key in self._blobs if self._written_at[key] < moment]

    def _keep(self, data: bytes) -> BlobKey:
        key = BlobKey(hashlib.sha256(data).hexdigest())
        others = sum(len(blob) for other, blob in self._blobs.items() if other != key)
        if self._bytes_max is not None and others + len(data) > self._bytes_max:
            raise StorageFull(f"the store holds at most {self._bytes_max} bytes")
        self._blobs[key] = data
        self._written_at[key] = self._clock.now()
        return key

    def _find(self, key: BlobKey) -> bytes:
        try:
            return self._blobs[checked(key)]
        except KeyError:
            raise NotFound(f"there is no blob {key}") from None
