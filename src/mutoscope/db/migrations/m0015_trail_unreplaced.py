"""The trail refuses REPLACE too, which removes a line without the trigger of DELETE."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
TRIGGER = (
    "CREATE TRIGGER trail_keeps_replace BEFORE INSERT ON trail_entry"
    " WHEN EXISTS (SELECT 1 FROM trail_entry WHERE id = NEW.id)"
    " BEGIN SELECT RAISE(ABORT, 'the trail is only ever added to'); END"
)


def upgrade(tx: Connection) -> None:
    """Add the trigger."""
    tx.exec_driver_sql(TRIGGER)
