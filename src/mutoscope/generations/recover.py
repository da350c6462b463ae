"""What dead workers leave behind is put back in the queue, or ended if it was tried enough."""

import structlog

from mutoscope.core.errors import JobMoved
from mutoscope.core.ids import GenerationId
from mutoscope.generations import store
from mutoscope.generations.generation import Failure
from mutoscope.generations.rooms import Rooms
from mutoscope.jobs import Claim

log = structlog.get_logger()


def recover(rooms: Rooms) -> int:
    """Deal with every job whose lease has run out; returns how many there were."""
    with rooms.database.snapshot() as tx:
        lapsed = rooms.jobs.lapsed(tx)
    for claim in lapsed:
        try:
            _recover(rooms, claim)
        except JobMoved:
            log.info("job recovered elsewhere", job=claim.job_id)
    return len(lapsed)


def _recover(rooms: Rooms, claim: Claim) -> None:
    subject = str(claim.job_id)
    with rooms.database.transaction() as tx:
        # Asked again under the lock: its worker may have woken, its owner may want it no more.
        cancel_requested = rooms.jobs.confirm_lapsed(tx, claim)
        if cancel_requested:
            rooms.jobs.stop(tx, claim)
            rooms.ledger.void(tx, subject)
        elif claim.is_last_attempt:
            detail = f"its worker died {claim.attempts_max} times"
            rooms.jobs.fail(tx, claim, detail)
            rooms.ledger.void(tx, subject)
            store.record_failure(
                tx, GenerationId(claim.job_id), Failure("worker_died", f"{detail}; not charged")
            )
        else:
            rooms.jobs.put_back(tx, claim, "its worker fell silent", at_once=True)
    log.warning("job recovered", job=claim.job_id, attempt=claim.attempt)
