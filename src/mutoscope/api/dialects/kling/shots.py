"""Films of several shots, as both standards of Kling's describe them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import PROMPT_LENGTH_MAX

SHOTS_MAX = 6
SHOT_WORDS_MAX = 512
SHOT_SECONDS_MIN = 1
# "shot 1, 2, a cat; shot 2, 3, a dog;"
_SHOT = re.compile(r"\s*shot\s+([0-9]{1,2})\s*,\s*([0-9]{1,3})\s*,([^;]*)(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Shot:
    """One shot: its number from 1, its words and its length."""

    index: int
    words: str
    seconds: float


def shots_in(prompt: str) -> list[Shot]:
    """The shots that a prompt of the new standard lists; none when it is written otherwise."""
    shots = []
    at = 0
    while at < len(prompt) and (found := _SHOT.match(prompt, at)):
        shots.append(Shot(int(found[1]), found[3].strip(), float(found[2])))
        at = found.end()
    return [] if prompt[at:].strip() else shots


def shot_params(shots: Sequence[Shot], *, seconds: float | None, field: str) -> dict[str, Any]:
    """The knob for shots. InvalidRequest unless they are 1 to 6 that fill the video."""
    if not 1 <= len(shots) <= SHOTS_MAX:
        raise InvalidRequest(
            f"{field} lists {len(shots)} shots", field=field, fix=f"send 1 to {SHOTS_MAX}"
        )
    ordered = sorted(shots, key=lambda shot: shot.index)
    for number, shot in enumerate(ordered, start=1):
        _check(shot, number, field)
    total = sum(shot.seconds for shot in ordered)
    if seconds is not None and total != seconds:
        raise InvalidRequest(
            f"{field}: the shots take {total:g} s and the video {seconds:g} s",
            field=field,
            fix="let them add up",
        )
    return {"multi_prompt": [{"prompt": shot.words, "duration": shot.seconds} for shot in ordered]}


def title_of(shots: Sequence[Shot]) -> str:
    """A prompt for people to recognize the film by."""
    return " / ".join(shot.words for shot in shots)[:PROMPT_LENGTH_MAX]


def _check(shot: Shot, number: int, field: str) -> None:
    if shot.index != number:
        raise InvalidRequest(f"{field}: there is no shot {number}", field=field, fix="count from 1")
    if not 1 <= len(shot.words.strip()) <= SHOT_WORDS_MAX:
        raise InvalidRequest(
            f"{field}: shot {number} has {len(shot.words)} characters",
            field=field,
            fix=f"describe it in 1 to {SHOT_WORDS_MAX}",
        )
    if shot.seconds < SHOT_SECONDS_MIN:
        raise InvalidRequest(
            f"{field}: shot {number} takes {shot.seconds:g} s", field=field, fix="at least 1"
        )
