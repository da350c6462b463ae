"""The codec written into the weights of a stock AutoencoderKLLTXVideo: exact, untrained, small.

Every weight not named here is zero and there are no residual blocks. Two things stand between
linear layers, and both are made harmless:

- the RMS norm without weights: one channel holds a constant so large that the norm is constant;
- SiLU: near zero it is x / 2, so the signal is made small before it and large again after. (Floats
  lose nothing by being small, bfloat16 included.)
"""

from typing import Any

import torch
from diffusers import AutoencoderKLLTXVideo
from torch import Tensor

from training.codec import CHANNELS, INNER, SPACE, TIME, Codec

PATCH = 4
PATCH_CHANNELS = 3 * PATCH * PATCH
SMALL = 2e-5  # of the signal before SiLU: its relative error there is half of the value
LOG_VARIANCE = -6.0
CENTRE = (slice(None), slice(None), 1, 1, 1)
CENTRE_CAUSAL = (slice(None), slice(None), 2, 1, 1)


def empty(channels: int = CHANNELS, inner: int = INNER) -> AutoencoderKLLTXVideo:
    """The stock class in the one shape that holds the codec."""
    encoder = max(channels + 2, inner, PATCH_CHANNELS)
    # The decoder's first upsampler halves the width.
    wide, narrow = 2 * inner, inner
    if channels > wide or narrow <= PATCH_CHANNELS:
        raise ValueError(f"{channels} channels need 2 x inner at least as wide; got inner {inner}")
    return AutoencoderKLLTXVideo(
        in_channels=3,
        out_channels=3,
        latent_channels=channels,
        patch_size=PATCH,
        patch_size_t=1,
        block_out_channels=(encoder, encoder, encoder),
        down_block_types=("LTXVideoDownBlock3D",) * 3,
        downsample_type=("conv",) * 3,
        decoder_block_out_channels=(narrow, narrow, wide),
        layers_per_block=(0, 0, 0, 0),
        decoder_layers_per_block=(0, 0, 0, 0),
        spatio_temporal_scaling=(True, True, False),
        decoder_spatio_temporal_scaling=(False, True, True),
        decoder_inject_noise=(False,) * 4,
        upsample_residual=(False,) * 3,
        upsample_factor=(1, 1, 2),
        timestep_conditioning=False,
        encoder_causal=True,
        decoder_causal=False,
        spatial_compression_ratio=SPACE,
        temporal_compression_ratio=TIME,
    )


def _patches(inner: Tensor) -> Tensor:
    """(n, 3 * 2 * 8 * 8) as a convolution over patches: (n, 48, 2, 2, 2)."""
    count = inner.shape[0]
    split = inner.reshape(count, 3, 2, 2, PATCH, 2, PATCH)  # n, channel, t, y, patch y, x, patch x
    return split.permute(0, 1, 6, 4, 2, 3, 5).reshape(count, PATCH_CHANNELS, 2, 2, 2)


@torch.no_grad()
def build(codec: Codec) -> AutoencoderKLLTXVideo:
    """A stock autoencoder whose encode and decode are the codec's."""
    inner, outer = torch.from_numpy(codec.inner), torch.from_numpy(codec.outer)
    vae = empty(len(outer), len(inner))
    for parameter in vae.parameters():
        parameter.zero_()
    _write_encoder(vae.encoder, inner, outer)
    _write_decoder(vae.decoder, inner, outer)
    vae.latents_mean.copy_(torch.from_numpy(codec.mean))
    vae.latents_std.copy_(torch.from_numpy(codec.scale))
    return vae.eval()


def _write_encoder(encoder: Any, inner: Tensor, outer: Tensor) -> None:
    channels, size = outer.shape[0], inner.shape[0]
    eye = torch.eye(PATCH_CHANNELS)
    encoder.conv_in.conv.weight[:PATCH_CHANNELS][CENTRE_CAUSAL] = eye
    first = encoder.down_blocks[0].downsamplers[0].conv
    first.weight[:size, :PATCH_CHANNELS, 1:, 1:, 1:] = _patches(inner)
    second = encoder.down_blocks[1].downsamplers[0].conv
    second.weight[:channels, :size, 1:, 1:, 1:] = SMALL * outer.reshape(channels, size, 2, 2, 2)
    second.bias[-1] = second.weight.shape[0] ** 0.5
    encoder.conv_out.conv.weight[:channels, :channels][CENTRE_CAUSAL] = (
        torch.eye(channels) * 2 / SMALL
    )
    encoder.conv_out.conv.bias[channels] = LOG_VARIANCE


def _write_decoder(decoder: Any, inner: Tensor, outer: Tensor) -> None:
    channels, size = outer.shape[0], inner.shape[0]
    decoder.conv_in.conv.weight[:channels][CENTRE] = torch.eye(channels)
    first = decoder.up_blocks[0].upsamplers[0].conv.conv
    first.weight[: size * 8, :channels][CENTRE] = outer.T
    second = decoder.up_blocks[1].upsamplers[0].conv.conv
    patches = _patches(inner)  # (size, 48, 2, 2, 2): one row per patch channel and position
    rows = patches.permute(1, 2, 3, 4, 0).reshape(PATCH_CHANNELS * 8, size)
    second.weight[: PATCH_CHANNELS * 8, :size][CENTRE] = SMALL * rows
    width = second.weight.shape[0] // 8
    second.bias[-8:] = width**0.5
    decoder.conv_out.conv.weight[:, :PATCH_CHANNELS][CENTRE] = torch.eye(PATCH_CHANNELS) * 2 / SMALL
