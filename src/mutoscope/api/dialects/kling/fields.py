"""Kinds of fields that Kling's bodies share, and how leniently they are read.

Kling's own examples send `""`, `[]` and `null` for what is left out, and clients send numbers as
strings and strings as numbers.
"""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mutoscope.api.dialects.support import WORKS, ignored, partly
from mutoscope.core.request import PROMPT_LENGTH_MAX

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
EXTERNAL_ID_LENGTH_MAX = 256
URL_LENGTH_MAX = 2048


def _number(value: Any) -> Any:
    """A number, or a string that spells one."""
    if isinstance(value, bool) or (
        isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is None
    ):
        raise PydanticCustomError("number", 'should be a number such as 5 or "5"')
    return float(value) if isinstance(value, str) else value


def _printable(text: str) -> str:
    """Text that any database and any log can hold."""
    if not text.isprintable():
        raise PydanticCustomError("printable", "should have printable characters only")
    return text


_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]})

Number = Annotated[float, BeforeValidator(_number), _SCHEMA]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_number), _SCHEMA]
Room = Annotated[float, Field(ge=0, le=2), BeforeValidator(_number), _SCHEMA]
Count = Annotated[int, Field(ge=1, le=9), BeforeValidator(_number), _SCHEMA]
Text = Annotated[str, Field(max_length=PROMPT_LENGTH_MAX)]
Name = Annotated[str, Field(max_length=200)]
Word = Annotated[str, Field(max_length=40)]
ExternalId = Annotated[str, Field(max_length=EXTERNAL_ID_LENGTH_MAX), AfterValidator(_printable)]
Url = Annotated[str, Field(max_length=URL_LENGTH_MAX)]
Picture = Annotated[
    str, Field(description="A picture in base64, without a data: prefix, or its URL.")
]

GIVEN = partly("in base64, or a URL whose host is on the administrator's list")
UNUSED = ignored("Kling's v2 models and later ignore it too")
CALLBACKS = partly("where its host is on the administrator's list; refused otherwise")


class Body(BaseModel):
    """A request body. Fields we don't know are let pass, as Kling does."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: Any) -> Any:
        """Treat empty strings, empty lists and nulls as left out."""
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value not in (None, "", [])}


class WatermarkInfo(Body):
    """Whether a second, watermarked rendition is wanted."""

    enabled: Annotated[bool, WORKS] = False


class CameraConfig(Body):
    """Six axes from -10 to 10, exactly one of them not zero."""

    horizontal: Annotated[Number, WORKS] = 0
    vertical: Annotated[Number, WORKS] = 0
    pan: Annotated[Number, WORKS] = 0
    tilt: Annotated[Number, WORKS] = 0
    roll: Annotated[Number, WORKS] = 0
    zoom: Annotated[Number, WORKS] = 0

    def moves(self) -> dict[str, float]:
        """The axes that are not zero."""
        return {axis: amount for axis, amount in self.model_dump().items() if amount}


class CameraControl(Body):
    """A camera move: one axis of one's own, or one of four presets."""

    type: Annotated[Word, WORKS]
    config: Annotated[CameraConfig | None, WORKS] = None


class TaskBody(Body):
    """What every legacy body that makes a task may hold."""

    callback_url: Annotated[Url | None, CALLBACKS] = None
    external_task_id: Annotated[ExternalId | None, WORKS] = None
    watermark_info: Annotated[WatermarkInfo | None, WORKS] = None

    @property
    def wants_watermark(self) -> bool:
        """Whether a second rendition with a mark is wanted."""
        return self.watermark_info is not None and self.watermark_info.enabled
