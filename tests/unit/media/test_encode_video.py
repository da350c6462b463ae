"""Frames become one labelled MP4, or nothing."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from mutoscope.core.errors import GenerationCanceled, GenerationFailed
from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape
from mutoscope.media import Provenance, VideoFacts, encode_video, probe_video, verify_label
from mutoscope.media import encoder_thread as encoder_thread_module
from mutoscope.media.boxes import aigc_tags
from mutoscope.media.encode import read_back
from mutoscope.media.provenance import parse_label

Frame = NDArray[np.uint8]
Draw = Callable[[Shape], Iterator[Frame]]
LeftBehind = Callable[[], list[str]]
SMALL = Shape(width=320, height=180, frames=30, fps=24)

FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from mutoscope.core.errors import StorageFull
from mutoscope.core.request import Shape
from mutoscope.media import Provenance, encode_video

shape = Shape(width=320, height=180, frames=60)
noise = np.random.default_rng(0)
frames = (noise.integers(0, 255, (180, 320, 3), np.uint8) for _ in range(shape.frames))
provenance = Provenance(producer="p", produce_id="1", key=bytes(32))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    encode_video(frames, shape, Path(sys.argv[1]) / "out.mp4", provenance=provenance)
except StorageFull as error:
    print("full:", error)
"""


def colors(path: Path) -> list[tuple[int, ...]]:
    """The Y, Cb and Cr in the middle of every frame."""
    with av.open(str(path)) as container:
        return [
            tuple(
                int(bytes(plane)[plane.height // 2 * plane.line_size + plane.width // 2])
                for plane in frame.planes
            )
            for frame in container.decode(video=0)
        ]


def plain(shape: Shape, *rgb: tuple[int, int, int]) -> Iterator[Frame]:
    frame = np.zeros((shape.height, shape.width, 3), np.uint8)
    for color in rgb:
        frame[:] = color
        yield frame


def test_a_clip_becomes_an_mp4_that_every_player_takes(
    tmp_path: Path, provenance: Provenance, draw: Draw, left_behind: LeftBehind
) -> None:
    made = encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    assert probe_video(made.path) == VideoFacts(
        width=320,
        height=180,
        frames=30,
        fps=24.0,
        seconds=1.25,
        codec="h264",
        pix_fmt="yuv420p",
        colors="bt709 limited",
        is_faststart=True,
        has_sound=False,
        aigc=made.label.to_json(),
    )
    assert (made.width, made.height, made.frames, made.fps) == (320, 180, 30, 24)
    assert made.bytes == made.path.stat().st_size
    assert left_behind() == ["out.mp4"]


def test_the_file_holds_one_label_at_its_place(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    made = encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    with made.path.open("rb") as file:
        (tag,) = aigc_tags(file)
    assert parse_label(tag.value.decode()) == made.label
    data = made.path.read_bytes()
    assert data.count(b"AIGC") == data.count(b'"ReservedCode1"') == 1
    assert str(tmp_path).encode() not in data


def test_we_know_our_own_file_and_only_while_it_is_whole(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    made = encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    found = verify_label(made.path, provenance.key)
    assert (found.labels, found.is_ours) == ((made.label,), True)
    assert not verify_label(made.path, b"another key of 32 bytes, perhaps").is_ours
    data = bytearray(made.path.read_bytes())
    data[-1] ^= 1  # the last byte of the last frame
    made.path.write_bytes(data)
    found = verify_label(made.path, provenance.key)
    assert (found.labels, found.is_ours) == ((made.label,), False)


def test_a_signature_added_later_leaves_the_proof_alone(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    made = encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    data = made.path.read_bytes()
    after_ftyp = int.from_bytes(data[:4], "big")
    signature = (8 + 100).to_bytes(4, "big") + b"uuid" + bytes(100)
    made.path.write_bytes(data[:after_ftyp] + signature + data[after_ftyp:])
    assert verify_label(made.path, provenance.key).is_ours


def test_red_stays_red_in_bt709(tmp_path: Path, provenance: Provenance) -> None:
    shape = Shape(width=64, height=64, frames=3, fps=24)
    red, green, blue = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    made = encode_video(
        plain(shape, red, green, blue), shape, tmp_path / "out.mp4", provenance=provenance
    )
    expected = [(63, 102, 240), (173, 42, 26), (32, 240, 118)]
    assert np.abs(np.array(colors(made.path)) - expected).max() <= 3


@pytest.mark.parametrize(("width", "height"), [(321, 180), (320, 181), (33, 17)])
def test_an_odd_side_gets_one_more_pixel(
    tmp_path: Path, provenance: Provenance, draw: Draw, width: int, height: int
) -> None:
    shape = Shape(width=width, height=height, frames=3)
    made = encode_video(draw(shape), shape, tmp_path / "out.mp4", provenance=provenance)
    assert (made.width, made.height) == (width + width % 2, height + height % 2)


@pytest.mark.parametrize("rate", [44100, 31000])
def test_sound_goes_along_and_keeps_its_pitch(
    tmp_path: Path, provenance: Provenance, draw: Draw, rate: int
) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate).astype(np.float32)
    tone[:10] = np.nan
    made = encode_video(
        draw(SMALL),
        SMALL,
        tmp_path / "out.mp4",
        provenance=provenance,
        sound=Sound(np.stack([tone, tone]), rate),
    )
    assert made.has_sound
    with av.open(str(made.path)) as container:
        track = container.streams.audio[0]
        assert track.codec_context.name == "aac"
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(track)])
        heard_rate = track.rate
    assert len(heard) / heard_rate == pytest.approx(SMALL.seconds, abs=0.06)
    loudest = np.abs(np.fft.rfft(heard)).argmax() * heard_rate / len(heard)
    assert loudest == pytest.approx(440, abs=2)


def test_the_caller_hears_of_every_frame(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    heard: list[int] = []
    encode_video(
        draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance, on_frame=heard.append
    )
    assert heard == list(range(1, 31))


def test_a_cancel_in_the_middle_leaves_nothing(
    tmp_path: Path, provenance: Provenance, draw: Draw, left_behind: LeftBehind
) -> None:
    def cancel(done: int) -> None:
        if done == 11:
            raise GenerationCanceled

    with pytest.raises(GenerationCanceled):
        encode_video(
            draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance, on_frame=cancel
        )
    assert left_behind() == []


def test_an_older_file_survives_a_failure(
    tmp_path: Path, provenance: Provenance, draw: Draw, left_behind: LeftBehind
) -> None:
    def broken() -> Iterator[Frame]:
        yield from islice(draw(SMALL), 5)
        raise ZeroDivisionError

    (tmp_path / "out.mp4").write_bytes(b"the first try")
    with pytest.raises(ZeroDivisionError):
        encode_video(broken(), SMALL, tmp_path / "out.mp4", provenance=provenance)
    assert left_behind() == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"the first try"


def test_an_encoder_that_fails_stops_the_drawing(
    tmp_path: Path, provenance: Provenance, draw: Draw, left_behind: LeftBehind
) -> None:
    too_wide = Shape(width=17_000, height=16, frames=200)  # more than H.264 has words for
    drawn = 0

    def counted() -> Iterator[Frame]:
        nonlocal drawn
        for frame in draw(too_wide):
            drawn += 1
            yield frame

    with pytest.raises(GenerationFailed, match="could not be encoded"):
        encode_video(counted(), too_wide, tmp_path / "out.mp4", provenance=provenance)
    assert drawn < 200
    assert left_behind() == []


@pytest.mark.parametrize(("drawn", "announced"), [(29, 30), (31, 30), (0, 30)])
def test_a_clip_of_another_length_than_announced_fails(
    tmp_path: Path,
    provenance: Provenance,
    draw: Draw,
    left_behind: LeftBehind,
    drawn: int,
    announced: int,
) -> None:
    frames = draw(Shape(width=64, height=64, frames=drawn))
    shape = Shape(width=64, height=64, frames=announced)
    with pytest.raises(GenerationFailed, match="frames"):
        encode_video(frames, shape, tmp_path / "out.mp4", provenance=provenance)
    assert left_behind() == []


@pytest.mark.parametrize("size", [(64, 65, 3), (64, 64, 4), (64, 64)])
def test_a_frame_of_another_shape_fails(
    tmp_path: Path, provenance: Provenance, left_behind: LeftBehind, size: tuple[int, ...]
) -> None:
    shape = Shape(width=64, height=64, frames=1)
    frames = iter([np.zeros(size, np.uint8)])
    with pytest.raises(GenerationFailed, match="announced"):
        encode_video(frames, shape, tmp_path / "out.mp4", provenance=provenance)
    assert left_behind() == []


def test_a_label_that_the_muxer_drops_fails_the_video(
    tmp_path: Path,
    provenance: Provenance,
    draw: Draw,
    left_behind: LeftBehind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder_thread_module, "MOVFLAGS", "+faststart")  # the silent trap
    with pytest.raises(GenerationFailed, match="label did not get into"):
        encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    assert left_behind() == []


def test_reading_back_notices_a_lost_label_a_lost_frame_and_a_cut(
    tmp_path: Path, provenance: Provenance, draw: Draw
) -> None:
    made = encode_video(draw(SMALL), SMALL, tmp_path / "out.mp4", provenance=provenance)
    read_back(made.path, made.label, frames=30)
    with pytest.raises(GenerationFailed, match="30 came out"):
        read_back(made.path, made.label, frames=31)
    with pytest.raises(GenerationFailed, match="label could not be read back"):
        read_back(made.path, provenance.unsealed(), frames=30)
    data = made.path.read_bytes()
    made.path.write_bytes(data[:-100])
    with pytest.raises(GenerationFailed, match="could not be read back"):
        read_back(made.path, made.label, frames=30)


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, left_behind: LeftBehind) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("full: There is no room left"), done.stderr
    assert left_behind() == []


def test_one_thread_of_drawing_may_reuse_its_array(tmp_path: Path, provenance: Provenance) -> None:
    shape = Shape(width=64, height=64, frames=24)
    greys = [(10 * n, 10 * n, 10 * n) for n in range(24)]
    made = encode_video(plain(shape, *greys), shape, tmp_path / "out.mp4", provenance=provenance)
    seen = [y for y, _, _ in colors(made.path)]
    expected = [16 + 10 * n * 219 / 255 for n in range(24)]
    assert np.abs(np.array(seen) - expected).max() <= 3


def test_what_is_no_video_has_no_facts_and_no_label(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a film")
    with pytest.raises(ValueError, match="not a readable video"):
        probe_video(text)
    found = verify_label(text, hashlib.sha256(b"").digest())
    assert (found.labels, found.is_ours) == ((), False)
