"""Make the picture of the README: three frames each of six films, made by the product.

python scripts/films_picture.py
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import av
from PIL import Image

TARGET = Path(__file__).parent.parent / "docs" / "images" / "films.webp"
PROMPTS = (
    "红色的气球飘过大海，日落",
    "a yellow taxi drives left through a rainy city at night",
    "一只企鹅在雪地里向右走，雪花飘落",
    "a rocket rises over the desert at dawn, camera tilts up",
    "三只蝴蝶在樱花树下飞舞，微风",
    'a dolphin jumps out of the sea, "SUMMER"',
)
WIDTH, HEIGHT, FRAMES, GAP = 320, 180, 3, 6


def main() -> None:
    """Generate the films through the command line and paste their frames."""
    rows = len(PROMPTS) // 2
    sheet = Image.new("RGB", (2 * FRAMES * WIDTH + GAP * 7, rows * (HEIGHT + GAP) + GAP), "white")
    with tempfile.TemporaryDirectory() as folder:
        for place, prompt in enumerate(PROMPTS):
            row, side = divmod(place, 2)
            frames = film(prompt, Path(folder), seed=place + 1)
            for number in range(FRAMES):
                picture = frames[len(frames) * (2 * number + 1) // (2 * FRAMES)]
                left = GAP + (side * FRAMES + number) * (WIDTH + GAP)
                sheet.paste(picture.resize((WIDTH, HEIGHT)), (left, GAP + row * (HEIGHT + GAP)))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(TARGET, quality=86, method=6)
    print(TARGET)


def film(prompt: str, folder: Path, *, seed: int) -> list[Image.Image]:
    """The frames of one film."""
    path = folder / "film.mp4"
    command = [str(Path(sys.executable).with_name("mutoscope")), "generate", prompt]
    options = ["-o", path, "--seed", seed, "--size", "480p", "--data", folder / "data", "--json"]
    done = subprocess.run([*command, *map(str, options)], check=True, capture_output=True)
    notes = [note["en"] for note in json.loads(done.stdout)["notes"]]
    print(prompt, *notes, sep="\n  ")
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]


if __name__ == "__main__":
    main()
