"""The latest time that the database believes."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE time_mark (
        id INTEGER NOT NULL,
        highest_at BIGINT NOT NULL,
        doubted_since BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT one_time_mark CHECK (id = 1)
    )
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the table."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
