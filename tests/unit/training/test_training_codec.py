"""The codec, and the same numbers inside the stock autoencoder."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.unit.training.conftest import clip
from training.codec import Codec, cut, join, psnr
from training.vae import build, empty


def test_cutting_and_joining_blocks_is_lossless() -> None:
    pixels = np.random.default_rng(0).standard_normal((4, 32, 48, 3)).astype(np.float32)
    assert np.array_equal(join(cut(pixels, 16, 4), 16, 4), pixels)


def test_the_codec_keeps_what_it_was_fitted_to(codec: Codec) -> None:
    frames = clip(1, 64)
    assert psnr(codec.decode(codec.encode(frames)), frames) > 28


def test_latents_have_about_unit_size(codec: Codec) -> None:
    latents = np.concatenate([codec.encode(clip(i, 64)).reshape(128, -1) for i in range(8)], 1)
    assert latents.std() == pytest.approx(1, abs=0.2)


def test_the_first_latent_frame_is_the_latent_of_the_first_picture(codec: Codec) -> None:
    frames = clip(2, 64)
    assert np.allclose(codec.encode(frames)[:, :1], codec.encode(frames[:1]), atol=1e-4)


def test_a_saved_codec_comes_back_whole(codec: Codec, tmp_path: Path) -> None:
    codec.save(tmp_path / "codec.npz")
    again = Codec.load(tmp_path / "codec.npz")
    assert np.array_equal(again.outer, codec.outer)
    assert np.array_equal(again.scale, codec.scale)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_stock_autoencoder_is_the_codec(codec: Codec, dtype: torch.dtype) -> None:
    vae, frames = build(codec).to(dtype), clip(3)
    pixels = torch.from_numpy(frames).permute(3, 0, 1, 2)[None].to(dtype) / 127.5 - 1
    with torch.no_grad():
        raw = vae.encode(pixels).latent_dist.mode()
        decoded = vae.decode(raw).sample[0].float().clamp(-1, 1)
    own = codec.coefficients(frames)
    assert np.abs(raw[0].float().numpy() - own).max() < 0.02 * np.abs(own).max()
    again = ((decoded + 1) * 127.5).round().byte().permute(1, 2, 3, 0).numpy()
    assert psnr(again, codec.decode(codec.encode(frames))) > 45


def test_a_codec_the_class_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="inner"):
        empty(channels=200, inner=80)
