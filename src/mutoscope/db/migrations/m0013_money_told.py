"""What payment providers call a payment, what they paid back, and plans paid for twice."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE payment_name (
        provider TEXT NOT NULL,
        name TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        PRIMARY KEY (provider, name),
        FOREIGN KEY(purchase_id) REFERENCES purchase (id)
    )
    """,
    """
    CREATE TABLE purchase_refund (
        provider TEXT NOT NULL,
        event_id TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        due BIGINT NOT NULL,
        taken BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (provider, event_id),
        CONSTRAINT taken_of_due CHECK (0 <= taken AND taken <= due),
        FOREIGN KEY(purchase_id) REFERENCES purchase (id)
    )
    """,
    """
    CREATE INDEX ix_purchase_refund_purchase_id ON purchase_refund (purchase_id)
    """,
    """
    CREATE TABLE surplus_subscription (
        provider TEXT NOT NULL,
        name TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (provider, name),
        FOREIGN KEY(purchase_id) REFERENCES purchase (id)
    )
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the tables."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
