"""The model card: what the weights are, what made them, what they can and can't do."""

import json
from pathlib import Path

from training.render import FPS, FRAMES
from training.sample import GUIDANCE, STEPS
from training.tokenizer import LENGTH_MAX
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES

MEASURED = "measured.json"  # written by training.evaluate beside the weights

CARD = """---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-video
language: [zh, en]
---

# Mutoscope mini

A small video diffusion transformer, trained from nothing on two CPU cores, for machines without a
GPU. It draws toy-like figures in simple places, and nothing else: {objects} objects, {places}
places, {motions} motions and {cameras} camera moves, said in Chinese or English (all words are in
`mutoscope.json`).

## Use

```python
import torch
from diffusers import LTXConditionPipeline

pipe = LTXConditionPipeline.from_pretrained("FOLDER").to(torch.float32)  # or bfloat16, if fast
steps = {steps}
how = dict(
    prompt="一只小猫在草地上向左走", height={side}, width={side}, frame_rate={fps},
    timesteps=[1000 * (1 - i / steps) for i in range(steps)], guidance_scale={guidance},
    image_cond_noise_scale=0.0, max_sequence_length={tokens},
)
picture = pipe(num_frames=1, **how).frames[0][0]  # words place things best in a single picture
video = pipe(image=picture, num_frames={frames}, **how).frames[0]
```

Sizes: {sizes}. Lengths: 1 frame (a picture) or {frames} frames at {fps} a second. A first frame, a
last frame, or the first five frames of a clip to go on from are given as `LTXVideoCondition`.

## Training

- Data: clips drawn by `training/` of the Mutoscope repository: sprites of Microsoft's Fluent Emoji
  3D (MIT, © Microsoft Corporation; npm package `@lobehub/fluent-emoji-3d` 1.1.0) over backgrounds
  painted by code. No photographs, no scraped material, no people.
- Captions: a grammar in both languages. One place of every object is never shown in training; the
  examination is about exactly those pairs.
- Autoencoder: not trained. Principal components of 16 x 16 x 4 blocks, written into the weights of
  the stock `AutoencoderKLLTXVideo`.
- Transformer and text encoder: trained jointly by flow matching, Muon and AdamW, {step} steps.

## Measured

{measured}

## Limits

Soft edges; words outside its world carry no meaning; two objects at once were never seen; colours
of objects can't be changed; only square pictures of the sizes above.

## Licence

The weights: Apache-2.0. The art they learnt from: MIT, © Microsoft Corporation.
"""


def measured_table(path: Path) -> str:
    """The last evaluation as a table, or a plain statement that there was none."""
    if not path.exists():
        return "Not yet."
    facts = json.loads(path.read_text("utf-8"))
    rows = [f"| {name} | {value} |" for name, value in facts.items()]
    return "\n".join(["| what | value |", "| --- | --- |", *rows])


def write_card(path: Path, *, sides: tuple[int, ...], step: int) -> None:
    """Write the card of a model trained for `step` steps."""
    text = CARD.format(
        objects=len(OBJECTS),
        places=len(PLACES),
        motions=len(MOTIONS),
        cameras=len(CAMERAS),
        side=sides[-1],
        sizes=", ".join(f"{side} x {side}" for side in sides),
        frames=FRAMES,
        fps=FPS,
        step=step,
        steps=STEPS,
        guidance=GUIDANCE,
        tokens=LENGTH_MAX,
        measured=measured_table(path.parent / MEASURED),
    )
    path.write_text(text, "utf-8")
