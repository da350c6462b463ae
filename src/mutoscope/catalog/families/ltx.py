"""LTX-Video: sides in multiples of 32; frames as its autoencoder packs them (published: 8n + 1)."""

from pathlib import Path

from mutoscope.catalog.families.diffusers import Defaults, model_from_folder, read_json
from mutoscope.catalog.model import Model
from mutoscope.core.request import ReferenceRole, Task

PUBLISHED_STEP = 8
PIPELINES = {
    "LTXPipeline": frozenset({Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE, Task.IMAGE_TO_VIDEO}),
    "LTXImageToVideoPipeline": frozenset({Task.IMAGE_TO_VIDEO}),
    "LTXConditionPipeline": frozenset(
        {Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE, Task.IMAGE_TO_VIDEO, Task.VIDEO_EXTEND}
    ),
}
ROLES = {
    "LTXPipeline": frozenset({ReferenceRole.FIRST_FRAME}),
    "LTXImageToVideoPipeline": frozenset({ReferenceRole.FIRST_FRAME}),
    "LTXConditionPipeline": frozenset(
        {ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME, ReferenceRole.SOURCE_VIDEO}
    ),
}


def from_folder(folder: Path, pipeline: str) -> Model:
    """Describe an LTX checkpoint."""
    defaults = Defaults(
        family="ltx",
        sizes=[(704, 480), (480, 704), (768, 512), (512, 768)],
        fps=24,
        frames_max=121,
        frames_step=_frames_step(folder),
        tasks=PIPELINES[pipeline],
        roles=ROLES[pipeline],
    )
    return model_from_folder(folder, defaults)


def _frames_step(folder: Path) -> int:
    """How many frames the autoencoder packs into one latent frame."""
    config = folder / "vae" / "config.json"
    if not config.exists():
        return PUBLISHED_STEP
    step = read_json(config).get("temporal_compression_ratio")
    return step if isinstance(step, int) and step > 0 else PUBLISHED_STEP
