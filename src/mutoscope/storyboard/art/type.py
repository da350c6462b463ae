"""The typeface: Noto Sans SC Bold, and what it can set."""

import unicodedata
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

FONT_FILE = Path(str(files("mutoscope.storyboard.art") / "fonts/NotoSansSC-Bold.ttf"))


@lru_cache(maxsize=16)
def face(size: int) -> ImageFont.FreeTypeFont:
    """The typeface at a size in pixels."""
    return ImageFont.truetype(str(FONT_FILE), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _missing() -> bytes:
    return bytes(face(24).getmask("\U000fffff"))


@lru_cache(maxsize=4096)
def can_set(letter: str) -> bool:
    """The typeface has this letter: it would not come out as an empty box."""
    if letter.isspace():
        return True
    return bytes(face(24).getmask(letter)) != _missing()


def settable(words: str) -> tuple[str, str]:
    """`words` without what can't be set, and what was left out."""
    kept = "".join(letter for letter in words if can_set(letter))
    lost = "".join(dict.fromkeys(letter for letter in words if not can_set(letter)))
    return " ".join(kept.split()), lost


def unsettable(words: str) -> str:
    """Only what can't be set of `words`, every letter as often as it stands there."""
    lost = "".join(
        letter if not can_set(letter) else " " if letter.isspace() else "" for letter in words
    )
    return " ".join(lost.split())


def scripts_of(words: str) -> list[str]:
    """The scripts that letters are from, by the names Unicode gives them: Arabic, Hebrew, Thai."""
    names = (unicodedata.name(letter, "") for letter in words if letter.isalpha())
    return list(dict.fromkeys(name.split()[0].capitalize() for name in names if name))
