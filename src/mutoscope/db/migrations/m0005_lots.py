"""Credits come in lots; budgets and caps; prices with versions.

What was granted before becomes lots that never expire, and what was spent since is told to them,
oldest first.
"""

from sqlalchemy import Connection

# Frozen: a later change is a later migration.
STATEMENTS = (
    "ALTER TABLE organization ADD COLUMN time_zone TEXT DEFAULT 'UTC' NOT NULL",
    "ALTER TABLE generation ADD COLUMN price_version BIGINT",
    "ALTER TABLE generation ADD COLUMN unit_price BIGINT",
    "ALTER TABLE transfer ADD COLUMN project_id TEXT",
    "ALTER TABLE transfer ADD COLUMN person_id TEXT",
    """
    CREATE TABLE lot (
        id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        cause TEXT NOT NULL,
        amount BIGINT NOT NULL,
        held BIGINT DEFAULT '0' NOT NULL,
        spent BIGINT DEFAULT '0' NOT NULL,
        expired BIGINT DEFAULT '0' NOT NULL,
        expires_at BIGINT,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT lot_kind CHECK (kind IN ('daily', 'gift', 'plan', 'topup', 'redeem', 'manual', 'welcome', 'refund')),
        CONSTRAINT lot_positive CHECK (held >= 0 AND spent >= 0 AND expired >= 0),
        CONSTRAINT lot_not_overspent CHECK (held + spent + expired <= amount),
        FOREIGN KEY(organization_id) REFERENCES organization (id),
        UNIQUE (cause)
    )
    """,
    """
    CREATE INDEX lot_open ON lot (organization_id) WHERE spent + expired < amount
    """,
    """
    CREATE TABLE lot_use (
        transfer_id INTEGER NOT NULL,
        lot_id INTEGER NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (transfer_id, lot_id),
        CONSTRAINT use_positive CHECK (amount > 0),
        FOREIGN KEY(transfer_id) REFERENCES transfer (id),
        FOREIGN KEY(lot_id) REFERENCES lot (id)
    )
    """,
    """
    CREATE TABLE budget (
        id INTEGER NOT NULL,
        organization_id TEXT NOT NULL,
        scope TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        period TEXT NOT NULL,
        "limit" BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        ended_at BIGINT,
        PRIMARY KEY (id),
        CONSTRAINT budget_scope CHECK (scope IN ('project', 'person')),
        CONSTRAINT budget_period CHECK (period IN ('day', 'month', 'total')),
        CONSTRAINT budget_positive CHECK ("limit" >= 0),
        FOREIGN KEY(organization_id) REFERENCES organization (id)
    )
    """,
    """
    CREATE UNIQUE INDEX budget_in_force ON budget (subject_id, scope, period) WHERE ended_at IS NULL
    """,
    """
    CREATE INDEX ix_budget_organization_id ON budget (organization_id)
    """,
    """
    CREATE TABLE budget_window (
        budget_id INTEGER NOT NULL,
        window TEXT NOT NULL,
        held BIGINT DEFAULT '0' NOT NULL,
        spent BIGINT DEFAULT '0' NOT NULL,
        PRIMARY KEY (budget_id, window),
        CONSTRAINT window_positive CHECK (held >= 0 AND spent >= 0),
        FOREIGN KEY(budget_id) REFERENCES budget (id)
    )
    """,
    """
    CREATE TABLE budget_use (
        transfer_id INTEGER NOT NULL,
        budget_id INTEGER NOT NULL,
        window TEXT NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (transfer_id, budget_id),
        FOREIGN KEY(transfer_id) REFERENCES transfer (id),
        FOREIGN KEY(budget_id) REFERENCES budget (id)
    )
    """,
    """
    CREATE TABLE budget_alert (
        budget_id INTEGER NOT NULL,
        window TEXT NOT NULL,
        percent INTEGER NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (budget_id, window, percent),
        CONSTRAINT alert_percent CHECK (percent IN (50, 80, 100)),
        FOREIGN KEY(budget_id) REFERENCES budget (id)
    )
    """,
    """
    CREATE TABLE price (
        id INTEGER NOT NULL,
        model TEXT NOT NULL,
        size TEXT NOT NULL,
        unit TEXT NOT NULL,
        amount BIGINT NOT NULL,
        valid_from BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT price_unit CHECK (unit IN ('second', 'picture')),
        CONSTRAINT price_positive CHECK (amount >= 0)
    )
    """,
    """
    CREATE INDEX price_by_model ON price (model, valid_from)
    """,
)

ACCOUNT = """
    CREATE TABLE account (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        may_overdraw BOOLEAN NOT NULL,
        debits_pending BIGINT DEFAULT '0' NOT NULL,
        debits_posted BIGINT DEFAULT '0' NOT NULL,
        credits_pending BIGINT DEFAULT '0' NOT NULL,
        credits_posted BIGINT DEFAULT '0' NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT account_kind CHECK (kind IN ('wallet', 'revenue', 'issued', 'expired', 'corrections')),
        CONSTRAINT sums_positive CHECK (debits_pending >= 0 AND debits_posted >= 0 AND credits_pending >= 0 AND credits_posted >= 0),
        CONSTRAINT not_overdrawn CHECK (may_overdraw OR debits_pending + debits_posted <= credits_posted)
    )
    """

# A CHECK can't be changed: the table is emptied, made anew and filled again. The transfers that
# refer to it wait until the commit.
REBUILD = (
    "PRAGMA defer_foreign_keys = ON",
    "CREATE TEMP TABLE account_kept AS SELECT * FROM account",
    "DROP TABLE account",
    ACCOUNT,
    "INSERT INTO account SELECT * FROM account_kept",
    "DROP TABLE account_kept",
    "INSERT INTO account (id, kind, may_overdraw) VALUES ('expired', 'expired', 0)",
    "INSERT INTO account (id, kind, may_overdraw) VALUES ('corrections', 'corrections', 1)",
)

GRANTS = """
    SELECT id, cause, code, amount, created_at, substr(credit_account, 8) AS organization
    FROM transfer WHERE kind = 'posted' AND credit_account LIKE 'wallet:%' ORDER BY id
"""
SPENDS = """
    SELECT id, kind, amount, substr(debit_account, 8) AS organization FROM transfer
    WHERE debit_account LIKE 'wallet:%' AND amount > 0 AND (kind = 'post_hold' OR kind = 'hold'
        AND NOT EXISTS (SELECT 1 FROM transfer AS later WHERE later.hold_id = transfer.id))
    ORDER BY kind DESC, id
"""


def upgrade(tx: Connection) -> None:
    """Add tables and columns, then make lots of what is in the wallets."""
    for statement in STATEMENTS + REBUILD:
        tx.exec_driver_sql(statement)
    lots: dict[str, list[dict[str, int]]] = {}
    for row in tx.exec_driver_sql(GRANTS).all():
        kind = row.code if row.code in ("welcome", "gift") else "manual"
        new = (row.organization, kind, row.cause, row.amount, row.created_at)
        lot_id = tx.exec_driver_sql(
            "INSERT INTO lot (organization_id, kind, cause, amount, created_at)"
            " VALUES (?, ?, ?, ?, ?) RETURNING id",
            new,
        ).scalar_one()
        fresh = {"id": lot_id, "free": row.amount, "held": 0, "spent": 0}
        lots.setdefault(row.organization, []).append(fresh)
    for row in tx.exec_driver_sql(SPENDS).all():
        _spend(tx, lots[row.organization], row.id, row.kind, row.amount)
    for each in (one for several in lots.values() for one in several):
        sums = (each["held"], each["spent"], each["id"])
        tx.exec_driver_sql("UPDATE lot SET held = ?, spent = ? WHERE id = ?", sums)


def _spend(
    tx: Connection, lots: list[dict[str, int]], transfer_id: int, kind: str, amount: int
) -> None:
    for each in lots:
        taken = min(amount, each["free"])
        if taken:
            each["free"] -= taken
            each["held" if kind == "hold" else "spent"] += taken
            use = (transfer_id, each["id"], taken)
            tx.exec_driver_sql("INSERT INTO lot_use VALUES (?, ?, ?)", use)
        amount -= taken
        if not amount:
            return
    raise AssertionError(f"transfer {transfer_id} spends more than was ever granted")
