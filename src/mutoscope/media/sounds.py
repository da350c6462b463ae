"""Samples to labelled sound files: MP3, and WAV as it is. The order is that of `encode`."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Sound
from mutoscope.media.provenance import AigcLabel, Provenance, is_proven
from mutoscope.media.sound_labels import labelled_mp3, labelled_wave, sound_labels
from mutoscope.media.unfinished import unfinished

if TYPE_CHECKING:
    from mutoscope.core.rendering import Samples

_MP3_RATES = {48000, 44100, 32000, 24000, 22050, 16000}
_BITS_PER_SECOND = 160_000
_CHUNK = 1152


@dataclass(frozen=True)
class EncodedSound:
    """A finished sound file."""

    path: Path
    media_type: str
    milliseconds: int
    bytes: int
    label: AigcLabel


def encode_mp3(sound: Sound, path: Path, *, provenance: Provenance) -> EncodedSound:
    """Write a sound to `path` as MP3, whole and labelled, or nothing at all."""
    if sound.rate not in _MP3_RATES:
        raise ValueError(f"MP3 has no rate of {sound.rate}")
    frames = _mp3_frames(sound)
    return _written(
        path, "audio/mpeg", sound, provenance, frames, lambda label: labelled_mp3(frames, label)
    )


def encode_wave(sound: Sound, path: Path, *, provenance: Provenance) -> EncodedSound:
    """Write a sound to `path` as WAV, 16 bits, whole and labelled, or nothing at all."""
    samples = (_checked(sound) * 32767).round().astype("<i2").T.tobytes()

    def file(label: str) -> bytes:
        return labelled_wave(samples, rate=sound.rate, channels=2, label=label)

    return _written(path, "audio/wav", sound, provenance, samples, file)


def _written(
    path: Path,
    media_type: str,
    sound: Sound,
    provenance: Provenance,
    payload: bytes,
    file: Callable[[str], bytes],
) -> EncodedSound:
    digest = hashlib.sha256(payload).digest()
    label = provenance.sealed(digest)
    data = file(label.to_json())
    with unfinished(path) as temporary:
        temporary.write_bytes(data)
        read_back(temporary, label, provenance)
    milliseconds = round(sound.samples.shape[1] / sound.rate * 1000)
    return EncodedSound(path, media_type, milliseconds, len(data), label)


def read_back(path: Path, label: AigcLabel, provenance: Provenance) -> None:
    """Open the file again; GenerationFailed unless it holds this label, once, and its sound."""
    texts, digest = sound_labels(path.read_bytes())
    if texts != [label.to_json()] or not is_proven(label, digest, provenance.key):
        raise GenerationFailed("the AIGC label of the sound could not be read back")


def _mp3_frames(sound: Sound) -> bytes:
    samples = _checked(sound)
    target = io.BytesIO()
    try:
        # No tag of the muxer's own: ours goes in front.
        options = {"id3v2_version": "0", "write_id3v1": "0"}
        with av.open(target, "w", format="mp3", options=options) as container:
            stream = container.add_stream("libmp3lame", rate=sound.rate, layout="stereo")
            stream.bit_rate = _BITS_PER_SECOND
            for begin in range(0, samples.shape[1], _CHUNK):
                chunk = np.ascontiguousarray(samples[:, begin : begin + _CHUNK])
                frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="stereo")
                frame.sample_rate = sound.rate
                frame.pts = begin
                frame.time_base = Fraction(1, sound.rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise GenerationFailed(f"the sound could not be encoded: {error}") from error
    return target.getvalue()


def _checked(sound: Sound) -> "Samples":
    if sound.samples.ndim != 2 or sound.samples.shape[0] != 2 or not sound.samples.shape[1]:
        raise GenerationFailed("the model made no sound")
    finite = np.nan_to_num(sound.samples.astype(np.float32, copy=False))
    return np.clip(finite, -1, 1)
