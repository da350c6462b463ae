"""Makes the art bundle of the storyboard engine from pinned packages of the npm registry.

    python scripts/storyboard_art.py     # fetches with npm, writes src/mutoscope/storyboard/art/

Pictures: Microsoft Fluent 3D emoji (MIT), still and animated; names and keywords in Chinese and
English: emojibase-data (MIT); type: Noto Sans SC (OFL 1.1). Left out: flags, symbols, skin-tone
variants, families, couples and kisses, religious and national signs, weapons, and the animated
versions of everything not listed in storyboard_art.toml. Needs Node's npm, fontTools and brotli;
a user of Mutoscope needs none of them.
"""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

PACKAGES = {
    "stills": "@lobehub/fluent-emoji-3d@1.1.0",
    "names": "emojibase-data@17.0.0",
    "type": "@fontsource/noto-sans-sc@5.3.0",
    "moving1": "@lobehub/fluent-emoji-anim-1@1.0.0",
    "moving2": "@lobehub/fluent-emoji-anim-2@1.0.0",
    "moving3": "@lobehub/fluent-emoji-anim-3@1.0.0",
    "moving4": "@lobehub/fluent-emoji-anim-4@1.0.0",
}
HERE = Path(__file__).parent
ART = HERE.parent / "src/mutoscope/storyboard/art"
GROUPS_KEPT = {3: "nature", 4: "food", 5: "travel", 6: "activity", 7: "object"}
FILM_CRF = "26"

Pixels = NDArray[np.uint8]


def fetch(folder: Path) -> None:
    """Bring the pinned packages into `folder`, one folder each; those already there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, package in PACKAGES.items():
        if (folder / name).exists():
            continue
        done = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", str(folder), package],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        archive = folder / Path(done.stdout.strip().splitlines()[-1]).name
        if not archive.exists():  # npm prints scoped names without their folder
            archive = max(folder.glob("*.tgz"), key=os.path.getmtime)
        with tarfile.open(archive) as packed:
            packed.extractall(folder / name, filter="data")
        archive.unlink()


def plain_code(name: str) -> str:
    """The code points of a picture as both packages can be compared by."""
    return name.lower().removesuffix(".webp").replace("-fe0f", "")


def pictures(folder: Path, *names: str) -> dict[str, Path]:
    """Every picture of the packages `names` by its code points."""
    return {
        plain_code(path.name): path
        for name in names
        for path in (folder / name / "package/assets").glob("*.webp")
    }


def slug(label: str) -> str:
    """A name for a picture: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower().replace("’", "")).strip("-")


def entries(folder: Path) -> list[dict[str, object]]:
    """What emojibase says of each emoji, in both languages."""
    data = {
        language: json.loads((folder / f"names/package/{language}/data.json").read_text("utf-8"))
        for language in ("en", "zh")
    }
    subgroups = json.loads((folder / "names/package/en/messages.json").read_text("utf-8"))
    subgroup = {item["order"]: item["key"] for item in subgroups["subgroups"]}
    chinese = {item["hexcode"]: item for item in data["zh"]}
    return [
        {
            "code": plain_code(item["hexcode"]),
            "emoji": item["emoji"],
            "en": item["label"],
            "zh": chinese[item["hexcode"]]["label"],
            "tags_en": item.get("tags", []),
            "tags_zh": chinese[item["hexcode"]].get("tags", []),
            "group": item.get("group"),
            "subgroup": subgroup.get(item.get("subgroup"), ""),
        }
        for item in data["en"]
        if item["hexcode"] in chinese
    ]


def measure(picture: Image.Image) -> dict[str, object]:
    """Where the drawing sits in its square and its average colour."""
    pixels = np.asarray(picture.convert("RGBA"))
    solid = pixels[..., 3] > 40
    rows, columns = np.where(solid.any(1))[0], np.where(solid.any(0))[0]
    colour = pixels[solid][:, :3].mean(0) if solid.any() else np.zeros(3)
    box = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
    return {"box": box, "colour": [round(float(value)) for value in colour]}


def bleed(pixels: Pixels) -> Pixels:
    """Carry the colours of a drawing out over its edge, so that no dark fringe is coded there."""
    weight = (pixels[..., 3:].astype(np.float32) / 255) ** 2
    colour, spread = pixels[..., :3] * weight, weight
    result, known = pixels[..., :3].astype(np.float32), weight
    for size in (3, 9, 33):
        near = cv2.blur(spread, (size, size))[..., None]
        guess = cv2.blur(colour, (size, size)) / np.maximum(near, 1e-4)
        result = np.where(known > 0.3, result, np.where(near > 1e-3, guess, result))
        known = np.maximum(known, (near > 1e-3).astype(np.float32))
    return np.clip(result, 0, 255).astype(np.uint8)


def film(path: Path) -> tuple[bytes, int, float]:
    """An animation as a small film, colour above and cover below: bytes, frames, seconds."""
    with Image.open(path) as source:
        stack, milliseconds = [], 0
        for frame in ImageSequence.Iterator(source):
            milliseconds += int(frame.info.get("duration", 42) or 42)
            pixels = np.asarray(frame.convert("RGBA"))
            cover = np.repeat(pixels[..., 3:], 3, axis=2)
            stack.append(np.concatenate([bleed(pixels), cover]))
    packed = io.BytesIO()
    with av.open(packed, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = (
            stack[0].shape[1],
            stack[0].shape[0],
            "yuv444p",
        )
        stream.options = {"crf": FILM_CRF, "preset": "slow", "threads": "1", "tune": "animation"}
        for pixels in stack:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return packed.getvalue(), len(stack), milliseconds / 1000


def is_wanted(entry: dict[str, object], chosen: dict[str, object]) -> bool:
    """This emoji belongs in the bundle."""
    code = entry["code"]
    if code in chosen["without"]:
        return False
    return entry["group"] in GROUPS_KEPT or code in chosen["people"] or code in chosen["faces"]


def bundle_pictures(folder: Path) -> None:
    """Write index.json, still.zip and moving.zip."""
    chosen = tomllib.loads((HERE / "storyboard_art.toml").read_text("utf-8"))
    stills = pictures(folder, "stills")
    moving = pictures(folder, "moving1", "moving2", "moving3", "moving4")
    index: dict[str, dict[str, object]] = {}
    still_zip = zipfile.ZipFile(ART / "still.zip", "w", zipfile.ZIP_STORED)
    moving_zip = zipfile.ZipFile(ART / "moving.zip", "w", zipfile.ZIP_STORED)
    with still_zip, moving_zip:
        for entry in entries(folder):
            code = str(entry["code"])
            if code not in stills or not is_wanted(entry, chosen):
                continue
            name = slug(str(entry["en"]))
            with Image.open(stills[code]) as picture:
                row = entry | measure(picture) | {"frames": 1, "seconds": 0.0}
            add(still_zip, f"{name}.webp", stills[code].read_bytes())
            if code in chosen["moving"] and code in moving:
                data, frames, seconds = film(moving[code])
                if frames > 1:
                    add(moving_zip, f"{name}.mkv", data)
                    row |= {"frames": frames, "seconds": seconds}
            index[name] = {key: row[key] for key in sorted(row)}
    text = json.dumps(index, ensure_ascii=False, indent=0, sort_keys=True)
    (ART / "index.json").write_text(text + "\n", "utf-8")


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a picture with a fixed date, so that the same input makes the same bundle."""
    archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)


def bundle_type(folder: Path) -> None:
    """Join the slices of Noto Sans SC Bold into one file: Chinese, kana, Latin, Cyrillic."""
    from fontTools.merge import Merger, Options
    from fontTools.subset import Options as SubsetOptions
    from fontTools.subset import Subsetter
    from fontTools.ttLib import TTFont

    files = folder / "type/package/files"
    slices = ["chinese-simplified", "latin", "latin-ext", "cyrillic", "vietnamese"]
    slices += sorted(
        path.name.split("-")[3]
        for path in files.glob("noto-sans-sc-*-700-normal.woff2")
        if path.name.split("-")[3].isdigit()
    )
    seen: set[int] = set()
    parts = []
    for name in slices:
        font = TTFont(files / f"noto-sans-sc-{name}-700-normal.woff2")
        fresh = set(font.getBestCmap()) - seen
        if not fresh:
            continue
        seen |= fresh
        options = SubsetOptions(layout_features=[], hinting=False, glyph_names=False)
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=fresh)
        subsetter.subset(font)
        font.flavor = None
        part = folder / f"part-{name}.ttf"
        font.save(part)
        parts.append(str(part))
    merged = Merger(Options(drop_tables=["vhea", "vmtx"])).merge(parts)
    (ART / "fonts").mkdir(exist_ok=True)
    merged.save(ART / "fonts/NotoSansSC-Bold.ttf")
    licence = (folder / "type/package/LICENSE").read_text("utf-8")
    (ART / "fonts/OFL.txt").write_text(licence, "utf-8")


def main() -> int:
    """Make the bundle and say what it weighs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, default=HERE.parent / ".scratch/art-packages")
    parser.add_argument("--only", choices=["pictures", "type"])
    options = parser.parse_args()
    fetch(options.packages)
    if options.only != "pictures":
        bundle_type(options.packages)
    if options.only != "type":
        bundle_pictures(options.packages)
    for path in sorted(ART.rglob("*")):
        if path.is_file() and path.suffix != ".py":
            print(f"{path.stat().st_size / 1e6:7.2f} MB  {path.relative_to(ART)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
