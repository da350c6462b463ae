"""The loop of a worker process: claim, keep the lease alive, work."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog

from mutoscope.core.errors import JobMoved
from mutoscope.core.ids import JobId
from mutoscope.db import Database
from mutoscope.jobs.queue import Claim, JobQueue

log = structlog.get_logger()

Handler = Callable[[Claim], None]
"""Does the work of one claim and ends the job; what it raises is logged and the lease lapses."""


class Worker:
    """Runs jobs one at a time until told to stop."""

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        handlers: Mapping[str, Handler],
        *,
        owner: str,
        heartbeat_seconds: float = 10,
        poll_seconds: float = 0.1,
        between: Callable[[], None] | None = None,
    ) -> None:
        """`handlers` is by lane: what does the work of each. `between` jobs something is done."""
        self._database = database
        self._queue = queue
        self._handlers = handlers
        self._owner = owner
        self._heartbeat_seconds = heartbeat_seconds
        self._poll_seconds = poll_seconds
        self._between = between

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; a job under way is finished first."""
        while not stop.is_set():
            try:
                if self._between is not None:
                    self._between()
                if self.run_one():
                    continue
            except Exception:
                # The outermost loop: whatever a job did, the next one gets its chance.
                log.exception("worker stumbled")
            stop.wait(self._poll_seconds)

    def run_one(self, *, only: tuple[JobId, ...] | None = None) -> bool:
        """Claim and run one job (of `only`, where given); False when there was none."""
        lanes = list(self._handlers)
        with self._database.snapshot() as tx:
            if not self._queue.has_work(tx, lanes=lanes):
                return False
        with self._database.transaction() as tx:
            claim = self._queue.claim(tx, owner=self._owner, lanes=lanes, only=only)
        if claim is None:
            return False
        log.info("job claimed", job=claim.job_id, attempt=claim.attempt, lane=claim.lane)
        with self._heartbeat(claim):
            self._handlers[claim.lane](claim)
        return True

    @contextmanager
    def _heartbeat(self, claim: Claim) -> Iterator[None]:
        """Renew the lease from a thread of its own: one long step must not lose the job."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self._heartbeat_seconds):
                try:
                    with self._database.transaction() as tx:
                        self._queue.renew(tx, claim)
                except JobMoved:
                    return  # The handler learns it at its next report.
                except Exception:
                    # A busy database is no reason to stop renewing.
                    log.exception("heartbeat failed", job=claim.job_id)

        thread = threading.Thread(target=beat, name=f"heartbeat-{claim.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
