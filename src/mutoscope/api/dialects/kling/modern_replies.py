"""What the new standard answers: generations as its task objects."""

from typing import Literal

from pydantic import BaseModel

from mutoscope.api.dialects.kling.replies import (
    Link,
    failure_text,
    marked_url,
    seconds_text,
    status_of,
    units_text,
)
from mutoscope.core.state import JobState
from mutoscope.generations import AssetKind, Generation

ModernStatus = Literal["submitted", "processing", "succeeded", "failed"]


class ModernCreated(BaseModel):
    """A task as creating it answers."""

    id: str
    status: ModernStatus
    create_time: int
    update_time: int
    external_id: str


class Output(BaseModel):
    """One result."""

    type: Literal["video", "image"]
    id: str
    url: str
    watermark_url: str | None = None
    duration: str | None = None


class Billing(BaseModel):
    """What was charged, in units."""

    charge_type: Literal["unit"] = "unit"
    amount: str
    package_type: Literal["video", "image"]


class ModernTask(ModernCreated):
    """A task as it stands; `message` says why it failed."""

    message: str
    outputs: list[Output]
    billing: list[Billing]


class TaskPage(BaseModel):
    """A page of tasks, newest first."""

    result: list[ModernTask]
    count: int
    next_cursor: str
    has_more: bool


def modern_created(generation: Generation) -> ModernCreated:
    """Describe a generation that was just accepted."""
    return ModernCreated(
        id=str(generation.id),
        status=modern_status(generation),
        create_time=generation.created_at,
        update_time=generation.updated_at,
        external_id=generation.external_task_id or "",
    )


def modern_task(generation: Generation, link: Link) -> ModernTask:
    """Describe a generation as it stands."""
    return ModernTask(
        **modern_created(generation).model_dump(),
        message=failure_text(generation),
        outputs=_outputs(generation, link),
        billing=_billing(generation),
    )


def modern_status(generation: Generation) -> ModernStatus:
    """The new standard's word for a state: only success is spelled otherwise."""
    status = status_of(generation)
    return "succeeded" if status == "succeed" else status


def product_of(generation: Generation) -> Literal["video", "image"]:
    """Which kind of pack pays for it."""
    return "video" if generation.request.task.is_video else "image"


def _outputs(generation: Generation, link: Link) -> list[Output]:
    if generation.state is not JobState.SUCCEEDED:
        return []
    return [
        Output(
            type="video" if made.kind is AssetKind.VIDEO else "image",
            id=made.id,
            url=link(made),
            watermark_url=marked_url(generation, made, link),
            duration=seconds_text(made) if made.kind is AssetKind.VIDEO else None,
        )
        for made in generation.results
    ]


def _billing(generation: Generation) -> list[Billing]:
    if not generation.cost:
        return []
    return [Billing(amount=units_text(generation.cost), package_type=product_of(generation))]
