"""The codec: principal components of 16 x 16 x 4 pixel blocks, in two nested steps.

A step is what one strided convolution of the stock LTX autoencoder can hold, so `training.vae` can
write the same numbers into its weights. Fitting takes a minute and needs no gradient.

    python -m training.codec      fit on rendered clips, report PSNR on held-out ones, save
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.art import runs_folder
from training.render import render
from training.scenes import Stream, generator, sample_scene

SPACE, TIME = 16, 4
HALF_SPACE, HALF_TIME = 8, 2
CHANNELS = 128
INNER = 80  # components kept of an 8 x 8 x 2 block
WHITENING = 0.5  # latents are divided by sd ** WHITENING, then by one number

Array = NDArray[np.float32]
Frames = NDArray[np.uint8]  # (frames, height, width, 3)


def _still_first(frames: Frames, times: int) -> Array:
    """Pixels in -1..1, the first frame repeated so that it fills a block of its own."""
    pixels = frames.astype(np.float32) / 127.5 - 1
    return np.concatenate([np.repeat(pixels[:1], times - 1, axis=0), pixels])


def cut(pixels: Array, space: int, time: int) -> Array:
    """Cut (frames, height, width, channels) into rows (blocks..., channel * t * y * x)."""
    frames, height, width, channels = pixels.shape
    shape = (frames // time, time, height // space, space, width // space, space, channels)
    blocks = pixels.reshape(shape).transpose(0, 2, 4, 6, 1, 3, 5)
    return blocks.reshape(frames // time, height // space, width // space, -1)


def join(rows: Array, space: int, time: int) -> Array:
    """The inverse of `cut`."""
    deep, high, wide, size = rows.shape
    channels = size // (time * space * space)
    blocks = rows.reshape(deep, high, wide, channels, time, space, space)
    return blocks.transpose(0, 4, 1, 5, 2, 6, 3).reshape(
        deep * time, high * space, wide * space, channels
    )


def components(rows: NDArray[np.float32], count: int) -> Array:
    """The leading principal directions, not centred, as rows; in double precision."""
    wide = rows.astype(np.float64)
    _, vectors = np.linalg.eigh(wide.T @ wide)
    leading = vectors[:, ::-1][:, :count].T
    signs = np.sign(leading[np.arange(count), np.abs(leading).argmax(axis=1)])
    upright: Array = (leading * signs[:, None]).astype(np.float32)
    return upright


@dataclass(frozen=True)
class Codec:
    """Two orthonormal bases and the scale of each latent channel."""

    inner: Array  # (INNER, 3 * 2 * 8 * 8)
    outer: Array  # (CHANNELS, INNER * 2 * 2 * 2)
    mean: Array  # (CHANNELS,)
    scale: Array  # (CHANNELS,)

    def coefficients(self, frames: Frames) -> Array:
        """Raw coefficients (channels, latent frames, rows, columns) of 4k + 1 frames."""
        half = cut(_still_first(frames, TIME), HALF_SPACE, HALF_TIME) @ self.inner.T
        return (cut(half, 2, 2) @ self.outer.T).transpose(3, 0, 1, 2)

    def encode(self, frames: Frames) -> Array:
        """Latents as the transformer sees them: centred and scaled."""
        shape = (-1, 1, 1, 1)
        return (self.coefficients(frames) - self.mean.reshape(shape)) / self.scale.reshape(shape)

    def decode(self, latents: Array) -> Frames:
        """Frames of latents: what the stock autoencoder would return."""
        shape = (-1, 1, 1, 1)
        scaled: Array = latents * self.scale.reshape(shape) + self.mean.reshape(shape)
        raw = scaled.transpose(1, 2, 3, 0)
        half: Array = join(raw @ self.outer, 2, 2) @ self.inner
        pixels: Array = join(half, HALF_SPACE, HALF_TIME)[TIME - 1 :]
        return ((pixels.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)

    def save(self, path: Path) -> None:
        """Write all numbers to one npz file."""
        np.savez(path, inner=self.inner, outer=self.outer, mean=self.mean, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> "Codec":
        """Read what `save` wrote."""
        with np.load(path) as data:
            return cls(**{name: data[name] for name in ("inner", "outer", "mean", "scale")})


def fit(
    clips: list[Frames], *, channels: int = CHANNELS, inner_size: int = INNER, seed: int = 0
) -> Codec:
    """Fit both bases and the scales to the clips."""
    rng = np.random.default_rng(seed)
    small = _rows(rng, [cut(_still_first(clip, TIME), HALF_SPACE, HALF_TIME) for clip in clips])
    inner = components(small, inner_size)
    halves = [cut(_still_first(clip, TIME), HALF_SPACE, HALF_TIME) @ inner.T for clip in clips]
    large = _rows(rng, [cut(half, 2, 2) for half in halves])
    outer = components(large, channels)
    latents = large @ outer.T
    mean, deviation = latents.mean(axis=0), latents.std(axis=0)
    partly = (latents - mean) / deviation**WHITENING
    scale = deviation**WHITENING * partly.std()
    return Codec(inner, outer, mean.astype(np.float32), scale.astype(np.float32))


def _rows(rng: np.random.Generator, blocks: list[Array], most: int = 60_000) -> Array:
    rows = np.concatenate([block.reshape(-1, block.shape[-1]) for block in blocks])
    if len(rows) > most:
        rows = rows[rng.choice(len(rows), most, replace=False)]
    return rows


def psnr(one: Frames, other: Frames) -> float:
    """Peak signal to noise ratio of 8-bit frames in dB."""
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / max(float(error), 1e-9)))


def held_out_psnr(codec: Codec, side: int, count: int, seed: int = 0) -> tuple[float, float]:
    """Mean PSNR of held-out clips, and of their first frames."""
    scores = []
    for index in range(count):
        scene = sample_scene(generator(seed, Stream.HELD_OUT, index), held_out=True)
        frames = render(scene, side).frames
        again = codec.decode(codec.encode(frames))
        scores.append((psnr(frames, again), psnr(frames[:1], again[:1])))
    clip, first = np.mean(scores, axis=0)
    return float(clip), float(first)


def codec_path() -> Path:
    """Where the fitted codec is kept."""
    return runs_folder() / "codec.npz"


def main(sides: tuple[int, ...] = (96,), clips: int = 300) -> None:
    """Fit on clips of all training sizes and print what held-out clips lose."""
    pool = [
        render(sample_scene(generator(0, Stream.CODEC, index)), side).frames
        for side in sides
        for index in range(clips)
    ]
    codec = fit(pool)
    codec.save(codec_path())
    for side in sides:
        clip, first = held_out_psnr(codec, side, 24)
        print(f"{side} px: {clip:.2f} dB, first frame {first:.2f} dB")


if __name__ == "__main__":
    main()
