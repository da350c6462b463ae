"""Plans, subscriptions, orders, invoices, what payment providers said, and redeem codes."""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    """
    CREATE TABLE "plan" (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        title_zh TEXT NOT NULL,
        title_en TEXT NOT NULL,
        price_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        credits BIGINT NOT NULL,
        credits_last_days INTEGER,
        daily_credits BIGINT DEFAULT '0' NOT NULL,
        jobs_at_once INTEGER,
        models TEXT,
        sizes TEXT,
        retention_days INTEGER,
        created_at BIGINT NOT NULL,
        archived_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT plan_kind CHECK (kind IN ('subscription', 'pack')),
        CONSTRAINT plan_positive CHECK (price_minor >= 0 AND credits >= 0 AND daily_credits >= 0)
    )
    """,
    """
    CREATE TABLE subscription (
        organization_id TEXT NOT NULL,
        plan_id TEXT NOT NULL,
        status TEXT NOT NULL,
        period_start BIGINT NOT NULL,
        period_end BIGINT NOT NULL,
        anchor_day INTEGER NOT NULL,
        provider TEXT DEFAULT '' NOT NULL,
        provider_ref TEXT,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (organization_id),
        CONSTRAINT subscription_status CHECK (status IN ('active', 'past_due', 'canceled')),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(plan_id) REFERENCES "plan" (id),
        UNIQUE (provider_ref)
    )
    """,
    """
    CREATE TABLE purchase (
        id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        person_id TEXT,
        plan_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        credits BIGINT NOT NULL,
        price_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        status TEXT NOT NULL,
        provider TEXT NOT NULL,
        provider_ref TEXT,
        created_at BIGINT NOT NULL,
        paid_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT purchase_status CHECK (status IN ('pending', 'paid', 'canceled')),
        CONSTRAINT paid_has_time CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(person_id) REFERENCES person (id),
        FOREIGN KEY(plan_id) REFERENCES "plan" (id),
        UNIQUE (provider_ref)
    )
    """,
    """
    CREATE INDEX ix_purchase_organization_id ON purchase (organization_id)
    """,
    """
    CREATE TABLE invoice (
        number INTEGER NOT NULL,
        purchase_id TEXT NOT NULL,
        organization_id TEXT NOT NULL,
        buyer TEXT NOT NULL,
        item TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        issued_at BIGINT NOT NULL,
        PRIMARY KEY (number),
        UNIQUE (purchase_id),
        FOREIGN KEY(purchase_id) REFERENCES purchase (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE INDEX ix_invoice_organization_id ON invoice (organization_id)
    """,
    """
    CREATE TABLE payment_event (
        provider TEXT NOT NULL,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        received_at BIGINT NOT NULL,
        PRIMARY KEY (provider, event_id)
    )
    """,
    """
    CREATE TABLE code_batch (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        credits BIGINT NOT NULL,
        credits_last_days INTEGER,
        expires_at BIGINT,
        created_at BIGINT NOT NULL,
        ended_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT batch_positive CHECK (credits > 0)
    )
    """,
    """
    CREATE TABLE redeem_code (
        code_hash TEXT NOT NULL,
        batch_id TEXT NOT NULL,
        organization_id TEXT,
        person_id TEXT,
        redeemed_at BIGINT,
        PRIMARY KEY (code_hash),
        CONSTRAINT redeemed_by_somebody CHECK ((redeemed_at IS NULL) = (organization_id IS NULL)),
        FOREIGN KEY(batch_id) REFERENCES code_batch (id),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_redeem_code_batch_id ON redeem_code (batch_id)
    """,
)


def upgrade(tx: Connection) -> None:
    """Add the tables."""
    for statement in STATEMENTS:
        tx.exec_driver_sql(statement)
