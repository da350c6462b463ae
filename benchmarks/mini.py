"""What the engine's recipe saves on mini, beside the stock pipeline called plainly in Python.

    python -m benchmarks.mini [--curve] [--rounds 3]

Same weights, seed, steps, size, precision and threads. The two take turns, prompt by
prompt; each is one process that has made a clip before. Printed are the seconds of a clip and their
ratio, where they go, the largest memory, and how far our latents are from the stock's (PSNR over
their range). `--curve` shows more ways to save: guidance in every n-th step, step caches, fewer
steps.
"""

import argparse
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mutoscope.catalog.catalog import SHIPPED
from mutoscope.core.ids import ModelId
from mutoscope.core.request import GenerationRequest, Shape, Task

PROMPTS = (
    "小猫，夜晚，下雨，城市，向左走，镜头推近",
    "rocket, space, moves up",
    "panda, sunset, forest, jumps",
)
SEED = 7
FOLDER = SHIPPED / "mini"
SHAPE = Shape(width=96, height=96, frames=17, fps=8)

Latents = NDArray[np.float32]


@dataclass(frozen=True)
class Way:
    """One way of making a clip: `stock`, or our recipe with these changes to the manifest."""

    name: str
    is_stock: bool = False
    steps: int | None = None
    guidance_every: int | None = None
    step_cache: float | None = None


@dataclass(frozen=True)
class Taken:
    """What one clip took: seconds by the clock and by stage, and its latents."""

    seconds: float
    stages: dict[str, float]
    latents: Latents


Make = Callable[[str], tuple[dict[str, float], Latents]]


def serve(way: Way, pipe: Connection) -> None:
    """A process that makes clips one way: prompts come in, what they took goes out."""
    make = stock(way) if way.is_stock else ours(way)
    make(PROMPTS[0])
    while (prompt := pipe.recv()) is not None:
        started = time.perf_counter()
        stages, latents = make(prompt)
        pipe.send(Taken(time.perf_counter() - started, stages, latents))
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def stock(way: Way) -> Make:
    """`from_pretrained`, and the call that its card shows."""
    import torch
    from diffusers import LTXConditionPipeline

    from mutoscope.engine.checkpoints import inspect_checkpoint

    facts = inspect_checkpoint(FOLDER).manifest
    pipe = LTXConditionPipeline.from_pretrained(FOLDER, local_files_only=True)
    pipe.to(torch.float32)
    pipe.set_progress_bar_config(disable=True)
    steps = way.steps or facts.steps or 20
    kept: list[Latents] = []

    def note(_pipe: Any, step: int, _at: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if step == steps - 1:
            frames = tensors["latents"].reshape(1, 5, 6, 6, -1).permute(0, 4, 1, 2, 3)
            kept[:] = [frames.numpy()]
        return tensors

    def make(prompt: str) -> tuple[dict[str, float], Latents]:
        pipe(
            prompt=prompt, width=96, height=96, num_frames=17, frame_rate=facts.fps,
            timesteps=[1000 * (1 - step / steps) for step in range(steps)],
            guidance_scale=facts.guidance, image_cond_noise_scale=0.0,
            max_sequence_length=facts.prompt_tokens_max,
            generator=torch.Generator().manual_seed(SEED), callback_on_step_end=note,
        )  # fmt: skip
        return {}, kept[0]

    return make


def ours(way: Way) -> Make:
    """The stages of the engine, from a request to native frames."""
    import torch

    from mutoscope.engine.checkpoints import inspect_checkpoint
    from mutoscope.engine.loading import load_model
    from mutoscope.engine.order import take_order
    from mutoscope.engine.placement import Placement
    from mutoscope.engine.recipes import ltx
    from mutoscope.engine.stages.frames import to_frames

    checkpoint = inspect_checkpoint(FOLDER)
    given = ("steps", "guidance_every", "step_cache")
    changes = {name: getattr(way, name) for name in given if getattr(way, name) is not None}
    checkpoint = replace(checkpoint, manifest=replace(checkpoint.manifest, **changes))
    model = load_model(checkpoint, Placement("cpu", torch.float32), quiet)

    @torch.no_grad()
    def make(prompt: str) -> tuple[dict[str, float], Latents]:
        request = GenerationRequest(
            task=Task.TEXT_TO_VIDEO, model=ModelId("mini"), prompt=prompt, shape=SHAPE, seed=SEED
        )
        order = take_order(request, (), checkpoint)
        clock = [time.perf_counter()]
        pipe = model.pipeline(ltx.pipeline_for(checkpoint, order))
        states = ltx.encode_prompt(pipe, order)
        clock.append(time.perf_counter())
        latents = ltx.denoise(pipe, order, states, quiet)
        clock.append(time.perf_counter())
        to_frames(ltx.decode(pipe, latents, order))
        clock.append(time.perf_counter())
        names = ("encode prompt", "denoise", "decode")
        stages = {name: b - a for name, a, b in zip(names, clock, clock[1:], strict=False)}
        return stages, latents.tensor.float().numpy()

    return make


def quiet(*_: Any, **__: Any) -> None:
    """A report that nobody reads."""


@contextmanager
def running(way: Way) -> Iterator[Connection]:
    """A process that makes clips this way, warm."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(way, far))
    process.start()
    try:
        yield near
    finally:
        process.join()


def compare(way: Way, rounds: int) -> None:
    """Let the stock pipeline and `way` take turns; print a block for the way."""
    with running(Way("stock", is_stock=True)) as plain, running(way) as fast:
        pairs = [
            (asked(plain, prompt), asked(fast, prompt)) for _ in range(rounds) for prompt in PROMPTS
        ]
        memory = []
        for each in (plain, fast):
            each.send(None)
            memory.append(each.recv())
    ratio = statistics.median(ours.seconds / stock.seconds for stock, ours in pairs)
    nearest = [psnr(stock.latents, ours.latents) for stock, ours in pairs[: len(PROMPTS)]]
    took = [statistics.median(taken.seconds for taken in each) for each in zip(*pairs, strict=True)]
    print(f"{way.name:34} {took[1]:5.2f} s of {took[0]:5.2f} s, ratio {ratio:.2f}, ", end="")
    print(f"PSNR {min(nearest):5.1f} to {max(nearest):5.1f} dB, ", end="")
    print(f"memory {memory[1]:.0f} of {memory[0]:.0f} MB")
    for name in pairs[0][1].stages:
        print(f"    {name:30} {statistics.median(o.stages[name] for _, o in pairs):5.2f} s")


def asked(process: Connection, prompt: str) -> Taken:
    """What one clip took."""
    process.send(prompt)
    taken: Taken = process.recv()
    return taken


def psnr(one: Latents, other: Latents) -> float:
    """Peak signal to noise ratio in dB; the peak is the range of `one`."""
    error = float(np.mean((one - other) ** 2))
    return 10 * float(np.log10(np.ptp(one) ** 2 / max(error, 1e-20)))


CURVE = (
    Way("exact: nothing left out", guidance_every=1),
    *(Way(f"guidance in every {n}. step", guidance_every=n) for n in (2, 3, 4, 6)),
    *(Way(f"step cache, threshold {t}", guidance_every=1, step_cache=t) for t in (0.05, 0.1, 0.2)),
    *(Way(f"{n} steps in place of 20", guidance_every=1, steps=n) for n in (16, 12, 8)),
)


def main() -> None:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    compare(Way("the recipe, as mini is shipped"), options.rounds)
    for way in CURVE if options.curve else ():
        compare(way, options.rounds)


if __name__ == "__main__":
    main()
