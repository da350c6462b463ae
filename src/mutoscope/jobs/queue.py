"""The queue: rows that are claimed under a lease, kept alive by heartbeats, fenced by attempts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import JobMoved, LeaseLost, NotFound
from mutoscope.core.ids import JobId
from mutoscope.core.state import JobState, Stage
from mutoscope.db import run_prepared
from mutoscope.db.schema import job, job_event
from mutoscope.jobs.retry import delay_seconds
from mutoscope.jobs.transitions import advance, record

Moved = Callable[[Connection, JobId, JobState, int], None]
"""Told of every move, in its transaction: the job, where it is now and at which attempt."""


def tell_nobody(_tx: Connection, _job: JobId, _state: JobState, _attempt: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Claim:
    """The right to work on a job until the lease runs out, as attempt number `attempt`."""

    job_id: JobId
    attempt: int
    attempts_max: int
    lane: str

    @property
    def is_last_attempt(self) -> bool:
        """A failure now is final."""
        return self.attempt >= self.attempts_max


@dataclass(frozen=True)
class Progress:
    """Where a running job is: step of steps in this stage, and the share done of the whole."""

    stage: Stage
    step: int
    steps: int
    share: float


@dataclass(frozen=True)
class Job:
    """One row of the queue, for those who look."""

    id: JobId
    lane: str
    state: JobState
    attempt: int
    attempts_max: int
    cancel_requested: bool
    lease_owner: str | None
    stage: Stage | None
    step: int
    steps: int
    share: float
    created_at: Milliseconds
    started_at: Milliseconds | None
    ended_at: Milliseconds | None


@dataclass(frozen=True)
class JobEvent:
    """One line of a job's history."""

    state: JobState
    attempt: int
    detail: str
    at: Milliseconds


class JobQueue:
    """Durable jobs. Every method takes the transaction that it is part of."""

    def __init__(
        self,
        clock: Clock,
        *,
        lease_seconds: float = 60,
        attempts_max: int = 3,
        on_move: Moved = tell_nobody,
    ) -> None:
        self._clock = clock
        self._on_move = on_move
        self._lease_ms = round(lease_seconds * 1000)
        self._attempts_max = attempts_max

    def enqueue(self, tx: Connection, job_id: JobId, *, lane: str, tenant: str) -> None:
        """Add a job that any worker serving `lane` may claim; `tenant` is whose it is."""
        now = self._clock.now()
        new = {
            "id": job_id,
            "lane": lane,
            "state": JobState.QUEUED,
            "attempts_max": self._attempts_max,
            "cancel_requested": False,
            "run_after": now,
            "created_at": now,
            "tenant": tenant,
        }
        run_prepared(tx, _NEW_JOB, new)
        record(tx, job_id, JobState.QUEUED, attempt=0, now=now)
        self._on_move(tx, job_id, JobState.QUEUED, 0)

    def under_way(self, tx: Connection, tenant: str, *, at_most: int) -> int:
        """How many of a tenant's jobs have not ended; stops counting at `at_most`."""
        asked = {"tenant": tenant, "at_most": at_most}
        return int(run_prepared(tx, _under_way(), asked).scalar_one())

    def has_work(self, tx: Connection, *, lanes: Collection[str]) -> bool:
        """Whether a claim would find something; reads only."""
        return tx.scalar(self._claimable(lanes)) is not None

    def claim(
        self,
        tx: Connection,
        *,
        owner: str,
        lanes: Collection[str],
        only: Collection[JobId] | None = None,
    ) -> Claim | None:
        """Take the oldest job that is due (of `only`, where given), or None."""
        query = self._claimable(lanes)
        if only is not None:
            query = query.where(job.c.id.in_(only))
        row = tx.execute(query).first()
        if row is None:
            return None
        now = self._clock.now()
        # Counted when claimed, not when done: a job that kills its worker still uses up a try.
        attempt = row.attempt + 1
        taken = {
            "attempt": attempt,
            "lease_owner": owner,
            "lease_until": now + self._lease_ms,
            "started_at": now,
        }
        self._move(tx, row.id, JobState.RUNNING, attempt=row.attempt, detail=owner, columns=taken)
        return Claim(row.id, attempt, row.attempts_max, row.lane)

    def renew(self, tx: Connection, claim: Claim, progress: Progress | None = None) -> bool:
        """Extend the lease and write the progress; True when a cancel was asked for.

        Raises LeaseLost when the job went to another worker or ended.
        """
        values: dict[str, object] = {"lease_until": self._clock.now() + self._lease_ms}
        if progress is not None:
            values |= {
                "stage": progress.stage,
                "step": progress.step,
                "steps": progress.steps,
                "progress_ppm": round(progress.share * 1e6),
            }
        row = tx.execute(
            update(job).where(_held(claim)).values(**values).returning(job.c.cancel_requested)
        ).first()
        if row is None:
            raise LeaseLost(f"job {claim.job_id}, attempt {claim.attempt}, is no longer ours")
        return bool(row.cancel_requested)

    def cancel_requested(self, tx: Connection, claim: Claim) -> bool:
        """Whether a cancel was asked for; reads only. Raises LeaseLost as `renew` does."""
        row = tx.execute(select(job.c.cancel_requested).where(_held(claim))).first()
        if row is None:
            raise LeaseLost(f"job {claim.job_id}, attempt {claim.attempt}, is no longer ours")
        return bool(row.cancel_requested)

    def succeed(self, tx: Connection, claim: Claim) -> None:
        """End the job well. JobMoved when the claim no longer holds."""
        self._end(tx, claim, JobState.SUCCEEDED, progress_ppm=1_000_000)

    def fail(self, tx: Connection, claim: Claim, detail: str) -> None:
        """End the job badly, for good."""
        self._end(tx, claim, JobState.FAILED, detail=detail)

    def stop(self, tx: Connection, claim: Claim) -> None:
        """End the job as canceled: the worker noticed the wish."""
        self._end(tx, claim, JobState.CANCELED)

    def put_back(self, tx: Connection, claim: Claim, detail: str, *, at_once: bool = False) -> None:
        """Return the job to the queue for another attempt, after a pause unless `at_once`."""
        pause_ms = 0 if at_once else round(delay_seconds(claim.attempt) * 1000)
        self._requeue(tx, claim, detail, pause_ms=pause_ms)

    def give_back(self, tx: Connection, claim: Claim, detail: str) -> None:
        """Return the job to the queue at once, with a try more: its worker had to go, by order.

        The attempt itself is never counted down: it is the fence, and rises with every claim.
        """
        self._requeue(tx, claim, detail, pause_ms=0, attempts_max=claim.attempts_max + 1)

    def request_cancel(self, tx: Connection, job_id: JobId) -> JobState:
        """Ask for a stop. A queued job is canceled here and now; a running one is told.

        Returns the state it is in after that. JobMoved when it had ended otherwise.
        """
        row = tx.execute(select(job.c.state, job.c.attempt).where(job.c.id == job_id)).first()
        if row is None:
            raise NotFound(f"no job {job_id}")
        state = JobState(row.state)
        if state is JobState.QUEUED:
            wish = {"cancel_requested": True}
            self._move(tx, job_id, JobState.CANCELED, attempt=row.attempt, columns=wish)
            return JobState.CANCELED
        if state is JobState.RUNNING:
            tx.execute(update(job).where(job.c.id == job_id).values(cancel_requested=True))
            return state
        if state is JobState.CANCELED:
            return state
        raise JobMoved(
            f"it has {state} already", fix="only queued and running ones can be canceled"
        )

    def lapsed(self, tx: Connection, *, limit: int = 100) -> list[Claim]:
        """Running jobs whose worker fell silent, longest silent first."""
        rows = tx.execute(
            select(job).where(self._silent()).order_by(job.c.lease_until).limit(limit)
        )
        return [Claim(r.id, r.attempt, r.attempts_max, r.lane) for r in rows]

    def held_by(self, tx: Connection, owner: str) -> list[Claim]:
        """What a worker has in hand."""
        theirs = (job.c.state == JobState.RUNNING) & (job.c.lease_owner == owner)
        rows = tx.execute(
            select(job.c.id, job.c.attempt, job.c.attempts_max, job.c.lane).where(theirs)
        )
        return [Claim(r.id, r.attempt, r.attempts_max, r.lane) for r in rows]

    def end_leases(self, tx: Connection, *, owner: str) -> int:
        """Let the leases of a worker that is known to be dead lapse now; returns how many."""
        theirs = (job.c.state == JobState.RUNNING) & (job.c.lease_owner == owner)
        over = self._clock.now() - 1
        return tx.execute(update(job).where(theirs).values(lease_until=over)).rowcount

    def confirm_lapsed(self, tx: Connection, claim: Claim) -> bool:
        """Whether a cancel was asked for of a lapsed job; JobMoved when it is no longer lapsed."""
        query = select(job.c.cancel_requested).where(_held(claim) & self._silent())
        row = tx.execute(query).first()
        if row is None:
            raise JobMoved(f"job {claim.job_id} is alive, or with another worker")
        return bool(row.cancel_requested)

    def find(self, tx: Connection, job_id: JobId) -> Job:
        """The job as it stands. NotFound when there is none."""
        row = tx.execute(select(job).where(job.c.id == job_id)).first()
        if row is None:
            raise NotFound(f"no job {job_id}")
        return job_from_row(row)

    def ahead(self, tx: Connection, job_id: JobId) -> int:
        """How many queued jobs of the same lane stand before this one."""
        mine = select(job.c.lane).where(job.c.id == job_id).scalar_subquery()
        waiting = select(job.c.id).where(
            (job.c.state == JobState.QUEUED) & (job.c.lane == mine) & (job.c.id < job_id)
        )
        return len(tx.scalars(waiting.limit(1000)).all())

    def history(self, tx: Connection, job_id: JobId) -> list[JobEvent]:
        """Every move of the job, oldest first."""
        rows = tx.execute(
            select(job_event).where(job_event.c.job_id == job_id).order_by(job_event.c.id)
        )
        return [JobEvent(JobState(r.state), r.attempt, r.detail, r.at) for r in rows]

    def _silent(self) -> ColumnElement[bool]:
        return (job.c.state == JobState.RUNNING) & (job.c.lease_until < self._clock.now())

    def _claimable(self, lanes: Iterable[str]) -> Select[tuple[int, int, int, str]]:
        due = (
            (job.c.state == JobState.QUEUED)
            & job.c.lane.in_(list(lanes))
            & (job.c.run_after <= self._clock.now())
        )
        return (
            select(job.c.id, job.c.attempt, job.c.attempts_max, job.c.lane)
            .where(due)
            .order_by(job.c.id)
            .limit(1)
        )

    def _requeue(
        self, tx: Connection, claim: Claim, detail: str, *, pause_ms: int, **columns: object
    ) -> None:
        afresh = {
            "run_after": self._clock.now() + pause_ms,
            "stage": None,
            "step": 0,
            "steps": 0,
            "progress_ppm": 0,
        }
        self._move(
            tx,
            claim.job_id,
            JobState.QUEUED,
            attempt=claim.attempt,
            detail=detail,
            columns=afresh | columns,
        )

    def _end(
        self,
        tx: Connection,
        claim: Claim,
        to: JobState,
        *,
        detail: str = "",
        **columns: object,
    ) -> None:
        self._move(tx, claim.job_id, to, attempt=claim.attempt, detail=detail, columns=columns)

    def _move(
        self,
        tx: Connection,
        job_id: JobId,
        to: JobState,
        *,
        attempt: int,
        detail: str = "",
        columns: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Move a job and tell of it. JobMoved, and nothing is told, when it is elsewhere."""
        now = self._clock.now()
        advance(tx, job_id, to, attempt=attempt, now=now, detail=detail, columns=columns)
        reached = columns.get("attempt", attempt)
        assert isinstance(reached, int)
        self._on_move(tx, job_id, to, reached)


# Built once: every request asks these, and building a statement takes longer than running it.
_NEW_JOB = insert(job)


@cache
def _under_way() -> Select[Any]:
    theirs = (job.c.tenant == bindparam("tenant")) & job.c.ended_at.is_(None)
    counted = select(job.c.id).where(theirs).limit(bindparam("at_most")).subquery()
    return select(func.count()).select_from(counted)


def job_from_row(row: Row[Any]) -> Job:
    """Read a `job` row, alone or joined to others."""
    return Job(
        id=row.id,
        lane=row.lane,
        state=JobState(row.state),
        attempt=row.attempt,
        attempts_max=row.attempts_max,
        cancel_requested=bool(row.cancel_requested),
        lease_owner=row.lease_owner,
        stage=Stage(row.stage) if row.stage else None,
        step=row.step,
        steps=row.steps,
        share=row.progress_ppm / 1e6,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _held(claim: Claim) -> ColumnElement[bool]:
    return (
        (job.c.id == claim.job_id)
        & (job.c.attempt == claim.attempt)
        & (job.c.state == JobState.RUNNING)
    )
