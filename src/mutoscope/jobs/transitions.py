"""Which state may follow which, and the only function that moves a job."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, insert, update

from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import JobMoved
from mutoscope.core.ids import JobId
from mutoscope.core.state import JobState
from mutoscope.db import run_prepared
from mutoscope.db.schema import job, job_event

NEXT: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELED, JobState.FAILED}),
    # Back to queued is a retry or a lost lease.
    JobState.RUNNING: frozenset(
        {JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED}
    ),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELED: frozenset(),
}


# Built once, for every move.
_NEW_EVENT = insert(job_event)


def advance(
    tx: Connection,
    job_id: JobId,
    to: JobState,
    *,
    attempt: int,
    now: Milliseconds,
    detail: str = "",
    columns: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Move a job to `to` and record it; JobMoved if it is elsewhere or at another attempt.

    `attempt` is the fence: a worker that lost its lease holds an old number and moves nothing.
    `columns` are written together with the state.
    """
    values = dict(columns)
    sources = [state for state, targets in NEXT.items() if to in targets]
    ours = (job.c.id == job_id) & (job.c.attempt == attempt) & job.c.state.in_(sources)
    if to is not JobState.RUNNING:
        values |= {"lease_owner": None, "lease_until": None}
    if to.is_terminal:
        values |= {"ended_at": now}
    moved = tx.execute(update(job).where(ours).values(state=to, **values))
    if moved.rowcount != 1:
        raise JobMoved(f"job {job_id} can't become {to}: it moved on, or another worker has it")
    record(tx, job_id, to, attempt=values.get("attempt", attempt), now=now, detail=detail)


def record(
    tx: Connection,
    job_id: JobId,
    state: JobState,
    *,
    attempt: int,
    now: Milliseconds,
    detail: str = "",
) -> None:
    """Write one line of the job's history."""
    line = {"job_id": job_id, "attempt": attempt, "state": state, "detail": detail, "at": now}
    run_prepared(tx, _NEW_EVENT, line)
