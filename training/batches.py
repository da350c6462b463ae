"""What one training step sees. A batch is a pure function of its step: nothing to store or restore.

Kinds of sample: a single picture; a plain clip; a clip whose first latent frame is given (image to
video), or its first two (extension); a clip with its last picture given as extra tokens.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from training.captions import caption
from training.codec import SPACE, TIME, Codec
from training.model import coordinates
from training.render import ALL, FRAMES, PICTURE, render
from training.scenes import Stream, generator, sample_scene
from training.tokenizer import LENGTH_TRAINED

CAPTION_DROPOUT = 0.1
SPRITE_WEIGHT = 2.0  # tokens under the object count up to this much more
# Tokens that differ from the same place in the first frame count up to this much more. Most of a
# clip rests, and without it a model that lets everything rest has nearly nothing to lose.
CHANGE_WEIGHT = 4.0
CHANGE_HALF = 0.3  # the mean square of a token's change that counts half


class Kind(StrEnum):
    """What a batch shows, and what of it is given."""

    PICTURE = "picture"
    PLAIN = "plain"  # a clip, nothing given
    FIRST = "first"  # its first latent frame given: image to video
    EXTEND = "extend"  # its first two given: extension
    END = "end"  # its last picture given, as tokens of their own


CLIP_KINDS = (Kind.PLAIN, Kind.FIRST, Kind.EXTEND, Kind.END)
CLIP_SHARES = (0.1, 0.7, 0.1, 0.1)


@dataclass(frozen=True)
class Phase:
    """A stretch of the curriculum: up to step `until`, pictures and clips of this size."""

    until: int
    side: int
    images: int  # pictures a batch
    clips: int  # clips a batch
    image_share: float  # of the steps
    rate: float = 5e-3
    noise: tuple[float, float] = (0.3, 1.1)  # of the logit of the noise's share: mean, deviation
    rate_at_end: float | None = None  # falls to this in a straight line; None: stays


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
    last: Tensor  # (tokens of a picture, channels): the last frame as a picture, if it is given
    cover: Tensor  # (tokens,)
    text: str


@dataclass(frozen=True)
class Tokens:
    """The part of a batch that is not text."""

    noisy: Tensor
    times: Tensor
    velocity: Tensor
    weight: Tensor
    coordinates: Tensor  # (3, tokens)


def flatten(latents: NDArray[np.float32]) -> Tensor:
    """(channels, frames, rows, columns) to (tokens, channels), as the pipelines pack them."""
    return torch.from_numpy(np.ascontiguousarray(latents)).flatten(1).T.contiguous()


def token_cover(cover: NDArray[np.float32]) -> Tensor:
    """How much of each token's block the object covers."""
    filled = np.concatenate([np.repeat(cover[:1], TIME - 1, axis=0), cover])
    deep, side = filled.shape[0] // TIME, filled.shape[1] // SPACE
    blocks = filled.reshape(deep, TIME, side, SPACE, side, SPACE)
    return torch.from_numpy(blocks.mean(axis=(1, 3, 5)).reshape(-1))


def example(
    codec: Codec, rng: np.random.Generator, *, side: int, kind: Kind, held_out: bool
) -> Example:
    """Draw, render, caption and encode one scene; a picture is the first frame of a clip."""
    scene = sample_scene(rng, held_out=held_out)
    text = "" if rng.random() < CAPTION_DROPOUT else caption(rng, scene)
    take = render(scene, side, indices=PICTURE if kind is Kind.PICTURE else ALL)
    last = codec.encode(take.frames[-1:]) if kind is Kind.END else np.empty((0, 0), np.float32)
    latents = flatten(codec.encode(take.frames))
    return Example(latents, flatten(last), token_cover(take.cover), text)


def change(clean: Tensor, side: int) -> Tensor:
    """How much tokens (batch, tokens, channels) differ from the first latent frame's, 0 to 1."""
    first = clean[:, : side * side].repeat(1, clean.shape[1] // (side * side), 1)
    differs = (clean - first).square().mean(dim=-1)
    return differs / (differs + CHANGE_HALF)


def noise_levels(count: int, noise: tuple[float, float], chance: torch.Generator) -> Tensor:
    """Shares of noise: logit-normal, leaning to much noise, 15 % uniform.

    Nearly all that a caption decides is decided while there is much noise: a model whose loss is
    low at 0.75 and below may still put two heads on a cat because it wavers at 0.95.
    """
    normal = torch.sigmoid(torch.randn(count, generator=chance) * noise[1] + noise[0])
    uniform = torch.rand(count, generator=chance)
    return torch.where(torch.rand(count, generator=chance) < 0.15, uniform, normal)


def noised(
    clean: Tensor, cover: Tensor, *, kind: Kind, phase: Phase, chance: torch.Generator
) -> Tokens:
    """Mix noise into what is not given."""
    count, length = clean.shape[:2]
    side = phase.side // SPACE
    share = noise_levels(count, phase.noise, chance)[:, None]
    if kind is not Kind.PICTURE:
        # A level for every token, as the condition pipeline gives it, whatever is given.
        share = share.repeat(1, length)
    if kind in {Kind.FIRST, Kind.EXTEND}:
        share[:, : side * side * (1 if kind is Kind.FIRST else 2)] = 0
    noise = torch.randn(clean.shape, generator=chance)
    return Tokens(
        noisy=torch.lerp(clean, noise, share[..., None]),
        times=share,
        velocity=noise - clean,
        weight=(1 + SPRITE_WEIGHT * cover + CHANGE_WEIGHT * change(clean, side)) * (share > 0),
        coordinates=coordinates(length // side**2, side, side),
    )


def with_last(tokens: Tokens, last: Tensor, side: int) -> Tokens:
    """Prepend the given last pictures, as LTXConditionPipeline does."""
    nothing = torch.zeros(last.shape[:2])
    times = tokens.times.expand(tokens.noisy.shape[:2])
    end = coordinates(1, side, side, first_frame=FRAMES - 1)
    return Tokens(
        noisy=torch.cat([last, tokens.noisy], 1),
        times=torch.cat([nothing, times], 1),
        velocity=torch.cat([last, tokens.velocity], 1),
        weight=torch.cat([nothing, tokens.weight], 1),
        coordinates=torch.cat([end, tokens.coordinates], 1),
    )


def make(
    codec: Codec,
    tokenizer: PreTrainedTokenizerFast,
    phase: Phase,
    *,
    seed: int,
    step: int,
    held_out: bool = False,
) -> Batch:
    """The batch of a step, from this side of the wall or from the other."""
    rng = generator(seed, Stream.TRAIN, 10_000 * step)
    chance = torch.Generator().manual_seed(seed * 1_000_003 + step)
    kind = Kind.PICTURE
    if rng.random() >= phase.image_share:
        kind = CLIP_KINDS[int(rng.choice(len(CLIP_KINDS), p=CLIP_SHARES))]
    examples = [
        example(
            codec,
            generator(seed, Stream.TRAIN, 10_000 * step + 1 + item),
            side=phase.side,
            kind=kind,
            held_out=held_out,
        )
        for item in range(phase.images if kind is Kind.PICTURE else phase.clips)
    ]
    side = phase.side // SPACE
    clean = torch.stack([one.latents for one in examples])
    cover = torch.stack([one.cover for one in examples])
    tokens = noised(clean, cover, kind=kind, phase=phase, chance=chance)
    if kind is Kind.END:
        tokens = with_last(tokens, torch.stack([one.last for one in examples]), side)
    words = tokenizer(
        [one.text for one in examples],
        # One length for all: a compiled model is compiled again for every new shape.
        padding="max_length",
        truncation=True,
        max_length=LENGTH_TRAINED,
        return_tensors="pt",
    )
    return Batch(
        noisy=tokens.noisy,
        times=tokens.times,
        velocity=tokens.velocity,
        weight=tokens.weight,
        coordinates=tokens.coordinates.expand(len(examples), -1, -1),
        text=words.input_ids,
        mask=words.attention_mask,
    )
