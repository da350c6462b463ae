"""The label in sound files: found again, proven, and never believed blindly."""

import struct
from pathlib import Path

import numpy as np
import pytest

from mutoscope.core.rendering import Sound
from mutoscope.media import Provenance, encode_mp3, encode_wave, verify_label
from mutoscope.media.boxes import MalformedFile
from mutoscope.media.sound_labels import labelled_mp3, labelled_wave, sound_labels

PROVENANCE = Provenance(producer="Mutoscope", produce_id="a-1", key=b"k" * 32)
TONE = Sound(
    np.stack([np.sin(np.arange(44_100, dtype=np.float32) * 0.06)] * 2).astype(np.float32), 44_100
)


@pytest.mark.parametrize("encode", [encode_mp3, encode_wave])
def test_a_sound_is_labelled_and_the_label_is_proven(tmp_path: Path, encode: object) -> None:
    path = tmp_path / "sound"
    assert callable(encode)
    made = encode(TONE, path, provenance=PROVENANCE)
    assert made.milliseconds == 1000
    found = verify_label(path, PROVENANCE.key)
    assert found.is_ours
    assert found.labels == (made.label,)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert not verify_label(path, PROVENANCE.key).is_ours


def test_a_label_that_is_there_twice_proves_nothing() -> None:
    wave = labelled_wave(b"\0\0" * 8, rate=8000, channels=1, label="one")
    again = wave + b"AIGC" + struct.pack("<I", 4) + b"more"
    assert sound_labels(again)[0] == ["one", "more"]


@pytest.mark.parametrize(
    "data",
    [
        b"ID3\x03\x00\x00\x00\x00\x00\x01x",
        b"ID3\x04\x00\x00\x00\x00\x00\x7f",
        b"ID3\x04\x00\x00\xff\xff\xff\xff" + b"x" * 40,
        b"ID3\x04\x00\x00\x00\x00\x00\x0bTXXX\x00\x00\x7f\x7f\x00\x00A",
        b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff",
    ],
)
def test_files_that_contradict_themselves_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedFile):
        sound_labels(data)


def test_a_file_cut_anywhere_is_refused_or_holds_no_proof() -> None:
    for whole in (
        labelled_mp3(b"frames" * 20, "label"),
        labelled_wave(b"\1\2" * 20, rate=8000, channels=1, label="label"),
    ):
        complete = sound_labels(whole)
        for length in range(12, len(whole) - 1):
            try:
                assert sound_labels(whole[:length]) != complete
            except MalformedFile:
                continue
