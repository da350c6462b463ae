"""The administrator's list of words that are refused."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE refused_word (
        "key" TEXT NOT NULL,
        word TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY ("key")
    )
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the table."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
