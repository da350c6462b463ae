"""Draws `src/mutoscope/media/mark.png`, the visible mark: what it says and whose it is.

White letters with a soft dark edge, to be read on any ground; scaled when they are laid on.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

PACKAGE = Path(__file__).parent.parent / "src" / "mutoscope"
FONT = PACKAGE / "storyboard" / "art" / "fonts" / "NotoSansSC-Bold.ttf"
TARGET = PACKAGE / "media" / "mark.png"
WORDS = "AI生成 · Mutoscope"
LETTER_PIXELS = 96
EDGE = 24


def main() -> None:
    """Write the picture anew."""
    font = ImageFont.truetype(FONT, LETTER_PIXELS)
    left, top, right, bottom = (round(each) for each in font.getbbox(WORDS))
    sides = (right - left + 2 * EDGE, bottom - top + 2 * EDGE)
    letters = Image.new("L", sides, 0)
    ImageDraw.Draw(letters).text((EDGE - left, EDGE - top), WORDS, font=font, fill=255)
    shadow = letters.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(5))
    mark = Image.new("RGBA", sides, (0, 0, 0, 0))
    mark.putalpha(shadow.point(lambda value: value * 0.65))
    white = Image.new("RGBA", sides, (255, 255, 255, 255))
    white.putalpha(letters.point(lambda value: value * 0.92))
    Image.alpha_composite(mark, white).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
