"""Invitations, other houses' identities, scopes and expiry of keys, archived projects, the trail.

Keys from before speak for the first administrator of their organization.
"""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    "ALTER TABLE project ADD COLUMN archived_at BIGINT",
    "ALTER TABLE session ADD COLUMN project_id TEXT",
    "ALTER TABLE api_key ADD COLUMN scopes TEXT DEFAULT 'generations:read generations:write files:read credits:read' NOT NULL",
    "ALTER TABLE api_key ADD COLUMN expires_at BIGINT",
    "ALTER TABLE api_key ADD COLUMN last_used_at BIGINT",
    "ALTER TABLE api_key ADD COLUMN created_by TEXT",
    """
    UPDATE api_key SET created_by = (
        SELECT id FROM person WHERE person.organization_id = api_key.organization_id
        AND role IN ('owner', 'admin') AND disabled_at IS NULL ORDER BY created_at LIMIT 1
    )
    """,
    """
    CREATE TABLE outside_identity (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        person_id TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (issuer, subject),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_outside_identity_person_id ON outside_identity (person_id)",
    """
    CREATE TABLE invitation (
        id TEXT NOT NULL,
        token_hash TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        role TEXT NOT NULL,
        email TEXT,
        invited_by TEXT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        ended_at BIGINT,
        person_id TEXT,
        PRIMARY KEY (id),
        CONSTRAINT invitation_role CHECK (role IN ('owner', 'admin', 'producer', 'creator', 'viewer')),
        UNIQUE (token_hash),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(invited_by) REFERENCES person (id),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_invitation_organization_id ON invitation (organization_id)",
    """
    CREATE TABLE trail_entry (
        id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        person_id TEXT,
        key_id TEXT,
        verb TEXT NOT NULL,
        subject TEXT NOT NULL,
        facts TEXT DEFAULT '{}' NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    "CREATE INDEX trail_by_organization ON trail_entry (organization_id, id)",
    "CREATE TRIGGER trail_keeps_update BEFORE UPDATE ON trail_entry BEGIN SELECT RAISE(ABORT, 'the trail is only ever added to'); END",
    "CREATE TRIGGER trail_keeps_delete BEFORE DELETE ON trail_entry BEGIN SELECT RAISE(ABORT, 'the trail is only ever added to'); END",
)


def upgrade(tx: Connection) -> None:
    """Add tables and columns; nothing that was there changes its meaning."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
