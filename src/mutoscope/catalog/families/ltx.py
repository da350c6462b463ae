"""LTX-Video: sides in multiples of 32; frames 8n + 1 as published, 4n + 1 for our own `mini`."""

from pathlib import Path

from mutoscope.catalog.families.diffusers import Defaults, model_from_folder
from mutoscope.catalog.model import Model
from mutoscope.core.request import ReferenceRole, Task

PIPELINES = {
    "LTXPipeline": frozenset({Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE}),
    "LTXImageToVideoPipeline": frozenset({Task.IMAGE_TO_VIDEO}),
    "LTXConditionPipeline": frozenset(
        {Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE, Task.IMAGE_TO_VIDEO, Task.VIDEO_EXTEND}
    ),
}
ROLES = {
    "LTXPipeline": frozenset[ReferenceRole](),
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
        frames_step=8,
        tasks=PIPELINES[pipeline],
        roles=ROLES[pipeline],
    )
    return model_from_folder(folder, defaults)
