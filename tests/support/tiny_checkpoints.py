"""Ordinary diffusers folders with random weights: small, made in a moment, the same every time.

Pictures made with them are noise. What they are good for is everything around the weights. Widths
and depths shrink; latent channels, compression, patches and the order of blocks stay as published,
so sizes and lengths follow the same rules as with the real ones.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

SEED = 20_260
TEXT_WIDTH = 32
WORDS = (
    "a", "red", "blue", "cat", "dog", "fox", "boat", "city", "sea", "night",
    "runs", "walks", "flies", "slowly", "to", "the", "left", "right",
)  # fmt: skip


def build_ltx(
    folder: Path, *, pipeline: str = "LTXPipeline", decoder_takes_noise: bool = False
) -> Path:
    """LTX: 32 x 32 x 8 latents of 128 channels, T5 text."""
    torch.manual_seed(SEED)
    tokenizer = _tokenizer()
    parts = {
        "tokenizer": tokenizer,
        "text_encoder": _text_encoder(
            transformers.T5EncoderModel, transformers.T5Config, tokenizer
        ),
        "transformer": diffusers.LTXVideoTransformer3DModel(
            num_layers=2,
            num_attention_heads=2,
            attention_head_dim=16,
            cross_attention_dim=32,
            caption_channels=TEXT_WIDTH,
        ),
        "vae": diffusers.AutoencoderKLLTXVideo(
            block_out_channels=(8, 8, 16, 16),
            decoder_block_out_channels=(8,) * 4 if decoder_takes_noise else (8, 8, 16, 16),
            layers_per_block=(1,) * 5,
            decoder_layers_per_block=(1,) * 5,
            timestep_conditioning=decoder_takes_noise,
        ),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(),
    }
    return _save(getattr(diffusers, pipeline)(**parts), folder)


def build_wan(folder: Path) -> Path:
    """Wan 2.1 text to video: 8 x 8 x 4 latents of 16 channels, UMT5 text."""
    torch.manual_seed(SEED)
    return _save(diffusers.WanPipeline(transformer=_wan_transformer(), **_wan_parts()), folder)


def build_wan_experts(folder: Path) -> Path:
    """Wan 2.2 A14B: one transformer for much noise, another for little."""
    torch.manual_seed(SEED)
    pipeline = diffusers.WanPipeline(
        transformer=_wan_transformer(),
        transformer_2=_wan_transformer(),
        boundary_ratio=0.875,
        **_wan_parts(),
    )
    return _save(pipeline, folder)


def build_wan_tokens(folder: Path) -> Path:
    """Wan 2.2 5B: a timestep for each token, so that one checkpoint takes a first frame or none."""
    torch.manual_seed(SEED)
    pipeline = diffusers.WanPipeline(
        transformer=_wan_transformer(), expand_timesteps=True, **_wan_parts()
    )
    return _save(pipeline, folder)


def build_wan_image(folder: Path, *, two_pictures: bool = False) -> Path:
    """Wan 2.1 image to video: 36 channels in, CLIP tokens; with `two_pictures` first and last."""
    torch.manual_seed(SEED)
    clip = transformers.CLIPVisionConfig(
        hidden_size=4,
        projection_dim=4,
        intermediate_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=4,
        patch_size=1,
    )
    tokens_of_a_picture = 4 * 4 + 1
    transformer = _wan_transformer(
        in_channels=36,
        image_dim=4,
        pos_embed_seq_len=2 * tokens_of_a_picture if two_pictures else None,
    )
    pipeline = diffusers.WanImageToVideoPipeline(
        transformer=transformer,
        image_encoder=transformers.CLIPVisionModel(clip).eval(),
        image_processor=transformers.CLIPImageProcessorPil(
            size={"shortest_edge": 4}, crop_size={"height": 4, "width": 4}
        ),
        **_wan_parts(),
    )
    return _save(pipeline, folder)


def build_wan_image_experts(folder: Path) -> Path:
    """Wan 2.2 A14B image to video: two experts, 36 channels in, no CLIP."""
    torch.manual_seed(SEED)
    pipeline = diffusers.WanImageToVideoPipeline(
        transformer=_wan_transformer(in_channels=36),
        transformer_2=_wan_transformer(in_channels=36),
        boundary_ratio=0.9,
        **_wan_parts(),
    )
    return _save(pipeline, folder)


def write_manifest(folder: Path, page: Mapping[str, Any]) -> None:
    """Give a checkpoint a `mutoscope.json`."""
    (folder / "mutoscope.json").write_text(json.dumps(page))


def _wan_transformer(**settings: Any) -> Any:
    return diffusers.WanTransformer3DModel(
        num_layers=2,
        num_attention_heads=2,
        attention_head_dim=16,
        text_dim=TEXT_WIDTH,
        freq_dim=32,
        ffn_dim=48,
        rope_max_seq_len=64,
        **settings,
    )


def _wan_parts() -> dict[str, Any]:
    tokenizer = _tokenizer()
    return {
        "tokenizer": tokenizer,
        "text_encoder": _text_encoder(
            transformers.UMT5EncoderModel, transformers.UMT5Config, tokenizer
        ),
        "vae": diffusers.AutoencoderKLWan(base_dim=4, num_res_blocks=1),
        "scheduler": diffusers.UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
    }


def _tokenizer() -> Any:
    """A unigram list of whole words, with single letters for all others."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(f"▁{word}", -3.0) for word in WORDS]
    pieces += [(letter, -9.0) for letter in "▁abcdefghijklmnopqrstuvwxyz,."]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0)


def _text_encoder(model: Any, config: Any, tokenizer: Any) -> Any:
    return model(
        config(
            vocab_size=len(tokenizer),
            d_model=TEXT_WIDTH,
            d_kv=8,
            d_ff=48,
            num_layers=2,
            num_heads=4,
            relative_attention_num_buckets=8,
            feed_forward_proj="gated-gelu",
            dropout_rate=0.0,
        )
    ).eval()


def _save(pipeline: Any, folder: Path) -> Path:
    for part in (pipeline.transformer, pipeline.vae):
        _wake(part)
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def _wake(model: Any) -> None:
    """Weights that start at zero would hide the prompt, or whole blocks, from the result."""
    for weight in model.parameters():
        if not bool(weight.any()):
            torch.nn.init.normal_(weight, std=0.05)
