"""The collections that tasks of the legacy standard live in: a task is found only in its own."""

from dataclasses import dataclass

DIALECT = "kling"


@dataclass(frozen=True)
class Collection:
    """Where tasks of one kind are created, polled and listed."""

    path: str
    # Whether the caller's own id finds a task here, too.
    by_external_id: bool = True
    # Where the last part of the path is another collection's, too.
    named: str = ""

    @property
    def operation(self) -> str:
        """What Kling calls it: the last part of its path."""
        return self.named or self.path.rpartition("/")[2]

    @property
    def dialect(self) -> str:
        """The name under which its generations are stored."""
        return f"{DIALECT}/{self.operation}"


TEXT2VIDEO = Collection("/v1/videos/text2video")
IMAGE2VIDEO = Collection("/v1/videos/image2video")
MULTI_IMAGE2VIDEO = Collection("/v1/videos/multi-image2video")
VIDEO_EXTEND = Collection("/v1/videos/video-extend", by_external_id=False)
IMAGES = Collection("/v1/images/generations")
MULTI_IMAGE2IMAGE = Collection("/v1/images/multi-image2image")
OMNI_VIDEO = Collection("/v1/videos/omni-video")
OMNI_IMAGE = Collection("/v1/images/omni-image")
EXPAND = Collection("/v1/images/editing/expand")
TEXT_TO_AUDIO = Collection("/v1/audio/text-to-audio")
VIDEO_TO_AUDIO = Collection("/v1/audio/video-to-audio")
# Not a collection to its callers: what it makes is answered at once, and asked for no more.
TTS = Collection("/v1/audio/tts")
EFFECTS = Collection("/v1/videos/effects")
LEGACY = (
    TEXT2VIDEO,
    IMAGE2VIDEO,
    MULTI_IMAGE2VIDEO,
    OMNI_VIDEO,
    VIDEO_EXTEND,
    EFFECTS,
    IMAGES,
    OMNI_IMAGE,
    MULTI_IMAGE2IMAGE,
    EXPAND,
    TEXT_TO_AUDIO,
    VIDEO_TO_AUDIO,
)

TEXT_TO_VIDEO = Collection("/text-to-video")
IMAGE_TO_VIDEO = Collection("/image-to-video")
OMNI_TO_VIDEO = Collection("/omni-video", named="new-omni-video")
MODERN = (TEXT_TO_VIDEO, IMAGE_TO_VIDEO, OMNI_TO_VIDEO)
