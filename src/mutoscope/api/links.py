"""Links to results that need no credentials: signed, and good until they expire."""

from dataclasses import dataclass

import jwt

from mutoscope.core.errors import NotFound
from mutoscope.core.ids import AssetId
from mutoscope.generations import Asset

ALGORITHM = "HS256"
# What the key that signs them is derived for.
LINKS_KEY = "result links"


@dataclass(frozen=True)
class Links:
    """Makes and reads signed links.

    The token is a JWT that names one file and when the link ends. It ends a fixed time after the
    file was made, so that asking twice gives the same link.
    """

    key: bytes
    days: int
    public_url: str

    def to(self, asset: Asset, base_url: str) -> str:
        """The link to a file, as this caller reaches the service."""
        expires_at = asset.created_at // 1000 + self.days * 86_400
        token = jwt.encode({"file": asset.id, "exp": expires_at}, self.key, ALGORITHM)
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


def file_name(asset: Asset) -> str:
    """A name for people who save the file."""
    ending = asset.media_type.partition("/")[2].replace("jpeg", "jpg").replace("mpeg", "mp3")
    number = f"-{asset.position + 1}" if asset.position else ""
    return f"mutoscope-{asset.generation_id}{number}.{ending}"
