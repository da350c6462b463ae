"""Wan 2.x: frames 4n + 1, sides in multiples of 16."""

from pathlib import Path

from mutoscope.catalog.families.diffusers import INDEX, Defaults, model_from_folder, read_json
from mutoscope.catalog.model import Model
from mutoscope.core.request import ReferenceRole, Task

PIPELINES = {
    "WanPipeline": frozenset({Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE}),
    "WanImageToVideoPipeline": frozenset({Task.IMAGE_TO_VIDEO}),
}
FRAMES = frozenset({ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME})


def from_folder(folder: Path, pipeline: str) -> Model:
    """Describe a Wan checkpoint."""
    tasks = PIPELINES[pipeline]
    roles = FRAMES if Task.IMAGE_TO_VIDEO in tasks else frozenset()
    # Wan 2.2 5B: one checkpoint for text and for a first frame, at sizes of its own.
    is_5b = bool(read_json(folder / INDEX).get("expand_timesteps")) and not roles
    if is_5b:
        tasks |= {Task.IMAGE_TO_VIDEO}
        roles = frozenset({ReferenceRole.FIRST_FRAME})
    defaults = Defaults(
        family="wan",
        sizes=[(1280, 704), (704, 1280)]
        if is_5b
        else [(832, 480), (480, 832), (1280, 720), (720, 1280)],
        fps=24 if is_5b else 16,
        frames_max=121 if is_5b else 81,
        frames_step=4,
        tasks=tasks,
        roles=roles,
    )
    return model_from_folder(folder, defaults)
