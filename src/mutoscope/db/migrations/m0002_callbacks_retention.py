"""The outbox of callbacks, and an index for the retention of results."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE callback (
        generation_id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        url TEXT NOT NULL,
        base_url TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (generation_id),
        FOREIGN KEY(generation_id) REFERENCES generation (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE TABLE delivery (
        id INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        generation_id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        state TEXT NOT NULL,
        status TEXT NOT NULL,
        tries INTEGER DEFAULT '0' NOT NULL,
        due_at BIGINT NOT NULL,
        leased_until BIGINT,
        body BLOB,
        created_at BIGINT NOT NULL,
        ended_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT delivery_status CHECK (status IN ('pending', 'delivered', 'given_up')),
        CONSTRAINT delivery_ended CHECK ((status = 'pending') = (ended_at IS NULL)),
        UNIQUE (message_id),
        FOREIGN KEY(generation_id) REFERENCES callback (generation_id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE INDEX delivery_by_organization ON delivery (organization_id, id)
    """,
    """
    CREATE INDEX delivery_due ON delivery (due_at) WHERE status = 'pending'
    """,
    """
    CREATE INDEX ix_delivery_generation_id ON delivery (generation_id)
    """,
    """
    CREATE TABLE delivery_try (
        id INTEGER NOT NULL,
        delivery_id INTEGER NOT NULL,
        answer INTEGER,
        detail TEXT DEFAULT '' NOT NULL,
        milliseconds INTEGER NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(delivery_id) REFERENCES delivery (id)
    )
    """,
    """
    CREATE INDEX ix_delivery_try_delivery_id ON delivery_try (delivery_id)
    """,
    """
    CREATE TABLE callback_secret (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        secret_sealed BLOB NOT NULL,
        created_at BIGINT NOT NULL,
        ends_at BIGINT,
        PRIMARY KEY (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE INDEX ix_callback_secret_organization_id ON callback_secret (organization_id)
    """,
    """
    CREATE INDEX generation_kept ON generation (id) WHERE deleted_at IS NULL
    """,
)


def upgrade(tx: Connection) -> None:
    """Create the tables and the index."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
