"""The sprites: Microsoft's Fluent Emoji (MIT), fetched once as a pinned npm package.

python -m training.art        fetch and unpack into the runs folder
"""

import os
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.world import OBJECTS

PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
ARCHIVE = "lobehub-fluent-emoji-3d-1.1.0.tgz"
SIDE = 192  # sprites are kept this large; the frame shrinks them further

Sprite = NDArray[np.float32]  # (SIDE, SIDE, 4), colour multiplied by alpha, 0..1


def runs_folder() -> Path:
    """Where art, latents, checkpoints and samples go: MUTOSCOPE_TRAINING_RUNS or training/runs."""
    default = Path(__file__).parent / "runs"
    return Path(os.environ.get("MUTOSCOPE_TRAINING_RUNS", default))


def fetch(folder: Path) -> None:
    """Download the pinned package with npm unless it is there, and unpack what the world uses."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / ARCHIVE
    if not archive.exists():
        subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, capture_output=True)
    wanted = {thing.art for thing in OBJECTS}
    with tarfile.open(archive) as files:
        for member in files:
            name = Path(member.name)
            if member.isfile() and name.suffix == ".webp" and _code(name) in wanted:
                source = files.extractfile(member)
                if source is not None:
                    (folder / f"{_code(name)}.webp").write_bytes(source.read())
    missing = [code for code in wanted if not (folder / f"{code}.webp").exists()]
    if missing:
        raise FileNotFoundError(f"{PACKAGE} lacks {', '.join(sorted(missing))}")


def _code(name: Path) -> str:
    """The code point a file is named for, without the variation selector."""
    return name.stem.lower().removesuffix("-fe0f")


def prepare(picture: Image.Image) -> Sprite:
    """A picture as a sprite: alpha pulled in by a pixel (its rim is light), premultiplied."""
    pixels = np.asarray(picture.convert("RGBA"), np.float32) / 255
    alpha = cv2.erode(pixels[..., 3], np.ones((3, 3), np.uint8))
    ready = np.concatenate([pixels[..., :3] * alpha[..., None], alpha[..., None]], axis=-1)
    return cv2.resize(ready, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)


@cache
def sprite(code: str) -> Sprite:
    """The sprite of a code point, from the runs folder."""
    path = runs_folder() / "art" / f"{code}.webp"
    if not path.exists():
        fetch(path.parent)
    with Image.open(path) as picture:
        return prepare(picture)


if __name__ == "__main__":
    fetch(runs_folder() / "art")
