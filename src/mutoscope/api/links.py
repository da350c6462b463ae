"""Links to results that need no credentials: signed, and good until they expire."""

from dataclasses import dataclass

import jwt

from mutoscope.core.clock import Clock
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import AssetId
from mutoscope.generations import Asset

ALGORITHM = "HS256"
# What the key that signs them is derived for.
LINKS_KEY = "result links"
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Links:
    """Makes and reads signed links.

    The token is a JWT that names one file and when the link ends: a fixed time after the file was
    made, so that asking twice gives the same link. A file that is kept for longer has a new link
    after that, for as long again; whoever may ask for it never gets one that has ended.
    """

    key: bytes
    days: int
    public_url: str
    clock: Clock

    def to(self, asset: Asset, base_url: str) -> str:
        """The link to a file, as this caller reaches the service."""
        claims = {"file": asset.id, "exp": self._end_of(asset)}
        token = jwt.encode(claims, self.key, ALGORITHM)
        base = (self.public_url or base_url).rstrip("/")
        return f"{base}/files/{token}/{file_name(asset)}"

    def read(self, token: str) -> AssetId:
        """The file a link names. NotFound when it was forged or has expired."""
        try:
            claims = jwt.decode(
                token, self.key, algorithms=[ALGORITHM], options={"require": ["exp", "file"]}
            )
        except jwt.PyJWTError as error:
            raise NotFound("this link has expired, or never worked") from error
        return AssetId(str(claims["file"]))

    def _end_of(self, asset: Asset) -> int:
        """The next end of a link to it that leaves time to use it, in seconds."""
        made, period = asset.created_at // 1000, self.days * DAY_SECONDS
        age = self.clock.now() // 1000 - made
        time_to_use = min(DAY_SECONDS, period // 2)
        return made + period * max(1, (age + time_to_use) // period + 1)


def file_name(asset: Asset) -> str:
    """A name for people who save the file."""
    ending = asset.media_type.partition("/")[2].replace("jpeg", "jpg").replace("mpeg", "mp3")
    number = f"-{asset.position + 1}" if asset.position else ""
    return f"mutoscope-{asset.generation_id}{number}.{ending}"
