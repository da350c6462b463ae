"""A film of several shots, and what was made of each."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import GenerationId, OrganizationId, ProjectId

SHOTS_MAX = 12
WORDS_MAX = 500
SECONDS_MIN, SECONDS_MAX = 1.0, 15.0


class TakeKind(StrEnum):
    """What a take is for: to look at, or to keep."""

    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One shot in words. `scene` is how the planner read them; None once they were rewritten."""

    id: str
    words: str
    seconds: float
    scene: Mapping[str, Any] | None = None
    # It comes in while the shot before it goes, where they are joined; otherwise it is a cut.
    dissolves: bool = False


@dataclass(frozen=True, kw_only=True)
class Film:
    """A brief and its shot list. Every change makes a new revision."""

    id: str
    organization_id: OrganizationId
    project_id: ProjectId
    title: str
    brief: str
    ratio: str
    seed: int
    shots: tuple[Shot, ...]
    revision: int
    approved_revision: int | None
    created_at: Milliseconds
    updated_at: Milliseconds

    @property
    def is_approved(self) -> bool:
        """Whether it is approved as it stands now."""
        return self.approved_revision == self.revision

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return sum(shot.seconds for shot in self.shots)

    def fingerprint(self, shot: Shot) -> str:
        """Changes with everything that changes the shot's pictures."""
        facts = [shot.words, shot.seconds, shot.scene, self.ratio, self.seed]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]

    def fingerprint_of_all(self) -> str:
        """Changes with every shot, with their order, and with how one leads to the next."""
        parts = ",".join(
            self.fingerprint(shot) + "~" * (shot.dissolves and number > 0)
            for number, shot in enumerate(self.shots)
        )
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Take:
    """A generation made for a film: of one shot, or of all joined where `shot_id` is None."""

    generation_id: GenerationId
    shot_id: str | None
    kind: TakeKind
    fingerprint: str


def new_shot(words: str, seconds: float, scene: Mapping[str, Any] | None = None) -> Shot:
    """A shot that is told from others by its id, wherever it is moved."""
    shot_id = secrets.token_hex(4)
    seconds = min(SECONDS_MAX, max(SECONDS_MIN, seconds))
    dissolves = is_dissolving(scene)
    return Shot(
        id=shot_id, words=words[:WORDS_MAX], seconds=seconds, scene=scene, dissolves=dissolves
    )


def is_dissolving(scene: Mapping[str, Any] | None) -> bool:
    """Whether the brief asked for a dissolve into this shot."""
    return scene is not None and scene.get("transition") == "dissolve"


def check_shots(shots: tuple[Shot, ...]) -> None:
    """InvalidRequest names the shot, its field and the limit."""
    if not 1 <= len(shots) <= SHOTS_MAX:
        raise InvalidRequest(f"a film has 1 to {SHOTS_MAX} shots", field="shots")
    for number, shot in enumerate(shots):
        if not 0 < len(shot.words.strip()) <= WORDS_MAX:
            raise InvalidRequest(
                f"a shot is told in 1 to {WORDS_MAX} characters", field=f"shots[{number}].words"
            )
        # Written so that NaN is refused too.
        if not SECONDS_MIN <= shot.seconds <= SECONDS_MAX:
            raise InvalidRequest(
                f"a shot plays {SECONDS_MIN:g} to {SECONDS_MAX:g} seconds",
                field=f"shots[{number}].seconds",
            )
