"""Ratings, a bin, lineage, collections, and links for guests who watch and review."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    "ALTER TABLE generation ADD COLUMN rating INTEGER",
    "ALTER TABLE generation ADD COLUMN trashed_at BIGINT",
    "ALTER TABLE generation ADD COLUMN made_from BIGINT",
    "CREATE INDEX generation_by_organization ON generation (organization_id, id)",
    """
    CREATE INDEX generation_made_from ON generation (made_from) WHERE made_from IS NOT NULL
    """,
    """
    CREATE INDEX generation_trashed ON generation (trashed_at) WHERE trashed_at IS NOT NULL
    """,
    """
    CREATE TABLE collection (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    "CREATE INDEX ix_collection_organization_id ON collection (organization_id)",
    """
    CREATE TABLE collection_item (
        collection_id TEXT NOT NULL,
        generation_id INTEGER NOT NULL,
        PRIMARY KEY (collection_id, generation_id),
        FOREIGN KEY(collection_id) REFERENCES collection (id),
        FOREIGN KEY(generation_id) REFERENCES generation (id)
    )
    """,
    "CREATE INDEX ix_collection_item_generation_id ON collection_item (generation_id)",
    """
    CREATE TABLE guest_link (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        generation_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        purpose TEXT NOT NULL,
        person_id TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT guest_link_purpose CHECK (purpose IN ('watch', 'review')),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(generation_id) REFERENCES generation (id),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_guest_link_generation_id ON guest_link (generation_id)",
    """
    CREATE TABLE review_note (
        id INTEGER NOT NULL,
        guest_link_id TEXT NOT NULL,
        author TEXT NOT NULL,
        body TEXT NOT NULL,
        moment_ms BIGINT,
        verdict TEXT,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT review_verdict CHECK (verdict IN ('approved', 'changes')),
        FOREIGN KEY(guest_link_id) REFERENCES guest_link (id)
    )
    """,
    "CREATE INDEX ix_review_note_guest_link_id ON review_note (guest_link_id)",
)


def upgrade(tx: Connection) -> None:
    """Add the columns and the tables."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
