"""The storyboard: drawn and animated, on any machine."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mutoscope.catalog.hearing import SoundName
from mutoscope.catalog.model import Bilingual, Format, Length, Model, Price
from mutoscope.catalog.sounds import SOUND_SIZE
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import ModelId
from mutoscope.core.request import ReferenceRole, Task

SHORT_SIDES = {"720p": 720, "480p": 480, "1080p": 1080}
RATIOS = {
    "16:9": 16 / 9,
    "9:16": 9 / 16,
    "1:1": 1.0,
    "4:3": 4 / 3,
    "3:4": 3 / 4,
    "3:2": 3 / 2,
    "2:3": 2 / 3,
    "21:9": 21 / 9,
}

Axis = Annotated[float, Field(ge=-10, le=10)]


class CameraConfig(BaseModel):
    """Six axes, each -10 to 10, as Kling's `camera_control.config` has them."""

    model_config = ConfigDict(extra="forbid")
    horizontal: Axis = 0
    vertical: Axis = 0
    pan: Axis = 0
    tilt: Axis = 0
    roll: Axis = 0
    zoom: Axis = 0


class CameraControl(BaseModel):
    """A camera move: one axis of one's own, or one of four presets."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward"]
    config: CameraConfig | None = None


class Point(BaseModel):
    """A pixel of the first frame, counted from its bottom left."""

    model_config = ConfigDict(extra="forbid")
    x: int = Field(ge=0, le=16384)
    y: int = Field(ge=0, le=16384)


class ShotWords(BaseModel):
    """One shot of several, in words; without a duration it gets an even share."""

    model_config = ConfigDict(extra="forbid")
    prompt: str = Field(min_length=1, max_length=512)
    duration: float | None = Field(default=None, ge=0.2, le=15)


Room = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]


class ExpansionShares(BaseModel):
    """New room around a picture, in shares of its height and its width."""

    model_config = ConfigDict(extra="forbid")
    up: Room = 0
    down: Room = 0
    left: Room = 0
    right: Room = 0


class StoryboardParams(BaseModel):
    """The storyboard's knobs."""

    model_config = ConfigDict(extra="forbid")
    # How much to draw around the inset picture.
    expand: ExpansionShares | None = None
    camera_control: CameraControl | None = None
    # One path for each dynamic mask among the references, in their order.
    trajectories: list[Annotated[list[Point], Field(min_length=2, max_length=77)]] | None = Field(
        default=None, max_length=6
    )
    sound: Literal["on", "off"] | None = None
    # What is heard, by name: see `catalog.hearing`.
    sounds: list[SoundName] | None = Field(default=None, min_length=1, max_length=6)
    # Who speaks, in which language, and how much faster than usual.
    voice: Literal["woman", "man", "girl", "boy", "old_woman", "old_man"] | None = None
    language: Literal["zh", "en"] | None = None
    pace: Annotated[float, Field(ge=0.5, le=2, allow_inf_nan=False)] | None = None
    # The words of several shots; the prompt is then only their title.
    multi_prompt: list[ShotWords] | None = Field(default=None, min_length=1, max_length=6)
    # A shot list to render instead of planning one from the prompt.
    shots: dict[str, Any] | None = None


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2


def _format(size: str, ratio: str) -> Format:
    short, aspect = SHORT_SIDES[size], RATIOS[ratio]
    width, height = (short * aspect, short) if aspect >= 1 else (short, short / aspect)
    return Format(size, ratio, _even(width), _even(height))


def _credits(by_size: dict[str, float]) -> dict[str, Millicredits]:
    return {size: Millicredits(round(price * 1000)) for size, price in by_size.items()}


STORYBOARD = Model(
    id=ModelId("storyboard"),
    family="storyboard",
    lane="storyboard",
    title=Bilingual("分镜动态预览", "Storyboard"),
    description=Bilingual(
        "把一句话画成动态分镜，几秒完成。手绘动画风格，不是实拍画面。",
        "Draws a sentence as an animatic within seconds. Drawn and animated, not photographed.",
    ),
    runs_on=Bilingual("任何电脑，无需显卡", "any machine, no GPU"),
    licence="Apache-2.0; art: Microsoft Fluent Emoji, MIT",
    tasks=frozenset(Task),
    formats=tuple(_format(size, ratio) for size in SHORT_SIDES for ratio in RATIOS),
    length=Length(seconds_default=5, seconds_min=1, seconds_max=15, fps=(24, 30)),
    price=Price(
        per_second=_credits({"480p": 1, "720p": 2, "1080p": 4, SOUND_SIZE: 0.1}),
        per_picture=_credits({"480p": 0.5, "720p": 1, "1080p": 2}),
    ),
    count_max=9,
    params=StoryboardParams,
    roles=frozenset(role for role in ReferenceRole if not role.is_shot),
)
