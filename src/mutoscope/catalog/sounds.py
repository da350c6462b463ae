"""How long a sound will be, before it is made."""

from collections.abc import Mapping
from typing import Any

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Shape, Task, Wish

# What sounds are priced as, where videos have "720p".
SOUND_SIZE = "sound"
# A sound's shape counts milliseconds, and has no sides worth naming.
PER_SECOND = 1000
SECONDS = {Task.TEXT_TO_AUDIO: (3.0, 10.0), Task.VIDEO_TO_AUDIO: (3.0, 20.0)}
SECONDS_DEFAULT = 5.0
LETTERS_MAX = 1000
# Slower than anybody speaks: the quote is the most it may cost, what was spoken is what it does.
SECONDS_A_LETTER = 0.6
SPEECH_SECONDS_MIN = 4.0


def sound_shape(wish: Wish, params: Mapping[str, Any]) -> Shape:
    """The shape of a sound: what was asked for, or for speech the most that it can take."""
    frames = round(_seconds(wish, params) * PER_SECOND)
    return Shape(width=2, height=2, frames=frames, fps=PER_SECOND)


def _seconds(wish: Wish, params: Mapping[str, Any]) -> float:
    if wish.task is Task.TEXT_TO_SPEECH:
        letters = len(wish.prompt.strip())
        if letters > LETTERS_MAX:
            raise InvalidRequest(
                f"the text has {letters} characters; at most {LETTERS_MAX} are spoken",
                field="prompt",
                fix="shorten it",
            )
        return SPEECH_SECONDS_MIN + letters * SECONDS_A_LETTER / float(params.get("pace", 1.0))
    if not params.get("sounds"):
        raise InvalidRequest(
            "nothing is said of what should be heard", field="params.sounds", fix="name a sound"
        )
    least, most = SECONDS[wish.task]
    seconds = SECONDS_DEFAULT if wish.seconds is None else wish.seconds
    if not least <= seconds <= most:
        raise InvalidRequest(
            f"{wish.task} makes {least:g} to {most:g} seconds; got {seconds:g}",
            field="seconds",
            fix=f"ask for {least:g} to {most:g} seconds",
        )
    return seconds
