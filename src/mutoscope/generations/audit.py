"""Proof that jobs and credits agree: what is held belongs to work that is still to be done."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from mutoscope.billing import audit_orders
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.state import TERMINAL
from mutoscope.db.schema import job
from mutoscope.generations.rooms import Rooms
from mutoscope.ledger import Discrepancy, audit, open_holds


def audit_credits(rooms: Rooms) -> list[Discrepancy]:
    """Everything that does not add up, in the ledger itself or between it and the jobs."""
    with rooms.database.snapshot() as tx:
        return [*audit(tx), *_holds(tx), *_costs(tx), *audit_orders(tx)]


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


def _costs(tx: Connection) -> Iterator[Discrepancy]:
    """What a generation says it was quoted and cost is what was held and charged for it."""
    for query, words in _COMPARED:
        for row in tx.exec_driver_sql(query):
            said, booked = (credits_text(Millicredits(each)) for each in row[1:])
            yield Discrepancy(f"generation {row[0]}", words.format(said=said, booked=booked))


_COMPARED = (
    (
        """
        SELECT generation.id, quote, transfer.amount FROM generation
        JOIN transfer ON transfer.cause = 'hold:' || generation.id WHERE quote <> transfer.amount
        """,
        "was quoted {said}, and {booked} were held",
    ),
    (
        """
        SELECT generation.id, coalesce(cost, 0), coalesce(transfer.amount, 0) FROM generation
        LEFT JOIN transfer ON transfer.cause = 'post_hold:' || generation.id
        WHERE coalesce(cost, 0) <> coalesce(transfer.amount, 0)
        """,
        "cost {said}, and {booked} were charged",
    ),
)
