"""Which checkpoints have a recipe here, and which parts each may be made of. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass

LIBRARIES = ("diffusers", "transformers")

T5_TOKENIZERS = frozenset(
    {"T5Tokenizer", "T5TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend"}
)
FLOW_SCHEDULERS = frozenset({"FlowMatchEulerDiscreteScheduler", "UniPCMultistepScheduler"})


@dataclass(frozen=True, kw_only=True)
class PartRule:
    """What one part of a checkpoint may be: classes of one library, with or without weights."""

    library: str
    classes: frozenset[str]
    has_weights: bool = False
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """How a family is sampled when neither the request nor the checkpoint's manifest says."""

    steps: int
    guidance: float
    prompt_tokens_max: int


@dataclass(frozen=True, kw_only=True)
class Family:
    """One architecture: the pipelines it answers to, its parts, its defaults."""

    name: str
    pipelines: frozenset[str]
    parts: Mapping[str, PartRule]
    options: frozenset[str] = frozenset()
    # Parts that lose visible quality in bfloat16 and are small enough to keep whole.
    float32_parts: frozenset[str] = frozenset()
    defaults: Defaults


def _weights(library: str, *classes: str, is_optional: bool = False) -> PartRule:
    return PartRule(
        library=library, classes=frozenset(classes), has_weights=True, is_optional=is_optional
    )


LTX = Family(
    name="ltx",
    pipelines=frozenset({"LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"}),
    parts={
        "tokenizer": PartRule(library="transformers", classes=T5_TOKENIZERS),
        "text_encoder": _weights("transformers", "T5EncoderModel"),
        "transformer": _weights("diffusers", "LTXVideoTransformer3DModel"),
        "vae": _weights("diffusers", "AutoencoderKLLTXVideo"),
        "scheduler": PartRule(
            library="diffusers", classes=frozenset({"FlowMatchEulerDiscreteScheduler"})
        ),
    },
    defaults=Defaults(steps=50, guidance=3.0, prompt_tokens_max=256),
)

WAN = Family(
    name="wan",
    pipelines=frozenset({"WanPipeline", "WanImageToVideoPipeline"}),
    parts={
        "tokenizer": PartRule(library="transformers", classes=T5_TOKENIZERS),
        "text_encoder": _weights("transformers", "UMT5EncoderModel"),
        "image_processor": PartRule(
            library="transformers",
            classes=frozenset(
                {"CLIPImageProcessor", "CLIPImageProcessorPil", "CLIPImageProcessorFast"}
            ),
            is_optional=True,
        ),
        "image_encoder": _weights(
            "transformers", "CLIPVisionModel", "CLIPVisionModelWithProjection", is_optional=True
        ),
        "transformer": _weights("diffusers", "WanTransformer3DModel"),
        "transformer_2": _weights("diffusers", "WanTransformer3DModel", is_optional=True),
        "vae": _weights("diffusers", "AutoencoderKLWan"),
        "scheduler": PartRule(library="diffusers", classes=FLOW_SCHEDULERS),
    },
    options=frozenset({"boundary_ratio", "expand_timesteps"}),
    float32_parts=frozenset({"vae", "image_encoder"}),
    defaults=Defaults(steps=50, guidance=5.0, prompt_tokens_max=512),
)

FAMILIES = (LTX, WAN)
FAMILY_OF = {pipeline: family for family in FAMILIES for pipeline in family.pipelines}
