"""Frames to labelled files, files to facts, pictures of strangers to pixels.

This door is light: the web process looks at a picture and checks a label through it. The names
that bring codecs, NumPy and Pillow along are loaded when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mutoscope.media.pictures import (
    PictureFacts,
    PictureFormat,
    PictureLimits,
    decode_base64_picture,
    decode_picture,
    inspect_picture,
)
from mutoscope.media.provenance import AigcLabel, Provenance, check_producer
from mutoscope.media.strip_index import StripIndex
from mutoscope.media.verification import Verification, verify_label

if TYPE_CHECKING:
    from mutoscope.media.encode import EncodedVideo, encode_video
    from mutoscope.media.footage import Footage
    from mutoscope.media.picture_encoder import EncodedPicture, encode_picture
    from mutoscope.media.preview import EncodedStrip, PreviewMaker, encode_small
    from mutoscope.media.probe import VideoFacts, probe_video
    from mutoscope.media.sounds import EncodedSound, encode_mp3, encode_wave
    from mutoscope.media.watermark import Watermark

__all__ = [
    "AigcLabel",
    "EncodedPicture",
    "EncodedSound",
    "EncodedStrip",
    "EncodedVideo",
    "Footage",
    "PictureFacts",
    "PictureFormat",
    "PictureLimits",
    "PreviewMaker",
    "Provenance",
    "StripIndex",
    "Verification",
    "VideoFacts",
    "Watermark",
    "check_producer",
    "decode_base64_picture",
    "decode_picture",
    "encode_mp3",
    "encode_picture",
    "encode_small",
    "encode_video",
    "encode_wave",
    "inspect_picture",
    "probe_video",
    "verify_label",
]

# Loaded when first asked for.
_HEAVY = {
    "EncodedPicture": "picture_encoder",
    "EncodedSound": "sounds",
    "EncodedStrip": "preview",
    "EncodedVideo": "encode",
    "Footage": "footage",
    "PreviewMaker": "preview",
    "VideoFacts": "probe",
    "Watermark": "watermark",
    "encode_mp3": "sounds",
    "encode_picture": "picture_encoder",
    "encode_small": "preview",
    "encode_video": "encode",
    "encode_wave": "sounds",
    "probe_video": "probe",
}


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HEAVY[name]}"), name)
