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
from mutoscope.generations import Asset, AssetKind, Generation

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

    type: Literal["video", "image", "audio"]
    id: str
    url: str | None = None
    watermark_url: str | None = None
    duration: str | None = None
    mp3_url: str | None = None
    wav_url: str | None = None
    mp3_duration: str | None = None
    wav_duration: str | None = None


class Billing(BaseModel):
    """What was charged, in units."""

    charge_type: Literal["unit"] = "unit"
    amount: str
    package_type: Literal["video", "image", "audio"]


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


def product_of(generation: Generation) -> Literal["video", "image", "audio"]:
    """Which kind of pack pays for it."""
    task = generation.request.task
    return "audio" if task.is_sound else "image" if task.is_picture else "video"


def _outputs(generation: Generation, link: Link) -> list[Output]:
    if generation.state is not JobState.SUCCEEDED:
        return []
    seen = [
        Output(
            type="video" if made.kind is AssetKind.VIDEO else "image",
            id=made.id,
            url=link(made),
            watermark_url=marked_url(generation, made, link),
            duration=seconds_text(made) if made.kind is AssetKind.VIDEO else None,
        )
        for made in generation.results
        if made.kind is not AssetKind.AUDIO
    ]
    heard = [
        _heard(made, generation.asset(AssetKind.WAVE, made.position), link)
        for made in generation.assets
        if made.kind is AssetKind.AUDIO
    ]
    return seen + heard


def _heard(made: Asset, wave: Asset | None, link: Link) -> Output:
    return Output(
        type="audio",
        id=made.id,
        mp3_url=link(made),
        mp3_duration=seconds_text(made),
        wav_url=None if wave is None else link(wave),
        wav_duration=None if wave is None else seconds_text(wave),
    )


def _billing(generation: Generation) -> list[Billing]:
    if not generation.cost:
        return []
    return [Billing(amount=units_text(generation.cost), package_type=product_of(generation))]
