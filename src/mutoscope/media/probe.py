"""Facts about an encoded file. For our own files: those of strangers need a sandbox."""

from dataclasses import dataclass
from pathlib import Path

import av

from mutoscope.media.boxes import is_faststart


@dataclass(frozen=True)
class VideoFacts:
    """What a player would find. `aigc` is the label as libavformat reads it, if there is one."""

    width: int
    height: int
    frames: int
    fps: float
    seconds: float
    codec: str
    pix_fmt: str
    colors: str
    is_faststart: bool
    has_sound: bool
    aigc: str | None


def probe_video(path: Path) -> VideoFacts:
    """Read the facts of the video at `path`; ValueError if it is none."""
    try:
        with av.open(str(path)) as container, path.open("rb") as file:
            if not container.streams.video:
                raise ValueError("there is no picture in it")
            video = container.streams.video[0]
            sizes = [packet.size for packet in container.demux(video)]
            frames = sum(size > 0 for size in sizes)
            fps = float(video.average_rate or 0)
            return VideoFacts(
                width=video.width,
                height=video.height,
                frames=frames,
                fps=fps,
                seconds=frames / fps if fps else 0.0,
                codec=video.codec_context.name,
                pix_fmt=video.codec_context.pix_fmt or "",
                colors=_colors(video.codec_context),
                is_faststart=is_faststart(file),
                has_sound=bool(container.streams.audio),
                aigc=container.metadata.get("AIGC"),
            )
    except av.FFmpegError as error:
        raise ValueError(f"not a readable video: {error}") from error


def _colors(codec: av.VideoCodecContext) -> str:
    """The colour tags in words; players guess, and guess differently, when one is missing."""
    tags = (codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range)
    return "bt709 limited" if tags == (1, 1, 1, 1) else f"other {tags}"
