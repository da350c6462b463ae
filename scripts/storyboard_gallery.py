"""Draws the gallery of docs/storyboard/: one row of frames for each prompt, in contact sheets.

python scripts/storyboard_gallery.py [--out docs/storyboard] [--only 3,17] [--png]
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from mutoscope.core.request import Shape
from mutoscope.storyboard.art.type import face
from mutoscope.storyboard.film import film
from mutoscope.storyboard.planner import plan

HERE = Path(__file__).parent
FRAMES = 4
TILE = (304, 171)
ROWS = 16
QUALITY = 72


def prompts() -> list[str]:
    """The prompts of the gallery, one a line; half of them Chinese."""
    lines = (HERE / "storyboard_gallery.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def strip(number: int, prompt: str) -> Image.Image:
    """Four moments of a clip side by side, the prompt above them."""
    shape = Shape(width=640, height=360, frames=60, fps=12)
    wanted = [round(index * (shape.frames - 1) / (FRAMES - 1)) for index in range(FRAMES)]
    tiles = []
    for index, frame in enumerate(film(plan(prompt).shots, shape, seed=number)):
        if index in wanted:
            tiles.append(cv2.resize(frame, TILE, interpolation=cv2.INTER_AREA))
    row = Image.fromarray(np.hstack(tiles))
    sheet = Image.new("RGB", (row.width, row.height + 22), (24, 24, 32))
    sheet.paste(row, (0, 22))
    ImageDraw.Draw(sheet).text((6, 2), f"{number}  {prompt}"[:150], (240, 240, 240), face(14))
    return sheet


def main() -> int:
    """Draw the sheets and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs/storyboard")
    parser.add_argument("--only", help="numbers of prompts, for a quick look")
    parser.add_argument("--png", action="store_true", help="lossless, to look at while working")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = list(enumerate(prompts(), start=1))
    if options.only:
        numbers = {int(number) for number in options.only.split(",")}
        chosen = [each for each in chosen if each[0] in numbers]
    for first in range(0, len(chosen), ROWS):
        rows = [strip(number, prompt) for number, prompt in chosen[first : first + ROWS]]
        sheet = Image.new("RGB", (rows[0].width, sum(row.height for row in rows)))
        y = 0
        for row in rows:
            sheet.paste(row, (0, y))
            y += row.height
        name = f"gallery-{first // ROWS + 1}.{'png' if options.png else 'webp'}"
        sheet.save(options.out / name, quality=QUALITY, method=6)
        print(options.out / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
