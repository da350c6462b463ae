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
        look_nearby(self.transformer)

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


# Where the heads of a layer look at first, in latent frames, rows and columns.
OFFSETS = (
    ((0, -4, 0), (0, 2, 0), (0, -1, 0), (0, 1, 0)),
    ((0, 0, -4), (0, 0, 2), (0, 0, -1), (0, 0, 1)),
    ((-2, 0, 0), (2, 0, 0), (-1, 0, 0), (1, 0, 0)),
)
NEARBY_STRENGTH = 1.0


@torch.no_grad()
def look_nearby(transformer: LTXVideoTransformer3DModel) -> None:
    """Start every head with its attention on a neighbour at a fixed offset.

    LTX has no absolute positions and its rotary ones are made for far larger pictures, so a small
    transformer spends its first hours finding out what is beside what. Biases that agree with the
    rotation at one offset give it that from the first step; at a border the neighbour is missing
    and the head's mean is flatter, which tells the rows and columns apart.
    """
    width = transformer.proj_in.out_features
    for number, block in enumerate(transformer.transformer_blocks):
        heads = transformer.config.num_attention_heads
        offsets = OFFSETS[number % len(OFFSETS)]
        keys = torch.randn(heads, width // heads // 2, dtype=torch.complex64)
        keys = keys / keys.abs() * NEARBY_STRENGTH * 2**0.5
        turns = torch.stack([_turn(transformer, offsets[head % 4], head) for head in range(heads)])
        block.attn1.to_k.bias.copy_(torch.view_as_real(keys).flatten())
        block.attn1.to_q.bias.copy_(torch.view_as_real(keys * turns).flatten())


def _turn(
    transformer: LTXVideoTransformer3DModel, offset: tuple[int, int, int], head: int
) -> Tensor:
    """How far the rotary embedding turns the channel pairs of a head over an offset."""
    size = transformer.config.attention_head_dim
    away = torch.tensor(offset) * torch.tensor([TIME / FPS, SPACE, SPACE])
    where = torch.stack([torch.zeros(3), away.float()], dim=1)[None]
    cosine, sine = transformer.rope(torch.zeros(1, 2, 1), video_coords=where)
    angles = torch.complex(cosine, sine)[0, :, head * size : (head + 1) * size : 2]
    turned: Tensor = angles[1] * angles[0].conj()
    return turned


def coordinates(frames: int, rows: int, columns: int, *, first_frame: int = 0) -> Tensor:
    """Seconds, y and x of every latent token (3, tokens), as LTXConditionPipeline numbers them."""
    axes = (torch.arange(frames), torch.arange(rows), torch.arange(columns))
    grid = torch.stack(torch.meshgrid(*axes, indexing="ij")).flatten(1).float()
    seconds = ((grid[0] * TIME + 1 - TIME).clamp(min=0) + first_frame) / FPS
    return torch.stack([seconds, grid[1] * SPACE, grid[2] * SPACE])
