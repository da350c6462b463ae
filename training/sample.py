"""Prompts become clips through the stock pipeline, as any user of the folder would do it.

python -m training.sample [PROMPT...] [--model FOLDER] [--out grid.png]

Without prompts it draws the fixed ones, so that versions can be compared by eye.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from diffusers import LTXConditionPipeline
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition
from numpy.typing import NDArray
from PIL import Image

from training.art import runs_folder
from training.render import FPS, FRAMES
from training.tokenizer import LENGTH_MAX

STEPS, GUIDANCE = 20, 2.0

PROMPTS = (
    "一只小猫在草地上向左走",
    "a rocket in space, moves up",
    "夜晚，一辆汽车在城市街道向右移动",
    "a penguin on the snowfield, jumps",
    "日落，帆船在大海向左移动，固定镜头",
    "a panda in the forest, camera zooms in",
    "一个机器人在沙漠，镜头左移",
    "a pumpkin on a blue background, camera zooms out",
    "红气球在蓝色背景前向上飞",
    "a turtle moves right on the snowfield at night",
    "一只青蛙在红色背景前跳跃",
    "a bus in the city in the rain, camera pans right",
    "一头大象在草地，下雪",
    "a butterfly in the forest at sunset, flies up",
    "向日葵在黄色背景前，镜头推近",
    "a dinosaur in the desert, moves left",
)
Clips = NDArray[np.uint8]  # (clips, frames, side, side, 3)
Pictures = NDArray[np.uint8]  # (clips, side, side, 3), or (side, side, 3) for all


def load(folder: Path) -> LTXConditionPipeline:
    """The exported folder in full precision, silent."""
    # Stored as bfloat16; many CPUs compute it ten times slower than float32.
    pipeline = LTXConditionPipeline.from_pretrained(folder, local_files_only=True)
    pipeline.to(torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def generate(
    pipeline: LTXConditionPipeline,
    prompts: list[str],
    *,
    side: int,
    seed: int = 0,
    frames: int = FRAMES,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
    first: Pictures | None = None,
    last: Pictures | None = None,
) -> Clips:
    """One clip for every prompt; `first` and `last` are pictures to begin and end with.

    Words alone become the first picture, then the clip that begins with it, as hosts do it.
    """
    if first is None and last is None and frames > 1:
        alike = {"side": side, "seed": seed, "steps": steps, "guidance": guidance}
        first = generate(pipeline, prompts, frames=1, **alike)[:, 0]  # type: ignore[arg-type]
    given = [(0, first), (frames - 1, last)]
    conditions = [
        LTXVideoCondition(image=_stacked(pictures), frame_index=index)
        for index, pictures in given
        if pictures is not None
    ]
    result = pipeline(
        conditions=conditions or None,
        prompt=prompts,
        height=side,
        width=side,
        num_frames=frames,
        frame_rate=FPS,
        timesteps=[1000 * (1 - step / steps) for step in range(steps)],
        guidance_scale=guidance,
        image_cond_noise_scale=0.0,
        max_sequence_length=LENGTH_MAX,
        generator=[torch.Generator().manual_seed(seed + i) for i in range(len(prompts))],
        output_type="np",
    ).frames
    clips: Clips = (np.asarray(result) * 255).round().astype(np.uint8)
    return clips


def _stacked(pictures: Pictures) -> torch.Tensor:
    """(clips, 3, side, side) in 0..1, or (1, ...) for all."""
    stacked = pictures if pictures.ndim == 4 else pictures[None]
    return torch.from_numpy(np.ascontiguousarray(stacked)).permute(0, 3, 1, 2).float() / 255


def grid(clips: Clips, *, shown: tuple[int, ...] = (0, 5, 11, 16), columns: int = 2) -> Clips:
    """Some frames of each clip side by side, clips in rows and columns."""
    indices = [index for index in shown if index < clips.shape[1]]
    strips = [np.concatenate(list(clip[indices]), axis=1) for clip in clips]
    while len(strips) % columns:
        strips.append(np.zeros_like(strips[0]))
    rows = [np.concatenate(strips[i : i + columns], 1) for i in range(0, len(strips), columns)]
    return np.concatenate(rows)


def main() -> None:
    """Draw a grid of the given prompts, or of the fixed ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=Path("grid.png"))
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    options = parser.parse_args()
    pipeline = load(options.model or runs_folder() / "export")
    clips = generate(
        pipeline,
        list(options.prompts),
        side=options.side,
        frames=options.frames,
        guidance=options.guidance,
    )
    Image.fromarray(grid(clips, columns=2 if options.frames > 1 else 8)).save(options.out)


if __name__ == "__main__":
    main()
