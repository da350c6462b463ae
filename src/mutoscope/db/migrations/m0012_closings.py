"""Closed months: sums of lines that a statement need not read again."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE closing (
        id INTEGER NOT NULL,
        account TEXT NOT NULL,
        after_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        earliest_at BIGINT NOT NULL,
        latest_at BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT closing_forwards CHECK (after_id < last_id AND earliest_at <= latest_at),
        CONSTRAINT closed_once UNIQUE (account, after_id),
        FOREIGN KEY(account) REFERENCES account (id)
    )
    """,
    """
    CREATE TABLE closing_sum (
        closing_id INTEGER NOT NULL,
        project_id TEXT,
        person_id TEXT,
        change BIGINT NOT NULL,
        FOREIGN KEY(closing_id) REFERENCES closing (id)
    )
    """,
    """
    CREATE INDEX ix_closing_sum_closing_id ON closing_sum (closing_id)
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the tables."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
