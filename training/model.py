"""The two networks that learn, stock classes both: a small LTX transformer, a small T5 encoder."""

from dataclasses import dataclass

import torch
from diffusers import LTXVideoTransformer3DModel
from torch import Tensor, nn
from transformers import T5Config, T5EncoderModel

from training.codec import CHANNELS, SPACE, TIME
from training.render import FPS

TIMESTEPS = 1000


@dataclass(frozen=True)
class ModelSize:
    """How large the two networks are. `cross_attention_dim` must equal heads x 64."""

    heads: int = 4
    layers: int = 6
    text_width: int = 256
    text_layers: int = 2


class Mini(nn.Module):
    """Transformer and text encoder, trained jointly."""

    def __init__(self, vocabulary: int, size: ModelSize | None = None) -> None:
        super().__init__()
        size = size or ModelSize()
        width = size.heads * 64
        self.transformer = LTXVideoTransformer3DModel(
            in_channels=CHANNELS,
            out_channels=CHANNELS,
            patch_size=1,
            patch_size_t=1,
            num_attention_heads=size.heads,
            attention_head_dim=64,
            cross_attention_dim=width,
            num_layers=size.layers,
            caption_channels=size.text_width,
        )
        self.text_encoder = T5EncoderModel(
            T5Config(
                vocab_size=vocabulary,
                d_model=size.text_width,
                d_kv=64,
                num_heads=4,
                d_ff=2 * size.text_width,
                num_layers=size.text_layers,
                feed_forward_proj="gated-gelu",
                dropout_rate=0.0,
                pad_token_id=0,
                eos_token_id=1,
            )
        )
        nn.init.zeros_(self.transformer.proj_out.weight)
        nn.init.zeros_(self.transformer.proj_out.bias)

    def forward(
        self, tokens: Tensor, times: Tensor, coordinates: Tensor, text: Tensor, mask: Tensor
    ) -> Tensor:
        """Predict the velocity, noise - clean, of every token.

        `times`, 0..1, are one per token or one per sample.
        """
        states = self.text_encoder(text, attention_mask=mask)[0]
        velocity: Tensor = self.transformer(
            hidden_states=tokens,
            encoder_hidden_states=states,
            timestep=times * TIMESTEPS,
            encoder_attention_mask=mask,
            video_coords=coordinates,
            return_dict=False,
        )[0]
        return velocity


def coordinates(frames: int, rows: int, columns: int, *, first_frame: int = 0) -> Tensor:
    """Seconds, y and x of every latent token (3, tokens), as LTXConditionPipeline numbers them."""
    axes = (torch.arange(frames), torch.arange(rows), torch.arange(columns))
    grid = torch.stack(torch.meshgrid(*axes, indexing="ij")).flatten(1).float()
    seconds = ((grid[0] * TIME + 1 - TIME).clamp(min=0) + first_frame) / FPS
    return torch.stack([seconds, grid[1] * SPACE, grid[2] * SPACE])
