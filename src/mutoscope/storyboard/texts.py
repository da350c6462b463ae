"""Words set over a shot, and cards that stand in for what can't be drawn."""

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from PIL import Image, ImageDraw

from mutoscope.storyboard.art.nature import Facing, Nature
from mutoscope.storyboard.art.type import face, settable
from mutoscope.storyboard.colours import RGB_OF
from mutoscope.storyboard.looks import Look
from mutoscope.storyboard.pixels import RGB, Pixels, ease, over, premultiply
from mutoscope.storyboard.scene import Size, Text

LINES_MAX = 4
PAPER: RGB = (255, 253, 247)
INK: RGB = (24, 22, 40)
SIZES = MappingProxyType({
    Size.TINY: 0.5, Size.SMALL: 0.7, Size.NORMAL: 1.0, Size.LARGE: 1.4, Size.HUGE: 1.8,
})  # fmt: skip


@dataclass
class Title:
    """Set words, ready to be laid over frames."""

    picture: Pixels
    x: int
    y: int
    rise: int

    def draw(self, frame: Pixels, share: float, seconds: float) -> None:
        """Fade in from a little below; stay."""
        begin, took = min(0.12, 0.5 / seconds), min(0.2, 0.8 / seconds)
        along = ease((share - begin) / took) if seconds > 0.1 else 1.0
        if along > 0.01:
            over(frame, self.picture, self.x, self.y + round(self.rise * (1 - along)), along)


def set_words(words: str, width: int, size: int) -> list[str]:
    """Break words into lines that fit a width."""
    font = face(size)
    lines: list[str] = []
    for paragraph in words.split("\n"):
        spaced = " " in paragraph or paragraph.isascii()
        pieces = paragraph.split(" ") if spaced else list(paragraph)
        joint = " " if spaced else ""
        line = ""
        for piece in pieces:
            longer = f"{line}{joint}{piece}" if line else piece
            if line and font.getlength(longer) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
        lines.append(line)
    return [line for line in lines if line]


def title(text: Text, width: int, height: int) -> Title | None:
    """Words in type that fits the frame; None when nothing of them can be set."""
    words, _ = settable(text.words)
    if not words:
        return None
    short = min(width, height * 1.2) * SIZES[text.size]
    size = round(short * (0.13 if len(words) <= 6 else 0.10 if len(words) <= 14 else 0.07))
    room = round(width * 0.86)
    lines = set_words(words, room, size)
    while size > 10 and (
        len(lines) > LINES_MAX or max(face(size).getlength(line) for line in lines) > room
    ):
        size = round(size * 0.88)
        lines = set_words(words, room, size)
    lines = lines[:LINES_MAX]
    picture = _block(lines, size, RGB_OF[text.colour] if text.colour else PAPER)
    x = (width - picture.shape[1]) // 2
    free = height - picture.shape[0]
    y = {"top": 0.06, "middle": 0.5, "bottom": 0.94}[text.where]
    return Title(picture, x, round(free * y), round(size * 0.35))


def _block(lines: list[str], size: int, letters_in: RGB) -> Pixels:
    font = face(size)
    pad = round(size * 0.6)
    step = round(size * 1.28)
    wide = round(max(font.getlength(line) for line in lines)) + 2 * pad
    image = Image.new("L", (wide, step * len(lines) + 2 * pad), 0)
    pen = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        pen.text((wide / 2, pad + step * (index + 0.5)), line, fill=255, font=font, anchor="mm")
    letters = np.asarray(image)
    shadow = cv2.GaussianBlur(letters, (0, 0), size * 0.10).astype(np.float32) * 0.9
    close = cv2.GaussianBlur(letters, (0, 0), max(0.8, size * 0.028)).astype(np.float32) * 0.9
    dark = np.clip(shadow + close, 0, 205)
    offset = np.roll(dark, max(1, size // 30), axis=0)
    light = letters.astype(np.float32) / 255
    cover = light * 255 + (1 - light) * offset
    # Dark letters have a light shade around them, light letters a dark one.
    ink = np.asarray(INK if sum(letters_in) > 300 else PAPER, np.float32)
    paper = np.asarray(letters_in, np.float32)
    colour = light[..., None] * paper + ((1 - light) * offset / 255)[..., None] * ink
    return np.dstack([colour, cover]).clip(0, 255).astype(np.uint8)


def card(words: str, light: RGB) -> Look:
    """A card with words on it, standing in for something there is no drawing of.

    Words in letters that the font lacks become a question mark: a film has its subject.
    """
    words = settable(words)[0] or "?"
    side = 512
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((36, 96, 476, 416), 44, fill=(226, 196, 120, 255))
    pen.rounded_rectangle((36, 88, 476, 404), 44, fill=(255, 232, 160, 255))
    pen.rounded_rectangle((56, 108, 456, 384), 30, outline=(240, 206, 122, 255), width=5)
    size = 120
    lines = set_words(words, 370, size)
    while size > 22 and (
        len(lines) > 3
        or len(lines) * size * 1.2 > 250
        or max(face(size).getlength(line) for line in lines) > 376
    ):
        size -= 6
        lines = set_words(words, 370, size)
    lines = [line for line in lines[:3] if line]
    for index, line in enumerate(lines):
        y = 246 + (index - (len(lines) - 1) / 2) * size * 1.2
        pen.text((256, y), line, font=face(size), fill=(92, 62, 26, 255), anchor="mm")
    pen.ellipse((234, 66, 278, 110), fill=(222, 62, 62, 255))
    pen.ellipse((242, 72, 258, 88), fill=(255, 150, 140, 255))
    return Look(
        sources=[premultiply(np.asarray(image))], seconds=0, light=light,
        box=(36 / side, 66 / side, 476 / side, 416 / side), nature=Nature.THING,
        facing=Facing.FRONT, heading=0, stature=0.9,
    )  # fmt: skip
