"""Wan 2.x: frames 4n + 1, sides in multiples of 16."""

from pathlib import Path

from mutoscope.catalog.families.diffusers import Defaults, model_from_folder
from mutoscope.catalog.model import Model
from mutoscope.core.request import ReferenceRole, Task

PIPELINES = {
    "WanPipeline": frozenset({Task.TEXT_TO_VIDEO}),
    "WanImageToVideoPipeline": frozenset({Task.IMAGE_TO_VIDEO}),
}


def from_folder(folder: Path, pipeline: str) -> Model:
    """Describe a Wan checkpoint."""
    tasks = PIPELINES[pipeline]
    takes_pictures = Task.IMAGE_TO_VIDEO in tasks
    defaults = Defaults(
        family="wan",
        sizes=[(832, 480), (480, 832), (1280, 720), (720, 1280)],
        fps=16,
        frames_max=81,
        frames_step=4,
        tasks=tasks,
        roles=frozenset({ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME})
        if takes_pictures
        else frozenset(),
    )
    return model_from_folder(folder, defaults)
