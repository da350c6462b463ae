"""The seam between Mutoscope and wherever its bytes are kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import BlobKey

CHUNK_BYTES = 1 << 20

_KEY = re.compile(r"[0-9a-f]{64}")


class BlobStore(Protocol):
    """Bytes in, key out; the key is the hash of the bytes, so writing twice is harmless.

    A blob is there whole or not at all, and never changes. Every method refuses, with ValueError,
    a key that is not 64 lower-case hexadecimal digits: a key can't spell a path.
    """

    def put(self, source: BinaryIO) -> BlobKey:
        """Keep everything `source` has left to read. StorageFull leaves nothing behind."""
        ...

    def put_file(self, path: Path) -> BlobKey:
        """Keep the file at `path`, which moves into the store and is gone from where it was."""
        ...

    def open(self, key: BlobKey) -> BinaryIO:
        """The blob to read and seek in; the caller closes it. NotFound if there is none."""
        ...

    def size(self, key: BlobKey) -> int:
        """How many bytes the blob has. NotFound if there is none."""
        ...

    def exists(self, key: BlobKey) -> bool:
        """Whether the blob is there."""
        ...

    def delete(self, key: BlobKey) -> None:
        """Forget the blob. One that is gone already is no error."""
        ...

    def written_before(self, moment: Milliseconds) -> Iterator[BlobKey]:
        """The blobs that were last put before then; those that come or go meanwhile may lack."""
        ...


def checked(key: str) -> BlobKey:
    """`key`, if it is one."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"a blob key is 64 lower-case hexadecimal digits; got {key[:80]!r}")
    return BlobKey(key)
