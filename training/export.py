"""The trained parts become a plain diffusers folder that anyone can load.

python -m training.export [--name NAME] [--out FOLDER]
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, LTXConditionPipeline

from training.art import runs_folder
from training.card import write_card
from training.model import Mini
from training.neighbours import ALSO, NEAR
from training.render import FPS, FRAMES, HOLD
from training.sample import GUIDANCE, STEPS
from training.tokenizer import LENGTH_MAX
from training.train import Plan, prepare
from training.vae import build
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, WEATHERS, Term

SIZE_BYTES_MAX = 60_000_000
OLD_NAME, NEW_NAME = "TokenizersBackend", "PreTrainedTokenizerFast"


@dataclass(frozen=True)
class Checkpoint:
    """What export needs of a run: the averaged weights and how long they were trained."""

    weights: dict[str, torch.Tensor]
    step: int

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Read the running average of a training checkpoint."""
        state = torch.load(path, weights_only=True, mmap=True)
        return cls(state["average"], state["step"])


def assemble(checkpoint: Checkpoint, plan: Plan, folder: Path) -> LTXConditionPipeline:
    """The stock pipeline around the trained parts, in full precision."""
    codec, tokenizer = prepare(folder)
    model = Mini(len(tokenizer), plan.size).eval()
    model.load_state_dict(checkpoint.weights)
    return LTXConditionPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=build(codec),
        text_encoder=model.text_encoder,
        tokenizer=tokenizer,
        transformer=model.transformer,
    )


def _words(table: tuple[Term, ...]) -> dict[str, dict[str, list[str]]]:
    return {
        term.id: {
            "zh": list(term.zh),
            "en": list(term.en),
            "also": list(ALSO.get(term.id, ())),
            "near": list(NEAR.get(term.id, ())),
        }
        for term in table
    }


def manifest(sides: tuple[int, ...], step: int) -> dict[str, Any]:
    """What a host must know to run the model well: its sizes, pace, schedule and words."""
    return {
        "title": {"zh": "迷你", "en": "Mini"},
        "description": {
            "zh": "在本项目中训练的小模型：会画的东西不多，无需显卡",
            "en": "A small model trained by this project: knows few things, needs no GPU",
        },
        "family": "ltx",
        "pipeline": "LTXConditionPipeline",
        "fps": FPS,
        "steps": STEPS,
        "guidance": GUIDANCE,
        "sizes": [[side, side] for side in sides],
        "frames": [1, FRAMES],
        "held": HOLD,
        "enlarge": 6,
        "smooth": 3,
        "timesteps": "linear",
        "condition_noise": 0.0,
        "picture_first": True,
        "prompt_tokens_max": LENGTH_MAX,
        "licence": "Apache-2.0; trained on Fluent Emoji, MIT, (c) Microsoft Corporation",
        "trained_steps": step,
        "vocabulary": {
            "objects": _words(OBJECTS),
            "places": _words(PLACES),
            "times": _words(TIMES),
            "weathers": _words(WEATHERS[1:]),
            "motions": _words(MOTIONS),
            "cameras": _words(CAMERAS),
            "one_movement": True,
        },
    }


def _name_tokenizer_for_all(folder: Path) -> None:
    """Name the tokenizer class that transformers 4 and 5 both know."""
    for path in (folder / "model_index.json", folder / "tokenizer" / "tokenizer_config.json"):
        path.write_text(path.read_text("utf-8").replace(OLD_NAME, NEW_NAME), "utf-8")


def folder_bytes(folder: Path) -> int:
    """The size of all files in the folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def export(pipeline: LTXConditionPipeline, out: Path, *, sides: tuple[int, ...], step: int) -> None:
    """Write the folder whole or not at all."""
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for module in (pipeline.transformer, pipeline.text_encoder, pipeline.vae):
        module.to(torch.bfloat16)
    pipeline.save_pretrained(part, safe_serialization=True)
    _name_tokenizer_for_all(part)
    facts = json.dumps(manifest(sides, step), ensure_ascii=False, indent=1)
    (part / "mutoscope.json").write_text(facts + "\n", "utf-8")
    write_card(part / "README.md", sides=sides, step=step)
    size = folder_bytes(part)
    if size > SIZE_BYTES_MAX:
        raise ValueError(f"the folder has {size} bytes; at most {SIZE_BYTES_MAX} may ship")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


def main() -> None:
    """Export the running average of a run's latest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="mini")
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    folder, plan = runs_folder(), Plan()
    checkpoint = Checkpoint.load(folder / options.name / "latest.pt")
    sides = plan.sides(checkpoint.step)
    out = options.out or folder / "export"
    export(assemble(checkpoint, plan, folder), out, sides=sides, step=checkpoint.step)
    print(f"{out}: step {checkpoint.step}, {folder_bytes(out) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
