"""Blobs as files: `ROOT/ab/cd/abcd...`, written beside and moved into place."""

import errno
import hashlib
import io
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import NotFound, StorageFull
from mutoscope.core.ids import BlobKey
from mutoscope.storage.blobs import CHUNK_BYTES, checked

# A file size limit is a full disk as far as the caller can tell: make room, try again.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ABANDONED_AFTER_SECONDS = 24 * 3600
_READ_ONLY = 0o440


class FilesystemBlobStore:
    """Keeps blobs under `root`, which it creates. Many processes may share one root.

    A blob is flushed to the disk, then renamed to its key: after a power cut it is whole or absent.
    What a killed process left half-written in `incoming` goes when a store is opened a day later.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        with _full_disk_named():
            self._incoming.mkdir(parents=True, exist_ok=True)
        self._remove_abandoned()

    def put(self, source: BinaryIO) -> BlobKey:
        """Keep everything `source` has left to read. StorageFull leaves nothing behind."""
        with _full_disk_named():
            descriptor, name = tempfile.mkstemp(dir=self._incoming)
            temporary = Path(name)
            try:
                with os.fdopen(descriptor, "wb") as target:
                    key = _copy(source, target)
                self._move_in(temporary, key)
            finally:
                temporary.unlink(missing_ok=True)
        return key

    def put_file(self, path: Path) -> BlobKey:
        """Keep the file at `path`, which moves into the store and is gone from where it was.

        On the same file system no byte is copied. A link is refused: it would move, not its file.
        """
        with _full_disk_named():
            with _open_itself(path) as source:
                key = BlobKey(hashlib.file_digest(source, "sha256").hexdigest())
                os.fchmod(source.fileno(), _READ_ONLY)
                os.utime(source.fileno())
                os.fsync(source.fileno())
            try:
                self._move_in(path, key)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                with path.open("rb") as source:
                    key = self.put(source)
                path.unlink()
        return key

    def open(self, key: BlobKey) -> BinaryIO:
        """The blob to read and seek in; the caller closes it. NotFound if there is none."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise NotFound(f"there is no blob {key}") from None

    def size(self, key: BlobKey) -> int:
        """How many bytes the blob has. NotFound if there is none."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise NotFound(f"there is no blob {key}") from None

    def exists(self, key: BlobKey) -> bool:
        """Whether the blob is there."""
        return self._path(key).exists()

    def delete(self, key: BlobKey) -> None:
        """Forget the blob. One that is gone already is no error; open readers keep reading."""
        self._path(key).unlink(missing_ok=True)

    def written_before(self, moment: Milliseconds) -> Iterator[BlobKey]:
        """The blobs that were last put before then; walks the whole store."""
        for path in self._root.glob("??/??/*"):
            # Deleted meanwhile, or put there by somebody else.
            with suppress(FileNotFoundError, ValueError):
                key = checked(path.name)
                if path.stat().st_mtime * 1000 < moment:
                    yield key

    def _path(self, key: str) -> Path:
        key = checked(key)
        return self._root / key[:2] / key[2:4] / key

    def _move_in(self, temporary: Path, key: BlobKey) -> None:
        """Rename over whatever is there: it has the same bytes, and a delete can't get between."""
        target = self._path(key)
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _flush_folder(target.parent.parent)
            _flush_folder(self._root)
        temporary.replace(target)
        _flush_folder(target.parent)

    def _remove_abandoned(self) -> None:
        oldest = time.time() - _ABANDONED_AFTER_SECONDS
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # another process tidies at the same time
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _copy(source: BinaryIO, target: BinaryIO) -> BlobKey:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fchmod(target.fileno(), _READ_ONLY)
    os.fsync(target.fileno())
    return BlobKey(digest.hexdigest())


def _open_itself(path: Path) -> io.BufferedReader:
    """Open a plain file, without following a link and without waiting for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError(f"not a plain file: {path}")
    return os.fdopen(descriptor, "rb")


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _full_disk_named() -> Iterator[None]:
    """Turn the system's ways of saying "no room" into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(fix="free some space, then try again") from error
        raise
