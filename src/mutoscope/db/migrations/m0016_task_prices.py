"""Prices for one task; the ledger's lines can't be changed, removed or replaced."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    "ALTER TABLE price ADD COLUMN task TEXT",
    """
    CREATE TRIGGER ledger_keeps_update BEFORE UPDATE ON transfer
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END
    """,
    """
    CREATE TRIGGER ledger_keeps_delete BEFORE DELETE ON transfer
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END
    """,
    """
    CREATE TRIGGER ledger_keeps_replace BEFORE INSERT ON transfer
    WHEN EXISTS (SELECT 1 FROM transfer WHERE
        id = NEW.id OR cause = NEW.cause OR hold_id = NEW.hold_id)
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the column and the triggers."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
