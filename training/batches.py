"""What one training step sees. A batch is a pure function of its step: nothing to store or restore.

Kinds of sample: a single picture; a plain clip; a clip whose first latent frame is given (image to
video), or its first two (extension); a clip with its last picture given as extra tokens.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from training.captions import caption
from training.codec import SPACE, TIME, Codec
from training.model import coordinates
from training.render import ALL, FRAMES, PICTURE, render
from training.scenes import Scene, Stream, generator, sample_scene
from training.tokenizer import LENGTH_MAX

CAPTION_DROPOUT = 0.1
KINDS = ("plain", "first", "extend", "end")  # what of a clip is given
KIND_SHARES = (0.5, 0.28, 0.1, 0.12)
SPRITE_WEIGHT = 2.0  # tokens under the object count up to this much more


@dataclass(frozen=True)
class Phase:
    """A stretch of the curriculum: up to step `until`, pictures and clips of this size."""

    until: int
    side: int
    images: int  # pictures a batch
    clips: int  # clips a batch
    image_share: float  # of the steps
    rate: float = 5e-3


@dataclass(frozen=True)
class Batch:
    """Tensors of one step."""

    noisy: Tensor  # (batch, tokens, channels)
    times: Tensor  # (batch, tokens), 0 for given tokens; (batch, 1) when nothing is given
    velocity: Tensor
    weight: Tensor  # (batch, tokens), 0 for given tokens
    coordinates: Tensor  # (batch, 3, tokens)
    text: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Example:
    """One rendered and encoded scene."""

    latents: Tensor  # (tokens, channels)
    cover: Tensor  # (tokens,)
    text: str


def flatten(latents: NDArray[np.float32]) -> Tensor:
    """(channels, frames, rows, columns) to (tokens, channels), as the pipelines pack them."""
    return torch.from_numpy(np.ascontiguousarray(latents)).flatten(1).T.contiguous()


def token_cover(cover: NDArray[np.float32]) -> Tensor:
    """How much of each token's block the object covers."""
    filled = np.concatenate([np.repeat(cover[:1], TIME - 1, axis=0), cover])
    deep, side = filled.shape[0] // TIME, filled.shape[1] // SPACE
    blocks = filled.reshape(deep, TIME, side, SPACE, side, SPACE)
    return torch.from_numpy(blocks.mean(axis=(1, 3, 5)).reshape(-1))


def example(codec: Codec, rng: np.random.Generator, *, side: int, video: bool) -> Example:
    """Draw, render, caption and encode one scene; a picture is the first frame of a clip."""
    scene: Scene = sample_scene(rng)
    text = "" if rng.random() < CAPTION_DROPOUT else caption(rng, scene)
    take = render(scene, side, indices=ALL if video else PICTURE)
    return Example(flatten(codec.encode(take.frames)), token_cover(take.cover), text)


def last_picture(codec: Codec, rng: np.random.Generator, side: int) -> tuple[Example, Tensor]:
    """As `example`, with the latents of the last frame encoded as a picture."""
    scene = sample_scene(rng)
    text = "" if rng.random() < CAPTION_DROPOUT else caption(rng, scene)
    take = render(scene, side)
    clip = Example(flatten(codec.encode(take.frames)), token_cover(take.cover), text)
    return clip, flatten(codec.encode(take.frames[-1:]))


def noise_levels(count: int, chance: torch.Generator) -> Tensor:
    """Shares of noise: logit-normal, leaning to much noise, 15 % uniform."""
    normal = torch.sigmoid(torch.randn(count, generator=chance) * 1.1 + 0.3)
    uniform = torch.rand(count, generator=chance)
    return torch.where(torch.rand(count, generator=chance) < 0.15, uniform, normal)


def make(
    codec: Codec, tokenizer: PreTrainedTokenizerFast, phase: Phase, *, seed: int, step: int
) -> Batch:
    """The batch of a step."""
    rng = generator(seed, Stream.TRAIN, 10_000 * step)
    chance = torch.Generator().manual_seed(seed * 1_000_003 + step)
    side = phase.side // SPACE
    deep = (FRAMES - 1) // TIME + 1
    video = rng.random() >= phase.image_share
    kind = KINDS[int(rng.choice(len(KINDS), p=KIND_SHARES))] if video else "plain"
    count = phase.clips if video else phase.images
    streams = [generator(seed, Stream.TRAIN, 10_000 * step + 1 + item) for item in range(count)]
    given: Tensor | None = None
    if kind == "end":
        pairs = [last_picture(codec, one, phase.side) for one in streams]
        examples, given = [pair[0] for pair in pairs], torch.stack([pair[1] for pair in pairs])
    else:
        examples = [example(codec, one, side=phase.side, video=video) for one in streams]
    clean = torch.stack([one.latents for one in examples])
    cover = torch.stack([one.cover for one in examples])
    share = noise_levels(count, chance)[:, None]
    if kind in {"first", "extend"}:
        share = share.repeat(1, clean.size(1))
        share[:, : side * side * (1 if kind == "first" else 2)] = 0
    noise = torch.randn(clean.shape, generator=chance)
    where = coordinates(deep if video else 1, side, side)
    weight = (1 + SPRITE_WEIGHT * cover) * (share > 0)
    noisy = torch.lerp(clean, noise, share[..., None])
    velocity = noise - clean
    if given is not None:
        noisy, velocity = torch.cat([given, noisy], 1), torch.cat([given, velocity], 1)
        nothing = torch.zeros(count, given.size(1))
        share = torch.cat([nothing, share.repeat(1, clean.size(1))], 1)
        weight = torch.cat([nothing, weight], 1)
        end = coordinates(1, side, side, first_frame=FRAMES - 1)
        where = torch.cat([end, where], dim=1)
    words = tokenizer(
        [one.text for one in examples],
        padding=True,
        truncation=True,
        max_length=LENGTH_MAX,
        return_tensors="pt",
    )
    everywhere = where.expand(count, -1, -1)
    return Batch(noisy, share, velocity, weight, everywhere, words.input_ids, words.attention_mask)
