"""A generation: what somebody asked for, where it is, what became of it and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import (
    AssetId,
    BlobKey,
    GenerationId,
    KeyId,
    OrganizationId,
    PersonId,
    ProjectId,
)
from mutoscope.core.rendering import Note
from mutoscope.core.request import GenerationRequest
from mutoscope.core.state import JobState, Stage

# Before this much is done, loading is most of what took time, and says nothing of the rest.
ETA_SHARE_MIN = 0.06


class AssetKind(StrEnum):
    """What a stored file is to its generation."""

    VIDEO = "video"
    IMAGE = "image"
    THUMBNAIL = "thumbnail"
    STRIP = "strip"
    REFERENCE = "reference"
    # The second rendition of a result, with a visible mark.
    WATERMARKED = "watermarked"
    # A sound, compressed (MP3) and as it is (WAV).
    AUDIO = "audio"
    WAVE = "wave"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One stored file of a generation. `position` says which result it belongs to, from 0."""

    id: AssetId
    generation_id: GenerationId
    position: int
    kind: AssetKind
    blob: BlobKey
    media_type: str
    size_bytes: int
    width: int
    height: int
    frames: int
    fps: int
    created_at: Milliseconds
    # A strip's index, as JSON; of no use to other kinds.
    facts: str = "{}"

    @property
    def seconds(self) -> float:
        """How long it plays; a still lasts nothing."""
        lasts = self.media_type.startswith(("video/", "audio/"))
        return self.frames / self.fps if lasts and self.kind is not AssetKind.REFERENCE else 0.0


@dataclass(frozen=True)
class Owner:
    """On whose behalf something is asked."""

    organization_id: OrganizationId
    project_id: ProjectId
    key_id: KeyId | None = None
    person_id: PersonId | None = None


@dataclass(frozen=True)
class Failure:
    """Why a generation failed, in words for its caller."""

    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Generation:
    """All there is to know of one generation."""

    id: GenerationId
    owner: Owner
    request: GenerationRequest
    state: JobState
    attempt: int
    cancel_requested: bool
    stage: Stage | None
    step: int
    steps: int
    share: float
    quote: Millicredits
    # What a second or a picture was quoted at; None for those from before there were versions.
    unit_price: Millicredits | None
    # What was charged; None until it has ended well.
    cost: Millicredits | None
    failure: Failure | None
    notes: tuple[Note, ...]
    # Seconds spent waiting and in each stage.
    timings: Mapping[str, float]
    dialect: str
    dialect_echo: Mapping[str, Any]
    external_task_id: str | None
    assets: tuple[Asset, ...]
    created_at: Milliseconds
    started_at: Milliseconds | None
    ended_at: Milliseconds | None
    # One to five stars; None for what nobody has judged.
    rating: int | None = None
    # What this one is a remix, another take or the continuation of.
    made_from: GenerationId | None = None

    @property
    def updated_at(self) -> Milliseconds:
        """When it last changed state."""
        return self.ended_at or self.started_at or self.created_at

    @property
    def results(self) -> tuple[Asset, ...]:
        """The videos or pictures made, in order; the sounds, where there is nothing to see."""
        seen = tuple(a for a in self.assets if a.kind in (AssetKind.VIDEO, AssetKind.IMAGE))
        return seen or tuple(a for a in self.assets if a.kind is AssetKind.AUDIO)

    def asset(self, kind: AssetKind, position: int = 0) -> Asset | None:
        """The file of that kind for the result at `position`."""
        found = (a for a in self.assets if (a.kind, a.position) == (kind, position))
        return next(found, None)

    def eta_seconds(self, now: Milliseconds) -> float | None:
        """Seconds until it ends, by how fast it has gone so far; None while nothing is known."""
        if self.state is not JobState.RUNNING or self.started_at is None:
            return None
        if self.share < ETA_SHARE_MIN:
            return None
        return (now - self.started_at) / 1000 * (1 - self.share) / self.share
