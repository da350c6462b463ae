"""The loss on scenes beyond the wall, with their own captions and with captions dealt anew.

    python -m training.validate [--name NAME]

The gap between the two columns says how much the text is used; training loss minus the first, how
much was merely remembered. Always the same scenes and noise, so checkpoints can be compared.
"""

import argparse
from dataclasses import replace

import torch

from training.art import runs_folder
from training.batches import Batch, Phase, make
from training.export import Checkpoint
from training.model import Mini
from training.train import Plan, Run, loss_of, prepare

SEED = 9
BATCHES = 6


def dealt_anew(batch: Batch) -> Batch:
    """Every sample with its neighbour's caption."""
    return replace(batch, text=batch.text.roll(1, 0), mask=batch.mask.roll(1, 0))


@torch.no_grad()
def losses(model: Mini, run: Run, phase: Phase, batches: int) -> tuple[float, float]:
    """Mean loss with the right captions and with wrong ones."""
    sums = torch.zeros(2)
    for step in range(batches):
        batch = make(run.codec, run.tokenizer, phase, seed=SEED, step=step, held_out=True)
        sums += torch.stack([loss_of(model, one) for one in (batch, dealt_anew(batch))])
    right, wrong = (sums / batches).tolist()
    return right, wrong


def main() -> None:
    """Print both losses for pictures and for clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="mini")
    options = parser.parse_args()
    plan = Plan()
    run = Run(plan, *prepare(runs_folder()))
    checkpoint = Checkpoint.load(runs_folder() / options.name / "latest.pt")
    run.model.load_state_dict(checkpoint.weights)
    side = plan.phase(checkpoint.step).side
    for name, share in (("pictures", 1.0), ("clips", 0.0)):
        phase = Phase(until=1, side=side, images=32, clips=6, image_share=share)
        right, wrong = losses(run.model.eval(), run, phase, BATCHES)
        print(f"step {checkpoint.step}, {name}: {right:.3f}; with wrong captions {wrong:.3f}")


if __name__ == "__main__":
    main()
