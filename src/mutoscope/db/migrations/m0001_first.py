"""The first schema."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE account (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        may_overdraw BOOLEAN NOT NULL,
        debits_pending BIGINT DEFAULT '0' NOT NULL,
        debits_posted BIGINT DEFAULT '0' NOT NULL,
        credits_pending BIGINT DEFAULT '0' NOT NULL,
        credits_posted BIGINT DEFAULT '0' NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT account_kind CHECK (kind IN ('wallet', 'revenue', 'issued')),
        CONSTRAINT sums_positive CHECK (debits_pending >= 0 AND debits_posted >= 0 AND credits_pending >= 0 AND credits_posted >= 0),
        CONSTRAINT not_overdrawn CHECK (may_overdraw OR debits_pending + debits_posted <= credits_posted)
    )
    """,
    """
    CREATE TABLE job (
        id INTEGER NOT NULL,
        lane TEXT NOT NULL,
        state TEXT NOT NULL,
        attempt INTEGER DEFAULT '0' NOT NULL,
        attempts_max INTEGER NOT NULL,
        cancel_requested BOOLEAN NOT NULL,
        lease_owner TEXT,
        lease_until BIGINT,
        run_after BIGINT NOT NULL,
        stage TEXT,
        step INTEGER DEFAULT '0' NOT NULL,
        steps INTEGER DEFAULT '0' NOT NULL,
        progress_ppm INTEGER DEFAULT '0' NOT NULL,
        created_at BIGINT NOT NULL,
        started_at BIGINT,
        ended_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT job_state CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
        CONSTRAINT running_has_lease CHECK ((state = 'running') = (lease_until IS NOT NULL)),
        CONSTRAINT ended_has_time CHECK ((state IN ('succeeded', 'failed', 'canceled')) = (ended_at IS NOT NULL)),
        CONSTRAINT attempts_bounded CHECK (attempt <= attempts_max)
    )
    """,
    """
    CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running'
    """,
    """
    CREATE INDEX job_to_claim ON job (lane, run_after, id) WHERE state = 'queued'
    """,
    """
    CREATE TABLE organization (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE job_event (
        id INTEGER NOT NULL,
        job_id INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        state TEXT NOT NULL,
        detail TEXT DEFAULT '' NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(job_id) REFERENCES job (id)
    )
    """,
    """
    CREATE INDEX ix_job_event_job_id ON job_event (job_id)
    """,
    """
    CREATE TABLE person (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        role TEXT NOT NULL,
        password_hash TEXT,
        disabled_at BIGINT,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT person_role CHECK (role IN ('owner', 'admin', 'producer', 'creator', 'viewer')),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        UNIQUE (email)
    )
    """,
    """
    CREATE INDEX ix_person_organization_id ON person (organization_id)
    """,
    """
    CREATE TABLE project (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE INDEX ix_project_organization_id ON project (organization_id)
    """,
    """
    CREATE TABLE transfer (
        id INTEGER NOT NULL,
        cause TEXT NOT NULL,
        kind TEXT NOT NULL,
        code TEXT NOT NULL,
        debit_account TEXT NOT NULL,
        credit_account TEXT NOT NULL,
        amount BIGINT NOT NULL,
        hold_id INTEGER,
        subject TEXT DEFAULT '' NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT transfer_kind CHECK (kind IN ('posted', 'hold', 'post_hold', 'void_hold')),
        CONSTRAINT hold_resolved CHECK ((kind IN ('post_hold', 'void_hold')) = (hold_id IS NOT NULL)),
        CONSTRAINT amount_positive CHECK (amount >= 0),
        CONSTRAINT two_accounts CHECK (debit_account <> credit_account),
        UNIQUE (cause),
        FOREIGN KEY(debit_account) REFERENCES account (id),
        FOREIGN KEY(credit_account) REFERENCES account (id),
        UNIQUE (hold_id),
        FOREIGN KEY(hold_id) REFERENCES transfer (id)
    )
    """,
    """
    CREATE INDEX transfer_by_credit ON transfer (credit_account, id)
    """,
    """
    CREATE INDEX transfer_by_debit ON transfer (debit_account, id)
    """,
    """
    CREATE TABLE api_key (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        api_key_hash TEXT NOT NULL,
        access_key TEXT NOT NULL,
        secret_key_sealed BLOB NOT NULL,
        created_at BIGINT NOT NULL,
        revoked_at BIGINT,
        PRIMARY KEY (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        UNIQUE (api_key_hash),
        UNIQUE (access_key)
    )
    """,
    """
    CREATE INDEX ix_api_key_organization_id ON api_key (organization_id)
    """,
    """
    CREATE TABLE session (
        token_hash TEXT NOT NULL,
        person_id TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (token_hash),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_session_person_id ON session (person_id)
    """,
    """
    CREATE TABLE sign_in_link (
        token_hash TEXT NOT NULL,
        person_id TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT,
        PRIMARY KEY (token_hash),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE generation (
        id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        api_key_id TEXT,
        person_id TEXT,
        task TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        request TEXT NOT NULL,
        dialect TEXT NOT NULL,
        dialect_echo TEXT DEFAULT '{}' NOT NULL,
        external_task_id TEXT,
        quote BIGINT NOT NULL,
        cost BIGINT,
        error_code TEXT,
        error_detail TEXT,
        notes TEXT DEFAULT '[]' NOT NULL,
        timings TEXT DEFAULT '{}' NOT NULL,
        created_at BIGINT NOT NULL,
        deleted_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT quote_positive CHECK (quote >= 0),
        CONSTRAINT cost_within_quote CHECK (cost IS NULL OR (cost >= 0 AND cost <= quote)),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(api_key_id) REFERENCES api_key (id),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX generation_by_project ON generation (organization_id, project_id, id)
    """,
    """
    CREATE UNIQUE INDEX generation_external_task ON generation (organization_id, external_task_id) WHERE external_task_id IS NOT NULL
    """,
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
        CONSTRAINT asset_kind CHECK (kind IN ('video', 'image', 'thumbnail', 'strip', 'reference')),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(generation_id) REFERENCES generation (id)
    )
    """,
    """
    CREATE INDEX ix_asset_blob ON asset (blob)
    """,
    """
    CREATE INDEX ix_asset_generation_id ON asset (generation_id)
    """,
    """
    CREATE TABLE generation_preview (
        generation_id INTEGER NOT NULL,
        step INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        picture BLOB NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (generation_id),
        FOREIGN KEY(generation_id) REFERENCES generation (id)
    )
    """,
    """
    CREATE TABLE idempotency_key (
        project_id TEXT NOT NULL,
        "key" TEXT NOT NULL,
        request_hash TEXT NOT NULL,
        generation_id INTEGER NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (project_id, "key"),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(generation_id) REFERENCES generation (id)
    )
    """,
)


def upgrade(tx: Connection) -> None:
    """Create every table of the first version."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
