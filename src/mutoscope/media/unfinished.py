"""A file that appears under its name only when it is finished."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mutoscope.core.errors import StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, renamed to it at the end and removed on any error."""
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=".unfinished-", suffix=path.suffix, delete=False
    ) as made:
        temporary = Path(made.name)
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:  # PyAV's errors of the system are OSErrors too
        if error.errno in _FULL:
            raise StorageFull(fix="free some space, then try again") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)
