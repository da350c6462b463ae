"""Stereo samples to AAC, handed to the file in step with its pictures."""

from fractions import Fraction

import av
import numpy as np
from av.container import OutputContainer

from mutoscope.core.rendering import Sound

_BITS_PER_SECOND = 160_000
_RATES = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}
_RATE_OTHERWISE = 48000
_CHUNK = 1024


class SoundTrack:
    """Writes a clip's sound, cut to the length of its pictures."""

    def __init__(self, container: OutputContainer, sound: Sound, seconds: float) -> None:
        if sound.samples.ndim != 2 or sound.samples.shape[0] != 2:
            raise ValueError(f"sound is (2, samples); got {sound.samples.shape}")
        count = min(sound.samples.shape[1], round(seconds * sound.rate))
        finite = np.nan_to_num(sound.samples[:, :count].astype(np.float32, copy=False))
        self._samples = np.clip(finite, -1, 1)
        self._rate = sound.rate
        self._written = 0
        self._container = container
        rate = sound.rate if sound.rate in _RATES else _RATE_OTHERWISE  # PyAV resamples
        self._stream = container.add_stream("aac", rate=rate, layout="stereo")
        self._stream.bit_rate = _BITS_PER_SECOND

    def write(self, *, until_seconds: float) -> None:
        """Write the sound up to this moment, so that a player finds it near its pictures."""
        end = min(self._samples.shape[1], round(until_seconds * self._rate))
        while self._written < end:
            chunk = self._samples[:, self._written : self._written + _CHUNK]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(chunk), format="fltp", layout="stereo"
            )
            frame.sample_rate = self._rate
            frame.pts = self._written
            frame.time_base = Fraction(1, self._rate)
            self._container.mux(self._stream.encode(frame))
            self._written += chunk.shape[1]

    def finish(self) -> None:
        """Write what is left."""
        self.write(until_seconds=self._samples.shape[1] / self._rate)
        self._container.mux(self._stream.encode(None))
