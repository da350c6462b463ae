"""Styles, scripts and pictures of the studio itself: read once, served under their own hash."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from mutoscope.core.errors import NotFound

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Statics:
    """All files, in memory; the version is the hash of them all, so that caches never go stale."""

    version: str
    files: dict[str, bytes]

    @classmethod
    def read(cls) -> "Statics":
        """Read the folder."""
        files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
        digest = hashlib.sha256()
        for name, content in files.items():
            digest.update(name.encode() + b"\0" + content)
        return cls(digest.hexdigest()[:12], files)

    def address(self, name: str) -> str:
        """Where a page finds the file."""
        if name not in self.files:
            raise KeyError(f"static/{name} does not exist")
        return f"/static/{self.version}/{name}"


router = APIRouter()


@router.get("/static/{version}/{name}")
def static_file(version: str, name: str, request: Request) -> Response:
    """One file. An older version's address still answers, so that an open page keeps working."""
    statics: Statics = request.app.state.statics
    content = statics.files.get(name)
    if content is None:
        raise NotFound("there is no such file")
    is_current = version == statics.version
    return Response(
        content,
        media_type=TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "text/plain",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable" if is_current else "no-cache"
        },
    )
