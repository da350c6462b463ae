"""Files of two more kinds: watermarked renditions, and sounds (compressed, and as a wave)."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration. A CHECK can't be changed: the table is emptied, made
# anew and filled again.
STATEMENTS = (
    "CREATE TEMP TABLE asset_kept AS SELECT * FROM asset",
    "DROP TABLE asset",
    """
    CREATE TABLE asset (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        generation_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        blob TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size_bytes BIGINT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        frames INTEGER NOT NULL,
        fps INTEGER NOT NULL,
        facts TEXT DEFAULT '{}' NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT one_of_a_kind UNIQUE (generation_id, position, kind),
        CONSTRAINT asset_kind CHECK (kind IN ('video', 'image', 'thumbnail', 'strip', 'reference', 'watermarked', 'audio', 'wave')),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(generation_id) REFERENCES generation (id)
    )
    """,
    "INSERT INTO asset SELECT * FROM asset_kept",
    "DROP TABLE asset_kept",
    "CREATE INDEX ix_asset_generation_id ON asset (generation_id)",
    "CREATE INDEX ix_asset_blob ON asset (blob)",
)


def upgrade(tx: Connection) -> None:
    """Make the table anew, with all its rows."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
