"""The shot list: what planner and renderer share, and what a person may edit as JSON.

The planner writes it, the renderer draws it, and neither knows the other. Every limit is here, so
that an edited list either draws or is refused with the name of the field that is wrong.
"""

import json
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mutoscope.core.errors import InvalidRequest
from mutoscope.storyboard.mistakes import mistake_in

NESTED = "the shot list is nested too deeply: lists within lists within lists"
SHOTS_MAX = 6
SECONDS_MAX = 15.0
SUBJECTS_MAX = 8
COUNT_MAX = 12
WITHOUT_MAX = 64


class Place(StrEnum):
    """Where a shot plays."""

    STUDIO = "studio"
    MEADOW = "meadow"
    FOREST = "forest"
    DESERT = "desert"
    BEACH = "beach"
    SEA = "sea"
    UNDERWATER = "underwater"
    LAKE = "lake"
    MOUNTAINS = "mountains"
    SNOWFIELD = "snowfield"
    CITY = "city"
    ROAD = "road"
    VILLAGE = "village"
    ROOM = "room"
    SPACE = "space"
    SKY = "sky"
    MOON = "moon"
    THEATRE = "theatre"
    GARDEN = "garden"
    JUNGLE = "jungle"
    ISLAND = "island"
    VOLCANO = "volcano"
    FAIR = "fair"
    STADIUM = "stadium"


class TimeOfDay(StrEnum):
    """When a shot plays; the light follows."""

    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Weather(StrEnum):
    """What falls, drifts or bursts through the air."""

    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"
    WIND = "wind"
    CLOUDY = "cloudy"
    FIREWORKS = "fireworks"
    PETALS = "petals"
    LEAVES = "leaves"
    CONFETTI = "confetti"
    BUBBLES = "bubbles"
    FIREFLIES = "fireflies"
    METEORS = "meteors"
    RAINBOW = "rainbow"
    HEARTS = "hearts"
    SNOWY = "snowy"  # snow lies, none falls


class Mood(StrEnum):
    """How the picture is graded."""

    PLAIN = "plain"
    WARM = "warm"
    COLD = "cold"
    DREAMY = "dreamy"
    DARK = "dark"
    VIVID = "vivid"
    VINTAGE = "vintage"
    MONOCHROME = "monochrome"


class Colour(StrEnum):
    """The colours a subject or a studio backdrop can be asked for."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    CYAN = "cyan"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    WHITE = "white"
    GREY = "grey"
    BLACK = "black"
    GOLD = "gold"
    SILVER = "silver"


class Size(StrEnum):
    """How large a subject is in the frame."""

    TINY = "tiny"
    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"
    HUGE = "huge"


class Action(StrEnum):
    """What a subject does."""

    STAND = "stand"
    WALK = "walk"
    RUN = "run"
    DRIVE = "drive"
    FLY = "fly"
    SWIM = "swim"
    SAIL = "sail"
    JUMP = "jump"
    DANCE = "dance"
    SPIN = "spin"
    ROLL = "roll"
    FLOAT = "float"
    RISE = "rise"
    FALL = "fall"
    GROW = "grow"
    SHRINK = "shrink"
    ENTER = "enter"
    LEAVE = "leave"
    CHASE = "chase"
    ORBIT = "orbit"
    SWAY = "sway"
    SHAKE = "shake"
    APPROACH = "approach"
    RECEDE = "recede"
    PRESENT = "present"


class Bond(StrEnum):
    """How a subject belongs to its target."""

    ON = "on"  # sits, stands or rides on it
    HELD = "held"  # is held or eaten by it
    TIED = "tied"  # flies on a string from its hand


class Direction(StrEnum):
    """Which way a subject goes or looks."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    TOWARDS = "towards"
    AWAY = "away"


class Speed(StrEnum):
    """How fast a subject goes."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class CameraKind(StrEnum):
    """How the camera moves: positive is right, up, clockwise, in."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    DOLLY = "dolly"
    ORBIT = "orbit"
    HANDHELD = "handheld"
    FOLLOW = "follow"
    STILL = "still"


class Transition(StrEnum):
    """How a shot begins."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE = "fade"


class Part(BaseModel):
    """Common to all parts of a shot list: no unknown fields, nothing changed in place."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Unit = Annotated[float, Field(ge=-0.5, le=1.5, allow_inf_nan=False)]
Words = Annotated[str, Field(max_length=80)]


class Subject(Part):
    """Someone or something in a shot: a drawing of the library, an uploaded picture, or a card.

    Exactly one of `art`, `picture` and `card` is given. `x` and `y` are where its middle is at half
    time, from 0 at the left and the top to 1; left out, the composition decides.
    """

    art: str | None = Field(default=None, max_length=64, description="name of a drawing")
    picture: int | None = Field(default=None, ge=0, le=6, description="which subject picture")
    card: Words | None = Field(default=None, description="words on a card that stands in")
    count: int = Field(default=1, ge=1, le=COUNT_MAX)
    colour: Colour | None = None
    size: Size = Size.NORMAL
    action: Action = Action.STAND
    direction: Direction | None = None
    speed: Speed = Speed.NORMAL
    target: int | None = Field(
        default=None, ge=0, lt=SUBJECTS_MAX, description="chased, orbited, or bound to"
    )
    bond: Bond | None = Field(default=None, description="how it belongs to its target")
    x: Unit | None = None
    y: Unit | None = None

    @model_validator(mode="after")
    def _one_look(self) -> Self:
        if [self.art, self.picture, self.card].count(None) != 2:
            raise ValueError("give exactly one of art, picture and card")
        return self


class CameraMove(Part):
    """One movement of the camera; `amount` from -10 to 10, as far as it goes in the shot."""

    kind: CameraKind
    amount: float = Field(default=4.0, ge=-10, le=10, allow_inf_nan=False)


class Text(Part):
    """Words set over a shot."""

    words: Annotated[str, Field(min_length=1, max_length=120)]
    where: Literal["top", "middle", "bottom"] = "bottom"
    size: Size = Size.NORMAL
    colour: Colour | None = None


class Shot(Part):
    """One take: a place in its light, those who are in it, and the camera."""

    seconds: float = Field(default=5.0, ge=0.2, le=SECONDS_MAX, allow_inf_nan=False)
    place: Place = Place.STUDIO
    time: TimeOfDay = TimeOfDay.DAY
    weather: tuple[Weather, ...] = Field(default=(), max_length=4)
    mood: Mood = Mood.PLAIN
    backdrop: Colour | None = Field(default=None, description="colour of a studio backdrop")
    subjects: tuple[Subject, ...] = Field(default=(), max_length=SUBJECTS_MAX)
    texts: tuple[Text, ...] = Field(default=(), max_length=3)
    narration: str | None = Field(default=None, max_length=300, description="spoken, not set")
    camera: tuple[CameraMove, ...] = Field(default=(), max_length=3)
    without: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        default=(), max_length=WITHOUT_MAX, description="drawings that scenery must not show"
    )
    transition: Transition = Transition.CUT
    closing: bool = Field(default=False, description="goes dark at its end")
    variety: int = Field(default=0, ge=0, le=2**32 - 1, description="varies what is left open")

    @model_validator(mode="after")
    def _targets_exist(self) -> Self:
        for index, subject in enumerate(self.subjects):
            if subject.target is not None and (
                subject.target >= len(self.subjects) or subject.target == index
            ):
                raise ValueError(f"subjects[{index}].target names no other subject of this shot")
            if subject.bond is None:
                continue
            if subject.target is None:
                raise ValueError(f"subjects[{index}].bond needs a target")
            if self.subjects[subject.target].bond is not None:
                raise ValueError(f"subjects[{index}].bond: its target is itself bound to another")
        return self


class ShotList(Part):
    """A film as data: one to six shots."""

    version: Literal[1] = 1
    shots: tuple[Shot, ...] = Field(min_length=1, max_length=SHOTS_MAX)

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return sum(shot.seconds for shot in self.shots)

    def to_json(self) -> str:
        """The list as a person edits it; what is left at its default is left out."""
        return self.model_dump_json(indent=2, exclude_defaults=True) + "\n"


def read_shot_list(data: str | bytes | dict[str, Any] | list[Any]) -> ShotList:
    """A shot list from JSON or from data already parsed; InvalidRequest names the wrong field."""
    if isinstance(data, str | bytes):
        data = _parsed(data)
    if isinstance(data, list):
        data = {"shots": data}
    try:
        return ShotList.model_validate(data)
    except ValidationError as error:
        raise mistake_in(error) from error
    except RecursionError as error:
        raise InvalidRequest(NESTED, field="shots", fix="send the list as planned") from error


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InvalidRequest(NESTED, field="shots", fix="send the list as planned") from error
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            f"the shot list is not JSON: line {error.lineno}, column {error.colno}: {error.msg}",
            field="shots", fix="send a JSON object, such as `storyboard plan` prints",
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            f"the shot list is not UTF-8 text: byte {error.start} can't be read",
            field="shots", fix="save it as UTF-8",
        ) from error  # fmt: skip
    except ValueError as error:
        raise InvalidRequest(
            "the shot list holds a number of thousands of digits", field="shots",
            fix="write a number within its limits, see docs/storyboard.md",
        ) from error  # fmt: skip
