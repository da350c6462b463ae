"""The examination: 200 clips of prompts training never saw, half of them Chinese.

    python -m training.evaluate [--model FOLDER] [--clips N]

Prints the table, writes measured.json and the model card beside the weights, and a picture grid.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import LTXConditionPipeline
from numpy.typing import NDArray
from PIL import Image

from training.art import runs_folder
from training.captions import caption
from training.card import MEASURED, write_card
from training.codec import Codec, codec_path, held_out_psnr, psnr
from training.judge import PASS, SEEN, SIDE, Answers, Judge, judge_path, renders, shares_right
from training.judge import verdicts as ask
from training.render import PICTURE, render
from training.sample import generate, grid, load
from training.scenes import Scene, Stream, generator, sample_scene
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, Term

BATCH = 10
ROWS = {
    "object": ("thing",),
    "place and time": ("place", "time"),
    "direction": ("motion",),
    "camera": ("camera",),
    "weather": ("weather",),
}
TABLES: dict[str, tuple[Term, ...]] = {
    "thing": OBJECTS,
    "place": PLACES,
    "time": TIMES,
    "motion": MOTIONS,
    "camera": CAMERAS,
}
MISTAKES_SHOWN = 8
GRID = 24  # the first prompts are pictured


@dataclass(frozen=True)
class Question:
    """A prompt and the scene it describes."""

    prompt: str
    scene: Scene
    language: str


def questions(count: int) -> list[Question]:
    """Prompts of held-out scenes, Chinese and English in turn; every one names its place."""
    drawn = []
    for index in range(count):
        rng = generator(0, Stream.PROMPTS, index)
        scene, language = sample_scene(rng, held_out=True), ("zh", "en")[index % 2]
        place = PLACES[scene.place]
        words = place.zh if language == "zh" else place.en
        prompt = ""
        while not any(word in prompt for word in words):
            prompt = caption(rng, scene, language=language)
        drawn.append(Question(prompt, scene, language))
    return drawn


def answer(
    pipeline: LTXConditionPipeline, asked: list[Question], *, side: int
) -> NDArray[np.uint8]:
    """Generate every prompt, some at a time."""
    parts = []
    for start in range(0, len(asked), BATCH):
        prompts = [question.prompt for question in asked[start : start + BATCH]]
        parts.append(generate(pipeline, prompts, side=side, seed=1000 + start))
    return np.concatenate(parts)


def mark(
    judge: Judge, checked: dict[str, float], clips: NDArray[np.uint8], asked: list[Question]
) -> dict[str, str]:
    """Shares of right answers, in all and by language, to the questions the judge may answer."""
    said, right = ask(judge, fitted(clips)), Answers.to([one.scene for one in asked]).of
    languages = np.array([one.language for one in asked])
    table = {}
    for row, names in ROWS.items():
        if min(checked[name] for name in names) < PASS:
            table[row] = f"not judged: the judge itself is below {PASS:.0%}"
            continue
        hit = np.all([said[name] == right[name] for name in names], axis=0)
        by = [f"{one} {hit[languages == one].mean():.1%}" for one in ("zh", "en")]
        table[row] = f"{hit.mean():.1%} ({', '.join(by)})"
    return table


def mistakes(judge: Judge, clips: NDArray[np.uint8], asked: list[Question]) -> Iterator[str]:
    """What was taken for what, and of how many that were asked for, the most frequent first."""
    said, right = ask(judge, fitted(clips)), Answers.to([one.scene for one in asked]).of
    for name, table in TABLES.items():
        wanted = Counter(right[name].tolist())
        wrong = Counter(
            pair
            for pair in zip(right[name].tolist(), said[name].tolist(), strict=True)
            if pair[0] != pair[1]
        )
        for (asked_for, seen), count in wrong.most_common(MISTAKES_SHOWN):
            ids = (table[asked_for].id, table[seen].id)
            yield f"{name}: {ids[0]} came out as {ids[1]}: {count} of {wanted[asked_for]}"


def fitted(clips: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Clips as the judge wants them: its frames, its size."""
    seen = clips[:, list(SEEN)]
    if seen.shape[2] == SIDE:
        return seen
    resized = [
        [np.asarray(Image.fromarray(frame).resize((SIDE, SIDE))) for frame in clip] for clip in seen
    ]
    return np.array(resized)


def first_frame_psnr(pipeline: LTXConditionPipeline, side: int, count: int) -> float:
    """Image to video: how near the first frame stays to the given picture."""
    scores = []
    for index in range(count):
        rng = generator(0, Stream.PROMPTS, 100_000 + index)
        scene = sample_scene(rng, held_out=True)
        picture = render(scene, side, indices=PICTURE).frames[0]
        clip = generate(pipeline, [caption(rng, scene)], side=side, first=picture)[0]
        scores.append(psnr(clip[0], picture))
    return float(np.mean(scores))


def load_judge() -> tuple[Judge, dict[str, float]]:
    """The trained judge and what it gets right on held-out renders."""
    judge = Judge().eval()
    judge.load_state_dict(torch.load(judge_path(), weights_only=True))
    return judge, shares_right(judge, *renders(Stream.JUDGE_CHECK, 300, held_out=True))


def main() -> None:
    """Examine an exported model and write down how it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--first-frames", type=int, default=16)
    options = parser.parse_args()
    folder = options.model or runs_folder() / "export"
    facts = json.loads((folder / "mutoscope.json").read_text("utf-8"))
    side = facts["sizes"][0][0]
    pipeline, (judge, checked) = load(folder), load_judge()
    asked = questions(options.clips)
    started = time.monotonic()
    clips = answer(pipeline, asked, side=side)
    seconds = (time.monotonic() - started) / len(asked)
    table = mark(judge, checked, clips, asked)
    codec = held_out_psnr(Codec.load(codec_path()), side, 24)
    table["first frame of image to video"] = (
        f"{first_frame_psnr(pipeline, side, options.first_frames):.1f} dB"
    )
    table["autoencoder, held-out clips"] = f"{codec[0]:.1f} dB"
    table["autoencoder, their first frames"] = f"{codec[1]:.1f} dB"
    table["seconds a clip, ten at a time"] = f"{seconds:.1f}"
    for name, share in checked.items():
        table[f"judge on held-out renders, {name}"] = f"{share:.1%}"
    for name, value in table.items():
        print(f"{name:40} {value}")
    print("\n".join(mistakes(judge, clips, asked)))
    (folder / MEASURED).write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    write_card(folder / "README.md", sides=(side,), step=facts["trained_steps"])
    Image.fromarray(grid(clips[:GRID], columns=3)).save(folder.with_suffix(".png"))
    print("\n".join(f"{i:2} {one.prompt}" for i, one in enumerate(asked[:GRID])))


if __name__ == "__main__":
    main()
