"""The encoder in its own thread, so that the next frame is drawn while the last is encoded."""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape
from mutoscope.media.frames import FrameConverter
from mutoscope.media.soundtrack import SoundTrack

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

# PyAV lets go of the interpreter while it works. A few frames of slack smooth both sides.
_WAITING_FRAMES_MAX = 4
# Without use_metadata_tags the label vanishes without a word.
MOVFLAGS = "+faststart+use_metadata_tags"
# Drawn frames: half the time of veryfast at crf 19, at the same size and no lower PSNR.
_X264 = {"preset": "superfast", "crf": "22"}
BT709 = 1
LIMITED = 1
# A key frame at least this often: seeking in a browser lands quickly.
_KEY_FRAME_SECONDS = 2


class _End:
    """The last thing in the queue: finish the file, or give it up."""


_FINISH: Final = _End()
_GIVE_UP: Final = _End()


class _GivenUp(Exception):
    """No more frames will come and nobody wants the file."""


class EncoderThread:
    """Encodes the frames it is sent. Use as a context: leaving it early gives the file up."""

    def __init__(self, path: Path, shape: Shape, *, aigc: str, sound: Sound | None) -> None:
        """`aigc` is the label's value."""
        self._convert = FrameConverter(shape)
        self._path, self._aigc, self._sound = path, aigc, sound
        # Its sides are even.
        self._shape = self._convert.shape
        self._queue: queue.Queue[Frame | _End] = queue.Queue(_WAITING_FRAMES_MAX)
        self._has_ended = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def __enter__(self) -> "EncoderThread":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._queue.put(_GIVE_UP)
            self._thread.join()

    def send(self, frame: "Frame") -> None:
        """Hand over a copy of an RGB frame; waits when the encoder is behind, raises if it failed.

        Whoever drew it may draw over it. Copying takes a fifth of converting, which is done there.
        """
        self._raise_failure()
        self._queue.put(frame.copy())

    def finish(self) -> None:
        """Wait until the file is complete."""
        self._queue.put(_FINISH)
        self._thread.join()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self._encode()
        except _GivenUp:
            pass
        except BaseException as failure:  # raised again in the thread that draws
            self._failure = failure
            # Whoever draws may be waiting for room in the queue: take what comes until the end.
            while not self._has_ended:
                self._take()

    def _take(self) -> "Frame | _End":
        taken = self._queue.get()
        self._has_ended = isinstance(taken, _End)
        return taken

    def _frames(self) -> Iterator[av.VideoFrame]:
        while not isinstance(taken := self._take(), _End):
            yield self._convert(taken)
        if taken is _GIVE_UP:
            raise _GivenUp

    def _encode(self) -> None:
        container = av.open(str(self._path), "w", format="mp4", options={"movflags": MOVFLAGS})
        try:
            self._write(container)
        except BaseException:
            with suppress(av.FFmpegError):  # the first failure says more than the second
                container.close()
            raise
        container.close()

    def _write(self, container: OutputContainer) -> None:
        container.metadata["AIGC"] = self._aigc
        video = _add_video(container, self._shape)
        sound = SoundTrack(container, self._sound, self._shape.seconds) if self._sound else None
        for number, frame in enumerate(self._frames()):
            frame.pts = number
            frame.time_base = Fraction(1, self._shape.fps)
            container.mux(video.encode(frame))
            if sound:
                sound.write(until_seconds=(number + 1) / self._shape.fps)
        container.mux(video.encode(None))
        if sound:
            sound.finish()


def _add_video(container: OutputContainer, shape: Shape) -> VideoStream:
    video = container.add_stream("libx264", rate=shape.fps, options=dict(_X264))
    video.width, video.height, video.pix_fmt = shape.width, shape.height, "yuv420p"
    codec = video.codec_context
    codec.color_primaries = codec.color_trc = codec.colorspace = BT709
    codec.color_range = LIMITED
    codec.gop_size = _KEY_FRAME_SECONDS * shape.fps
    return video
