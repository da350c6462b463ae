"""Films of several shots, and what was made of each."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE film (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        person_id TEXT,
        title TEXT NOT NULL,
        brief TEXT NOT NULL,
        ratio TEXT NOT NULL,
        seed BIGINT NOT NULL,
        shots TEXT NOT NULL,
        revision INTEGER NOT NULL,
        approved_revision INTEGER,
        approved_by TEXT,
        approved_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        deleted_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT approved_has_time CHECK ((approved_revision IS NULL) = (approved_at IS NULL)),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(person_id) REFERENCES person (id),
        FOREIGN KEY(approved_by) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX film_by_organization ON film (organization_id, updated_at)
    """,
    """
    CREATE TABLE film_take (
        generation_id INTEGER NOT NULL,
        film_id TEXT NOT NULL,
        shot_id TEXT,
        kind TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        PRIMARY KEY (generation_id),
        CONSTRAINT take_kind CHECK (kind IN ('draft', 'final')),
        FOREIGN KEY(generation_id) REFERENCES generation (id),
        FOREIGN KEY(film_id) REFERENCES film (id)
    )
    """,
    """
    CREATE INDEX ix_film_take_film_id ON film_take (film_id)
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the tables."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
