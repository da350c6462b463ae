"""Bodies of the new standard: the model stands in the path, the rest is nested."""

from typing import Annotated

from pydantic import Field

from mutoscope.api.dialects.kling.fields import (
    CALLBACKS,
    GIVEN,
    Body,
    ExternalId,
    Number,
    Picture,
    Text,
    Url,
    WatermarkInfo,
    Word,
)
from mutoscope.api.dialects.support import WORKS, partly

RESOLUTIONS = partly("720p and 1080p; no installed model makes 4k")
SHOTS = partly("where the local model cuts shots together")
AUDIO = partly("where the local model makes sound")
CONTENTS_MAX = 20
TASKS_MAX = 500


class Options(Body):
    """What is not about the picture."""

    callback_url: Annotated[Url | None, CALLBACKS] = None
    external_task_id: Annotated[ExternalId | None, WORKS] = None
    watermark_info: Annotated[WatermarkInfo | None, WORKS] = None

    @property
    def wants_watermark(self) -> bool:
        """Whether a second rendition with a mark is wanted."""
        return self.watermark_info is not None and self.watermark_info.enabled


class Settings(Body):
    """How the video should be."""

    resolution: Annotated[Word | None, RESOLUTIONS] = None
    duration: Annotated[Number | None, WORKS] = None
    aspect_ratio: Annotated[Word | None, partly("ignored where a frame decides")] = None
    audio: Annotated[Word | None, AUDIO] = None
    multi_shot: Annotated[bool | None, SHOTS] = None


class Content(Body):
    """One thing to make the video of."""

    type: Annotated[Word, partly("prompt, first_frame and last_frame")]
    text: Annotated[Text | None, WORKS] = None
    url: Annotated[Picture | None, GIVEN] = None


class ModernTextToVideo(Body):
    """POST /text-to-video/{model}."""

    prompt: Annotated[Text | None, partly("up to 2500 characters")] = None
    settings: Annotated[Settings, WORKS] = Settings()
    options: Annotated[Options, WORKS] = Options()


class ModernImageToVideo(Body):
    """POST /image-to-video/{model}."""

    contents: Annotated[
        Annotated[list[Content], Field(min_length=1, max_length=CONTENTS_MAX)], WORKS
    ]
    settings: Annotated[Settings, WORKS] = Settings()
    options: Annotated[Options, WORKS] = Options()


class OmniContent(Content):
    """One thing to make the video of, with the name that the prompt calls it by."""

    type: Annotated[Word, partly("prompt, first_frame, last_frame and refer_image")]
    id: Annotated[
        Word | None, partly("taken out of the prompt: what is said of it is not heeded")
    ] = None


class ModernOmniVideo(Body):
    """POST /omni-video/{model}."""

    contents: Annotated[
        Annotated[list[OmniContent], Field(min_length=1, max_length=CONTENTS_MAX)], WORKS
    ]
    settings: Annotated[Settings, WORKS] = Settings()
    options: Annotated[Options, WORKS] = Options()


class TaskFilter(Body):
    """One condition; a task meets it when it has one of the values."""

    key: Annotated[Word, WORKS]
    values: Annotated[Annotated[list[Word], Field(max_length=20)], WORKS] = Field(
        default_factory=list
    )


class TaskQuery(Body):
    """POST /tasks."""

    start_time: Annotated[Number | None, WORKS] = None
    end_time: Annotated[Number | None, WORKS] = None
    cursor: Annotated[Annotated[str, Field(max_length=80)] | None, WORKS] = None
    limit: Annotated[Annotated[int, Field(ge=1, le=TASKS_MAX)], WORKS] = 100
    filters: Annotated[Annotated[list[TaskFilter], Field(max_length=10)], WORKS] = Field(
        default_factory=list
    )
