"""A ZIP written while it is read: nothing is kept in memory but the piece on its way."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from typing import Any

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import BlobKey
from mutoscope.storage import BlobStore

CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class Entry:
    """A file of the archive."""

    name: str
    blob: BlobKey
    written_at: Milliseconds


class _Pipe(RawIOBase):
    """Takes what the archive writes, and gives it to whoever reads."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zipped(blobs: BlobStore, entries: Sequence[Entry]) -> Iterator[bytes]:
    """The archive, piece by piece. Films are packed already: they are stored as they are."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            at = datetime.fromtimestamp(entry.written_at / 1000, UTC)
            info = zipfile.ZipInfo(entry.name, at.timetuple()[:6])
            info.file_size = blobs.size(entry.blob)
            with blobs.open(entry.blob) as source, archive.open(info, "w") as target:
                while piece := source.read(CHUNK_BYTES):
                    target.write(piece)
                    yield pipe.take()
    yield pipe.take()
