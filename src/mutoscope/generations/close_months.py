"""Sum up months that are over, so that statements need not read them again."""

from mutoscope.generations.rooms import Rooms


def close_months(rooms: Rooms) -> int:
    """Close all that can be closed; returns how many months that were.

    Added up while others write, for the lines of a closed month are there for good; a long history
    is closed month by month.
    """
    closed = 0
    while True:
        with rooms.database.snapshot() as tx:
            due = rooms.ledger.closings_due(tx)
        if not due:
            return closed
        for draft in due:
            with rooms.database.transaction() as tx:
                closed += rooms.ledger.close(tx, draft)
