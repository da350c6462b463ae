"""What the legacy standard answers: the envelope, and a generation as a task."""

from collections.abc import Callable
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from mutoscope.api.dialects.kling.collections import OMNI_IMAGE
from mutoscope.api.dialects.kling.errors import new_request_id
from mutoscope.core.credits import PER_CREDIT, Millicredits
from mutoscope.core.request import Task
from mutoscope.core.state import JobState
from mutoscope.generations import Asset, AssetKind, Generation

Data = TypeVar("Data")
Link = Callable[[Asset], str]
"""The address of a file that needs no credentials."""

Status = Literal["submitted", "processing", "succeed", "failed"]
STATUS: dict[JobState, Status] = {
    JobState.QUEUED: "submitted",
    JobState.RUNNING: "processing",
    JobState.SUCCEEDED: "succeed",
    JobState.FAILED: "failed",
    JobState.CANCELED: "failed",
}
CREDITS_PER_UNIT = 10


class Reply(BaseModel, Generic[Data]):
    """The envelope of every answer."""

    code: int = 0
    message: str = "SUCCEED"
    request_id: str = Field(default_factory=new_request_id)
    data: Data


class Video(BaseModel):
    """A video; its length is written in seconds, as a string."""

    id: str
    url: str
    watermark_url: str | None = None
    duration: str


class TaskInfo(BaseModel):
    """What the caller calls the task, and what it goes on from; empty when there is neither."""

    external_task_id: str | None = None
    parent_video: Video | None = None


class Created(BaseModel):
    """A task as creating it answers."""

    task_id: str
    task_status: Status
    task_info: TaskInfo
    created_at: int
    updated_at: int


class Image(BaseModel):
    """A picture, numbered from 0."""

    index: int
    url: str
    watermark_url: str | None = None


class Audio(BaseModel):
    """A sound in two formats; its lengths are written in seconds, as strings."""

    id: str
    url_mp3: str
    url_wav: str
    duration_mp3: str
    duration_wav: str


class Spoken(BaseModel):
    """Speech; its length is written in seconds, as a string."""

    id: str
    url: str
    duration: str


class Result(BaseModel):
    """What a task has made."""

    # Said by omni-image alone.
    result_type: str | None = None
    videos: list[Video] | None = None
    images: list[Image] | None = None
    audios: list[Audio] | list[Spoken] | None = None


class WatermarkEcho(BaseModel):
    """Whether a watermarked rendition was asked for."""

    enabled: bool = False


class TaskReply(Created):
    """A task as polling it answers. Fields that are not known yet are left out."""

    task_status_msg: str
    task_result: Result | None = None
    watermark_info: WatermarkEcho = WatermarkEcho()
    final_unit_deduction: str | None = None


def created(generation: Generation) -> Created:
    """Describe a generation that was just accepted."""
    return Created(
        task_id=str(generation.id),
        task_status=status_of(generation),
        task_info=TaskInfo(external_task_id=generation.external_task_id),
        created_at=generation.created_at,
        updated_at=generation.updated_at,
    )


def task(generation: Generation, link: Link) -> TaskReply:
    """Describe a generation as it stands."""
    info = TaskInfo(
        external_task_id=generation.external_task_id, parent_video=_parent(generation, link)
    )
    return TaskReply(
        **created(generation).model_dump(exclude={"task_info"}),
        task_info=info,
        task_status_msg=failure_text(generation),
        task_result=_result(generation, link),
        watermark_info=WatermarkEcho(enabled=generation.request.watermark),
        final_unit_deduction=units_charged(generation),
    )


def status_of(generation: Generation) -> Status:
    """Kling's word for a state. A task that is tried again never goes back to `submitted`."""
    if generation.state is JobState.QUEUED and generation.attempt > 0:
        return "processing"
    return STATUS[generation.state]


def failure_text(generation: Generation) -> str:
    """Why it failed; empty unless it did."""
    if generation.state is JobState.CANCELED:
        return "canceled by its owner"
    return "" if generation.failure is None else generation.failure.detail


def units_charged(generation: Generation) -> str | None:
    """What it cost in Kling's units, ten credits each; None until it has ended."""
    if not generation.state.is_terminal:
        return None
    return units_text(generation.cost or Millicredits(0))


def units_text(amount: Millicredits) -> str:
    """Write an amount in units: 10000 thousandths of a credit -> "1"."""
    text = format(Decimal(amount) / (PER_CREDIT * CREDITS_PER_UNIT), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds_text(asset: Asset) -> str:
    """The real length of a video: "5.041", "5"."""
    return f"{asset.seconds:.3f}".rstrip("0").rstrip(".")


def marked_url(generation: Generation, made: Asset, link: Link) -> str | None:
    """The address of a result's watermarked rendition; None unless one was asked for."""
    marked = generation.asset(AssetKind.WATERMARKED, made.position)
    return None if marked is None else link(marked)


def _parent(generation: Generation, link: Link) -> Video | None:
    """The video that this one goes on from: kept with it, whatever became of its own task."""
    echo, kept = generation.dialect_echo.get("parent_video"), generation.asset(AssetKind.REFERENCE)
    return None if echo is None or kept is None else Video(url=link(kept), **echo)


def _result(generation: Generation, link: Link) -> Result | None:
    if generation.state is not JobState.SUCCEEDED:
        return None
    videos = [
        Video(
            id=made.id,
            url=link(made),
            watermark_url=marked_url(generation, made, link),
            duration=seconds_text(made),
        )
        for made in generation.results
        if made.kind is AssetKind.VIDEO
    ]
    images = [
        Image(
            index=made.position,
            url=link(made),
            watermark_url=marked_url(generation, made, link),
        )
        for made in generation.results
        if made.kind is AssetKind.IMAGE
    ]
    single = "single" if generation.dialect == OMNI_IMAGE.dialect else None
    return Result(
        result_type=single,
        videos=videos or None,
        images=images or None,
        audios=_audios(generation, link) or None,
    )


def _audios(generation: Generation, link: Link) -> list[Audio] | list[Spoken]:
    sounds = [made for made in generation.assets if made.kind is AssetKind.AUDIO]
    if generation.request.task is Task.TEXT_TO_SPEECH:
        return [Spoken(id=made.id, url=link(made), duration=seconds_text(made)) for made in sounds]
    waves = {made.position: made for made in generation.assets if made.kind is AssetKind.WAVE}
    return [
        Audio(
            id=made.id,
            url_mp3=link(made),
            url_wav=link(waves[made.position]),
            duration_mp3=seconds_text(made),
            duration_wav=seconds_text(waves[made.position]),
        )
        for made in sounds
    ]
