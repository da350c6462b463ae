"""Did we make this? Light: reads boxes and chunks, and lets the sandbox decode pictures."""

from dataclasses import dataclass
from pathlib import Path

from mutoscope.core.errors import PictureRejected
from mutoscope.media.boxes import MalformedFile, aigc_tags, payload_digest
from mutoscope.media.pictures import decode_rgb
from mutoscope.media.provenance import AigcLabel, is_proven, parse_label, pixels_digest
from mutoscope.media.sound_labels import is_sound, sound_labels
from mutoscope.media.xmp import aigc_values

PICTURE_BYTES_MAX = 100 * 1024 * 1024


@dataclass(frozen=True)
class Verification:
    """The AIGC labels a file carries (one, if all is well) and whether we vouch for it.

    `is_ours`: exactly one label, whose proof fits this very payload and our key. A file of ours
    that was cut, re-encoded or relabelled is not.
    """

    labels: tuple[AigcLabel, ...]
    is_ours: bool


def verify_label(path: Path, key: bytes) -> Verification:
    """Look for labels in an MP4, PNG, JPEG, WebP, MP3 or WAV; in anything else there are none."""
    try:
        texts, digest = _read(path)
    except MalformedFile:
        return Verification((), is_ours=False)
    labels = tuple(label for text in texts if (label := parse_label(text)) is not None)
    is_ours = len(labels) == 1 == len(texts) and bool(digest) and is_proven(labels[0], digest, key)
    return Verification(labels, is_ours)


def _read(path: Path) -> tuple[list[str], bytes]:
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] == b"ftyp":
            texts = [tag.value.decode("utf-8", "replace") for tag in aigc_tags(file)]
            return texts, payload_digest(file)
    if path.stat().st_size > PICTURE_BYTES_MAX:
        return [], b""
    if is_sound(head):
        return sound_labels(path.read_bytes())
    return _read_picture(path.read_bytes())


def _read_picture(data: bytes) -> tuple[list[str], bytes]:
    """Its labels, and the digest of its pixels if it has one label to compare with."""
    texts = aigc_values(data)
    if len(texts) != 1:
        return texts, b""
    try:
        width, height, rgb = decode_rgb(data)
    except PictureRejected:
        return texts, b""
    return texts, pixels_digest(width=width, height=height, rgb=rgb)
