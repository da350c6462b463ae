"""What the house sees of everybody's work: what runs, what waits, how it ended. Never the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import GenerationId, OrganizationId, first_id_at
from mutoscope.core.state import JobState, Stage
from mutoscope.db.schema import generation, job, organization

SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """A generation that has not ended, whoever's it is."""

    id: GenerationId
    organization_id: OrganizationId
    organization_name: str
    model: str
    lane: str
    state: JobState
    attempt: int
    attempts_max: int
    cancel_requested: bool
    stage: Stage | None
    # From 0 to 1.
    share: float
    # Who works on it; None while it waits.
    worker: str | None
    created_at: Milliseconds
    started_at: Milliseconds | None
    # Not before then: after a failed attempt it rests.
    run_after: Milliseconds


@dataclass(frozen=True)
class LaneCount:
    """How many of a lane wait, and since when the longest of them does."""

    lane: str
    waiting: int
    oldest_at: Milliseconds


@dataclass(frozen=True)
class Board:
    """All that is under way; of what waits, those whose turn comes first."""

    running: Sequence[UnderWay]
    waiting: Sequence[UnderWay]
    lanes: Sequence[LaneCount]

    @property
    def waiting_count(self) -> int:
        """How many wait, shown or not."""
        return sum(lane.waiting for lane in self.lanes)


def board(tx: Connection) -> Board:
    """What runs and what waits, in the order in which it is taken."""
    running = _under_way(JobState.RUNNING).order_by(job.c.started_at, job.c.id)
    waiting = _under_way(JobState.QUEUED).order_by(job.c.id).limit(SHOWN)
    counts = (
        select(job.c.lane, func.count().label("waiting"), func.min(job.c.created_at).label("since"))
        .where(job.c.state == JobState.QUEUED)
        .group_by(job.c.lane)
        .order_by(job.c.lane)
    )
    return Board(
        [_read(row) for row in tx.execute(running)],
        [_read(row) for row in tx.execute(waiting)],
        [LaneCount(row.lane, row.waiting, row.since) for row in tx.execute(counts)],
    )


def ended_since(tx: Connection, moment: Milliseconds) -> dict[JobState, int]:
    """Of what was asked for since then, how much has ended, and how."""
    query = (
        select(job.c.state, func.count().label("number"))
        .where((job.c.id >= first_id_at(moment)) & job.c.ended_at.is_not(None))
        .group_by(job.c.state)
    )
    return {JobState(row.state): row.number for row in tx.execute(query)}


def _under_way(state: JobState) -> Select[Any]:
    return (
        select(
            job,
            generation.c.model,
            generation.c.organization_id,
            organization.c.name.label("organization_name"),
        )
        .join_from(job, generation, generation.c.id == job.c.id)
        .join(organization, organization.c.id == generation.c.organization_id)
        .where(job.c.state == state)
    )


def _read(row: Row[Any]) -> UnderWay:
    return UnderWay(
        id=row.id,
        organization_id=row.organization_id,
        organization_name=row.organization_name,
        model=row.model,
        lane=row.lane,
        state=JobState(row.state),
        attempt=row.attempt,
        attempts_max=row.attempts_max,
        cancel_requested=bool(row.cancel_requested),
        stage=Stage(row.stage) if row.stage else None,
        share=row.progress_ppm / 1e6,
        worker=row.lease_owner,
        created_at=row.created_at,
        started_at=row.started_at,
        run_after=row.run_after,
    )
