"""One request, whoever asked: the web form, the command line and every vendor's API become this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mutoscope.core.ids import BlobKey, ModelId

SEED_MAX = 2**32 - 1
PROMPT_LENGTH_MAX = 2500


class Task(StrEnum):
    """The kind of a generation."""

    TEXT_TO_VIDEO = "text_to_video"
    IMAGE_TO_VIDEO = "image_to_video"
    VIDEO_EXTEND = "video_extend"
    TEXT_TO_IMAGE = "text_to_image"
    IMAGE_TO_IMAGE = "image_to_image"
    TEXT_TO_SPEECH = "text_to_speech"
    TEXT_TO_AUDIO = "text_to_audio"
    VIDEO_TO_AUDIO = "video_to_audio"

    @property
    def is_video(self) -> bool:
        """The result moves."""
        return self in {Task.TEXT_TO_VIDEO, Task.IMAGE_TO_VIDEO, Task.VIDEO_EXTEND}

    @property
    def is_sound(self) -> bool:
        """The result is heard; a video that is given sound is among them."""
        return self in {Task.TEXT_TO_SPEECH, Task.TEXT_TO_AUDIO, Task.VIDEO_TO_AUDIO}

    @property
    def is_picture(self) -> bool:
        """The result stands still."""
        return not (self.is_video or self.is_sound)


class ReferenceRole(StrEnum):
    """What an uploaded picture or an earlier result is there for."""

    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    SUBJECT = "subject"
    # Stays as it is while more is made around it.
    INSET = "inset"
    STATIC_MASK = "static_mask"
    DYNAMIC_MASK = "dynamic_mask"
    SOURCE_VIDEO = "source_video"
    # One of several videos to be joined; no model takes it.
    SHOT = "shot"
    # The same, coming in while the one before it goes.
    SHOT_DISSOLVING = "shot_dissolving"

    @property
    def is_shot(self) -> bool:
        """One of several videos to be joined."""
        return self in (ReferenceRole.SHOT, ReferenceRole.SHOT_DISSOLVING)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a result: pixels, frames, and frames per second. A picture has one frame."""

    width: int
    height: int
    frames: int = 1
    fps: int = 24

    @property
    def seconds(self) -> float:
        """How long the result plays."""
        return self.frames / self.fps

    @property
    def poster_frame(self) -> int:
        """The frame that stands for all: past a fade-in, while an early label is still seen."""
        return min(self.fps, self.frames // 2)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Something the caller gave: a stored picture (or clip) and what to do with it."""

    role: ReferenceRole
    blob: BlobKey
    media_type: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a caller says, before the catalogue has settled what it leaves open.

    None means: whatever the model does by default.
    """

    prompt: str
    task: Task
    model: str | None = None
    negative_prompt: str = ""
    size: str | None = None
    ratio: str | None = None
    seconds: float | None = None
    fps: int | None = None
    seed: int | None = None
    count: int = 1
    # Of each result a second rendition, with a visible mark.
    watermark: bool = False
    references: tuple[Reference, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """What any caller may ask for, in our words and units."""

    task: Task
    model: ModelId
    prompt: str
    shape: Shape
    seed: int
    # The size asked for, as the catalogue and the price book name it: "720p".
    size: str = ""
    negative_prompt: str = ""
    count: int = 1
    watermark: bool = False
    references: tuple[Reference, ...] = ()
    # The family's own knobs (steps, guidance, camera ...), checked by the catalogue.
    params: Mapping[str, Any] = field(default_factory=dict)
