"""Bodies of the legacy standard: one model per operation, one mark per field."""

from typing import Annotated, Any

from pydantic import Field

from mutoscope.api.dialects.kling.fields import (
    UNUSED,
    CameraControl,
    Name,
    Number,
    Share,
    TaskBody,
    Text,
    Word,
)
from mutoscope.api.dialects.support import WORKS, ignored, not_offered, partly

FROM_TABLE = partly("Kling's names mean the local models of the administrator's table")
NO_SHOTS = not_offered("send one shot a request")
NO_VOICES = not_offered("no voices are installed")
NO_ELEMENTS = not_offered("there is no library of elements; send pictures")
MODES = partly("std is 720p, pro is 1080p; no installed model makes 4k")
SOUND = partly("where the local model makes sound")
CAMERA = partly("where the local model moves a camera; not limited to kling-v1")
WITH_SHOTS = ignored("Kling ignores it too, unless multi_shot is true")


class VideoBody(TaskBody):
    """What the bodies of videos share."""

    model_name: Annotated[Name | None, FROM_TABLE] = None
    prompt: Annotated[Text | None, WORKS] = None
    negative_prompt: Annotated[Text | None, WORKS] = None
    mode: Annotated[Word | None, MODES] = None
    duration: Annotated[Number | None, WORKS] = Field(default=None, examples=["5"])
    cfg_scale: Annotated[Share | None, UNUSED] = None


class ShotBody(VideoBody):
    """What single-picture and no-picture videos share."""

    multi_shot: Annotated[bool | None, NO_SHOTS] = None
    shot_type: Annotated[Any, WITH_SHOTS] = None
    multi_prompt: Annotated[Any, WITH_SHOTS] = None
    voice_list: Annotated[list[Any] | None, NO_VOICES] = None
    sound: Annotated[Word | None, SOUND] = None
    camera_control: Annotated[CameraControl | None, CAMERA] = None


class TextToVideo(ShotBody):
    """POST /v1/videos/text2video."""

    aspect_ratio: Annotated[Word | None, WORKS] = None
