"""The judge: a small network that tells what a clip shows, trained on rendered clips alone.

It is examined on held-out renders first; below 97 % on a question it may not answer it.

    python -m training.judge
"""

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.art import runs_folder
from training.render import render
from training.scenes import Scene, Stream, generator, sample_scene
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, WEATHERS

SIDE = 96
SEEN = (0, 4, 8, 12, 16)  # the frames it looks at
QUESTIONS = {
    "thing": len(OBJECTS),
    "place": len(PLACES),
    "time": len(TIMES),
    "weather": len(WEATHERS),
    "motion": len(MOTIONS),
    "camera": len(CAMERAS),
}
PASS = 0.97
CLIPS = 9000


class Judge(nn.Module):
    """A convolutional network over five frames at once, with a head for every question."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3 * len(SEEN), 32, 64, 96, 128)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after)]
            layers += [nn.SiLU()]
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2))
        features = 128 * (SIDE // 16) ** 2
        self.heads = nn.ModuleDict(
            {name: nn.Linear(features, count) for name, count in QUESTIONS.items()}
        )

    def forward(self, frames: Tensor) -> dict[str, Tensor]:
        """Scores of every answer for (clips, 15, side, side) in -1..1."""
        features = self.body(frames)
        return {name: head(features) for name, head in self.heads.items()}


@dataclass(frozen=True)
class Answers:
    """Right answers of many scenes, one array for each question."""

    of: dict[str, NDArray[np.int64]]

    @classmethod
    def to(cls, scenes: list[Scene]) -> "Answers":
        """What a judge should say of the scenes."""
        return cls({name: np.array([getattr(s, name) for s in scenes]) for name in QUESTIONS})


def look(frames: NDArray[np.uint8]) -> Tensor:
    """Frames (clips, 5, side, side, 3) as the network's input."""
    clips, count, side, _, _ = frames.shape
    stacked = torch.from_numpy(frames).permute(0, 1, 4, 2, 3).reshape(clips, count * 3, side, side)
    return stacked.float() / 127.5 - 1


def renders(stream: Stream, count: int, *, held_out: bool) -> tuple[NDArray[np.uint8], Answers]:
    """Rendered clips and their scenes. Training draws from both sides of the wall: the judge must
    not itself lean on which object was met where."""
    scenes = []
    for index in range(count):
        rng = generator(0, stream, index)
        outside = held_out or (stream is Stream.JUDGE and index % 11 == 0)
        scenes.append(sample_scene(rng, held_out=outside))
    frames = np.stack([render(scene, SIDE, indices=SEEN).frames for scene in scenes])
    return frames, Answers.to(scenes)


def blur(frames: Tensor, chance: torch.Generator) -> Tensor:
    """A little softness, noise and light, so that a generated clip's look does not confuse it."""
    soft = nn.functional.avg_pool2d(frames, 3, stride=1, padding=1)
    share = torch.rand(len(frames), 1, 1, 1, generator=chance)
    mixed = torch.lerp(frames, soft, share)
    light = 1 + 0.2 * (torch.rand(len(frames), 1, 1, 1, generator=chance) - 0.5)
    strength = 0.1 * torch.rand(len(frames), 1, 1, 1, generator=chance)
    return mixed * light + strength * torch.randn(mixed.shape, generator=chance)


def teach(
    frames: NDArray[np.uint8], answers: Answers, *, epochs: int = 8, batch: int = 64
) -> Judge:
    """Train a judge on rendered clips."""
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(0)
    judge = Judge().train()
    steps = epochs * (len(frames) // batch)
    optimizer = torch.optim.AdamW(judge.parameters(), 2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=max(steps, 1))
    targets = {name: torch.from_numpy(values) for name, values in answers.of.items()}
    for _ in range(epochs):
        order = torch.randperm(len(frames), generator=chance)
        for start in range(0, len(order) - batch + 1, batch):
            chosen = order[start : start + batch]
            scores = judge(blur(look(frames[chosen.numpy()]), chance))
            loss = torch.stack(
                [nn.functional.cross_entropy(scores[q], targets[q][chosen]) for q in QUESTIONS]
            ).sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return judge.eval()


@torch.no_grad()
def verdicts(judge: Judge, frames: NDArray[np.uint8]) -> dict[str, NDArray[np.int64]]:
    """The judge's answers for (clips, 5, side, side, 3)."""
    parts = [judge(look(part)) for part in np.array_split(frames, max(1, len(frames) // 64))]
    return {q: torch.cat([part[q] for part in parts]).argmax(1).numpy() for q in QUESTIONS}


def shares_right(judge: Judge, frames: NDArray[np.uint8], answers: Answers) -> dict[str, float]:
    """How often each answer is right."""
    said = verdicts(judge, frames)
    return {name: float((said[name] == answers.of[name]).mean()) for name in QUESTIONS}


def judge_path() -> Path:
    """Where the trained judge is kept."""
    return runs_folder() / "judge.pt"


def main() -> None:
    """Train the judge and print what it gets right on held-out renders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=CLIPS)
    parser.add_argument("--epochs", type=int, default=8)
    options = parser.parse_args()
    lessons = renders(Stream.JUDGE, options.clips, held_out=False)
    judge = teach(*lessons, epochs=options.epochs)
    torch.save(judge.state_dict(), judge_path())
    for name, share in shares_right(
        judge, *renders(Stream.JUDGE_CHECK, 500, held_out=True)
    ).items():
        print(f"{name}: {share:.1%}{'' if share >= PASS else ' (may not judge)'}")


if __name__ == "__main__":
    main()
