"""The training loop: resumable, repeatable, checkpointed every few minutes.

    python -m training.train [--minutes M] [--name NAME] [--from FOLDER]

Asked to stop (SIGTERM, Ctrl-C), it finishes its step and saves; the same command goes on there.
A batch depends on its step alone, so an interrupted run ends with the weights of an uninterrupted
one.
"""

import argparse
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import torch
from diffusers import LTXVideoTransformer3DModel
from torch import Tensor
from transformers import PreTrainedTokenizerFast, T5EncoderModel

from training import tokenizer as words
from training.art import runs_folder
from training.batches import Batch, Phase, make
from training.codec import Codec, codec_path
from training.model import Mini, ModelSize
from training.muon import optimizers

# The codec that the shipped weights were trained with.
KEPT_CODEC = Path(__file__).with_name("codec.npz")
CURRICULUM = (
    Phase(until=620, side=96, images=80, clips=0, image_share=1.0),
    Phase(until=1_429, side=96, images=80, clips=16, image_share=0.15, rate=4e-3),
    Phase(
        until=2_900, side=96, images=80, clips=16, image_share=0.15, rate=2e-3, rate_at_end=1.2e-3
    ),
    Phase(
        until=4_827,
        side=96,
        images=80,
        clips=16,
        image_share=0.3,
        noise=(1.6, 1.3),
        rate=1.6e-3,
        rate_at_end=2e-4,
    ),
    Phase(
        until=7_900,
        side=96,
        images=80,
        clips=16,
        image_share=0.25,
        noise=(1.8, 1.4),
        rate=1e-3,
        rate_at_end=6e-4,
    ),
    Phase(
        until=10_500,
        side=96,
        images=80,
        clips=16,
        image_share=0.25,
        noise=(3.5, 1.8),
        rate=1e-3,
        rate_at_end=4e-5,
    ),
    Phase(
        until=11_600,
        side=96,
        images=80,
        clips=16,
        image_share=0.2,
        noise=(3.5, 1.8),
        rate=5e-4,
        rate_at_end=3e-5,
    ),
)


@dataclass(frozen=True)
class Plan:
    """Everything that decides the outcome of a run."""

    seed: int = 1
    warmup: int = 40
    ema_decay_max: float = 0.999
    curriculum: tuple[Phase, ...] = CURRICULUM
    size: ModelSize = field(default_factory=ModelSize)

    @property
    def steps(self) -> int:
        """Where the last phase ends."""
        return self.curriculum[-1].until

    def phase(self, step: int) -> Phase:
        """The phase a step belongs to."""
        return self.curriculum[self._index(step)]

    def rate_at(self, step: int) -> float:
        """The learning rate of a step: level, or falling to the end of its phase."""
        phase, index = self.phase(step), self._index(step)
        begins = self.curriculum[index - 1].until if index else 0
        fallen = (step - begins) / (phase.until - begins)
        end = phase.rate if phase.rate_at_end is None else phase.rate_at_end
        return phase.rate + (end - phase.rate) * fallen

    def sides(self, steps: int) -> tuple[int, ...]:
        """The sizes met in the first `steps` steps, smallest first."""
        met = {phase.side for phase in self.curriculum[: self._index(max(0, steps - 1)) + 1]}
        return tuple(sorted(met))

    def _index(self, step: int) -> int:
        return next(i for i, phase in enumerate(self.curriculum) if step < phase.until)


def loss_of(model: Callable[..., Tensor], batch: Batch) -> Tensor:
    """Flow-matching loss: squared error of the velocity over tokens that were not given."""
    guess = model(batch.noisy, batch.times, batch.coordinates, batch.text, batch.mask)
    error = (guess.float() - batch.velocity).square().mean(dim=-1)
    loss: Tensor = (error * batch.weight).sum() / batch.weight.sum()
    return loss


class Run:
    """A model in training: weights, their running average, optimizers, and the step."""

    def __init__(
        self,
        plan: Plan,
        codec: Codec,
        tokenizer: PreTrainedTokenizerFast,
        *,
        is_compiled: bool = False,
        is_half: bool = False,
    ) -> None:
        """`is_compiled`: a minute for every shape of batch, then 1.6 times the speed.

        `is_half`: bfloat16 matrix products, 1.4 times the speed where the processor has them
        (AVX512-BF16, AMX) and a tenth of it where it has not.
        """
        torch.manual_seed(plan.seed)
        self.plan, self.codec, self.tokenizer = plan, codec, tokenizer
        self.model = Mini(len(tokenizer), plan.size)
        self.precision = torch.bfloat16 if is_half else torch.float32
        self.optimizers = optimizers(self.model, self.precision)
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.step = 0
        self.begun = 0  # where the optimizers started
        self._predict = torch.compile(self.model, dynamic=False) if is_compiled else self.model

    def batch(self, step: int) -> Batch:
        """The batch of any step."""
        plan = self.plan
        return make(self.codec, self.tokenizer, plan.phase(step), seed=plan.seed, step=step)

    def advance(self, batch: Batch) -> float:
        """Learn from one batch; returns its loss."""
        rate = self.plan.rate_at(self.step)
        rate *= min(1.0, (self.step - self.begun + 1) / self.plan.warmup)
        with torch.autocast("cpu", self.precision, enabled=self.precision != torch.float32):
            loss = loss_of(self._predict, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group["share"]
            optimizer.step()
            optimizer.zero_grad()
        decay = min(self.plan.ema_decay_max, (self.step + 1) / (self.step + 10))
        for name, value in self.model.state_dict().items():
            self.average[name].lerp_(value, 1 - decay)
        self.step += 1
        return float(loss.detach())

    def state(self) -> dict[str, Any]:
        """All that a checkpoint keeps."""
        return {
            "step": self.step,
            "begun": self.begun,
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizers": [one.state_dict() for one in self.optimizers],
        }

    def save(self, path: Path) -> None:
        """Write a checkpoint whole or not at all, keeping the one before it."""
        part = path.with_suffix(".part")
        torch.save(self.state(), part)
        if path.exists():
            path.replace(path.with_suffix(".previous"))
        part.replace(path)

    def load(self, path: Path) -> None:
        """Continue from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.step, self.begun = state["step"], state["begun"]
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            shares = [group["share"] for group in optimizer.param_groups]
            optimizer.load_state_dict(saved)
            for group, share in zip(optimizer.param_groups, shares, strict=True):
                group["share"] = share  # the plan's, which may have changed

    def begin_from(self, folder: Path) -> None:
        """Take over the weights of an exported folder, at its step; the optimizers start anew."""
        networks = (
            ("transformer", LTXVideoTransformer3DModel),
            ("text_encoder", T5EncoderModel),
        )
        for name, kind in networks:
            exported = kind.from_pretrained(folder / name, local_files_only=True)
            getattr(self.model, name).load_state_dict(exported.float().state_dict())
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.step = json.loads((folder / "mutoscope.json").read_text("utf-8"))["trained_steps"]
        self.begun = self.step


def train(
    run: Run, *, until: Callable[[int], bool], checkpoint: Path, every_seconds: float = 300
) -> None:
    """Advance until told to stop; the next batch is drawn while this one is learnt."""
    saved, log = time.monotonic(), checkpoint.with_suffix(".jsonl")
    with ThreadPoolExecutor(1) as pool, log.open("a") as lines:
        upcoming = pool.submit(run.batch, run.step)
        while not until(run.step):
            started, batch = time.monotonic(), upcoming.result()
            if not until(run.step + 1):
                upcoming = pool.submit(run.batch, run.step + 1)
            loss = run.advance(batch)
            line = {
                "step": run.step,
                "loss": round(loss, 4),
                "samples": len(batch.noisy),
                "tokens": batch.noisy.shape[1],
                "seconds": round(time.monotonic() - started, 2),
                "cpu": round(time.process_time()),
            }
            lines.write(json.dumps(line) + "\n")
            lines.flush()
            if time.monotonic() - saved > every_seconds:
                run.save(checkpoint)
                saved = time.monotonic()
    run.save(checkpoint)


def prepare(folder: Path) -> tuple[Codec, PreTrainedTokenizerFast]:
    """The codec and the tokenizer of the runs folder; the tokenizer is built once."""
    if not (folder / "tokenizer").exists():
        words.save(words.build(), folder / "tokenizer")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder / "tokenizer")
    return Codec.load(codec_path()), tokenizer


def adopt(exported: Path, folder: Path) -> None:
    """Take over what exported weights were trained with: their tokenizer, and the kept codec.

    Fitted or built again they might differ, and the weights would not know their own words.
    """
    if not (folder / "tokenizer").exists():
        tokenizer = PreTrainedTokenizerFast.from_pretrained(exported / "tokenizer")
        tokenizer.backend_tokenizer.normalizer = words.reader()  # exported before it, perhaps
        words.save(tokenizer, folder / "tokenizer")
    codec = folder / KEPT_CODEC.name
    if not codec.exists():
        shutil.copy(KEPT_CODEC, codec)


def main() -> None:
    """Start or continue the run of a name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="mini")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--steps", type=int, default=Plan().steps, help="stop before this step")
    parser.add_argument("--from", type=Path, dest="exported", help="begin with these weights")
    parser.add_argument("--compile", action="store_true", help="needs a C++ compiler")
    parser.add_argument("--half", action="store_true", help="needs AVX512-BF16 or AMX")
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    cv2.setNumThreads(1)
    folder = runs_folder() / options.name
    folder.mkdir(parents=True, exist_ok=True)
    if options.exported is not None:
        adopt(options.exported, runs_folder())
    run = Run(Plan(), *prepare(runs_folder()), is_compiled=options.compile, is_half=options.half)
    checkpoint = folder / "latest.pt"
    if checkpoint.exists():
        run.load(checkpoint)
    elif options.exported is not None:
        run.begin_from(options.exported)
    end, asked = time.monotonic() + 60 * options.minutes, Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: asked.set())
    train(
        run,
        until=lambda step: step >= options.steps or time.monotonic() > end or asked.is_set(),
        checkpoint=checkpoint,
    )


if __name__ == "__main__":
    main()
