"""Frames to a labelled MP4: H.264, BT.709, the index in front, the AIGC label inside.

The order of operations is fixed (GB 45438-2025 and EU AI Act Art. 50 together leave no other):

1. decoded frames; 2. invisible mark; 3. visible label: both change frames, so whoever adds them
   wraps the iterator that comes in here.
4. encode once, the label written by the muxer. Its proof needs the payload, which exists only
   now: the muxer writes a placeholder as long as the proof, and the proof is patched over it.
   Neither the payload nor any offset moves.
5. read back and compare, with a parser that is not the writer.
6. C2PA signature; 7. validation; 8. hash and store: later, on the finished file. Nothing may
   touch its bytes after 6.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import av

from mutoscope.core.errors import GenerationFailed
from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape
from mutoscope.media.boxes import MalformedFile, Tag, aigc_tags, payload_digest
from mutoscope.media.encoder_thread import EncoderThread
from mutoscope.media.probe import VideoFacts, probe_video
from mutoscope.media.provenance import AigcLabel, Provenance
from mutoscope.media.unfinished import unfinished

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


@dataclass(frozen=True)
class EncodedVideo:
    """A finished file. Its sides are even: an odd picture gets its last row or column twice."""

    path: Path
    width: int
    height: int
    frames: int
    fps: int
    seconds: float
    bytes: int
    has_sound: bool
    label: AigcLabel


def encode_video(
    frames: "Iterator[Frame]",
    shape: Shape,
    path: Path,
    *,
    provenance: Provenance,
    sound: Sound | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> EncodedVideo:
    """Write exactly `shape.frames` frames to `path`, whole and labelled, or nothing at all.

    Frames are drawn in this thread and encoded in another. `on_frame(done)` is called after each
    one; what it raises, or the frames raise, stops the encoder and comes out here.
    """
    with unfinished(path) as temporary:
        _encode(frames, shape, temporary, provenance.unsealed(), sound, on_frame)
        label = seal(temporary, provenance)
        facts = read_back(temporary, label, frames=shape.frames)
    return EncodedVideo(
        path=path,
        width=facts.width,
        height=facts.height,
        frames=facts.frames,
        fps=shape.fps,
        seconds=shape.seconds,
        bytes=path.stat().st_size,
        has_sound=facts.has_sound,
        label=label,
    )


def seal(path: Path, provenance: Provenance) -> AigcLabel:
    """Patch the proof of the payload over the placeholder that the muxer wrote."""
    placeholder = provenance.unsealed().to_json().encode()
    with path.open("r+b") as file:
        tags = _tags(file)
        if [tag.value for tag in tags] != [placeholder]:
            raise GenerationFailed("the AIGC label did not get into the file")
        label = provenance.sealed(payload_digest(file))
        value = label.to_json().encode()
        if len(value) != len(placeholder):
            raise GenerationFailed("the AIGC label does not fit where it belongs")
        file.seek(tags[0].start)
        file.write(value)
    return label


def read_back(path: Path, label: AigcLabel, *, frames: int) -> VideoFacts:
    """Open the file again; GenerationFailed unless it holds this label, once, and every frame."""
    with path.open("rb") as file:
        values = [tag.value for tag in _tags(file)]
    if values != [label.to_json().encode()]:
        raise GenerationFailed("the AIGC label could not be read back")
    try:
        facts = probe_video(path)
    except ValueError as error:
        raise GenerationFailed(f"the video could not be read back: {error}") from error
    if facts.aigc != label.to_json():
        raise GenerationFailed("the AIGC label reads differently with another reader")
    if facts.frames != frames:
        raise GenerationFailed(f"{frames} frames went in, {facts.frames} came out")
    return facts


def _encode(
    frames: "Iterator[Frame]",
    shape: Shape,
    path: Path,
    label: AigcLabel,
    sound: Sound | None,
    on_frame: Callable[[int], None] | None,
) -> None:
    try:
        with EncoderThread(path, shape, aigc=label.to_json(), sound=sound) as encoder:
            done = 0
            for frame in frames:
                done += 1
                if done > shape.frames:
                    raise GenerationFailed(f"the clip has more than its {shape.frames} frames")
                encoder.send(frame)
                if on_frame is not None:
                    on_frame(done)
            if done < shape.frames:
                raise GenerationFailed(f"the clip ended after {done} of {shape.frames} frames")
            encoder.finish()
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise GenerationFailed(f"the video could not be encoded: {error}") from error


def _tags(file: BinaryIO) -> list[Tag]:
    try:
        return aigc_tags(file)
    except MalformedFile as error:
        raise GenerationFailed(f"the video could not be read back: {error}") from error
