"""Proof that jobs and credits agree: what is held belongs to work that is still to be done."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from mutoscope.core.credits import credits_text
from mutoscope.core.state import TERMINAL
from mutoscope.db.schema import job
from mutoscope.generations.rooms import Rooms
from mutoscope.ledger import Discrepancy, audit, open_holds


def audit_credits(rooms: Rooms) -> list[Discrepancy]:
    """Everything that does not add up, in the ledger itself or between it and the jobs."""
    with rooms.database.snapshot() as tx:
        return [*audit(tx), *_holds(tx)]


def _holds(tx: Connection) -> Iterator[Discrepancy]:
    """Every open hold belongs to a job under way, and every job under way has one."""
    rows = tx.execute(select(job.c.id, job.c.state).where(job.c.state.not_in(TERMINAL)))
    under_way = {str(row.id): row.state for row in rows}
    held = {hold.subject: hold.amount for hold in open_holds(tx)}
    for subject in held.keys() - under_way.keys():
        amount = credits_text(held[subject])
        yield Discrepancy(subject, f"orphaned hold of {amount} credits: no such job is under way")
    for subject in under_way.keys() - held.keys():
        yield Discrepancy(subject, f"the job is {under_way[subject]}, but nothing is held for it")
