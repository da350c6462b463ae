"""Every table, on one page.

Times are milliseconds since 1970, UTC. Amounts are thousandths of a credit. `migrations/` builds
this in the database; a test compares the two.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

metadata = MetaData()

# SQLite gives a rowid table only to a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def _time(name: str, *, nullable: bool = False) -> "Column[int]":
    return Column(name, BigInteger, nullable=nullable)


# --- people ---------------------------------------------------------------------------------

organization = Table(
    "organization",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    _time("created_at"),
    # Where its midnights are: an IANA name. Days and months of credits end there.
    Column("time_zone", Text, nullable=False, server_default="UTC"),
)

project = Table(
    "project",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    _time("created_at"),
    # Nothing new is made in it after that.
    _time("archived_at", nullable=True),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    _time("disabled_at", nullable=True),
    _time("created_at"),
    CheckConstraint(
        "role IN ('owner', 'admin', 'producer', 'creator', 'viewer')", name="person_role"
    ),
)

outside_identity = Table(
    "outside_identity",
    metadata,
    # What an identity provider calls somebody: an address may pass to another, this never does.
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    _time("created_at"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    # For this address only; NULL for whoever holds the link.
    Column("email", Text),
    Column("invited_by", ForeignKey("person.id")),
    _time("created_at"),
    _time("expires_at"),
    _time("ended_at", nullable=True),
    # Who came by it; NULL with an end is a revoked one.
    Column("person_id", ForeignKey("person.id")),
    CheckConstraint(
        "role IN ('owner', 'admin', 'producer', 'creator', 'viewer')", name="invitation_role"
    ),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    _time("expires_at"),
    _time("used_at", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    _time("created_at"),
    _time("expires_at"),
    # The project they work in; NULL for the organization's first.
    Column("project_id", Text),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    # One credential, two ways to prove it: a bearer string, or a JWT signed with the secret key.
    Column("api_key_hash", Text, nullable=False, unique=True),
    Column("access_key", Text, nullable=False, unique=True),
    Column("secret_key_sealed", LargeBinary, nullable=False),
    _time("created_at"),
    _time("revoked_at", nullable=True),
    # Where it may be used from, with commas between; NULL for anywhere.
    Column("networks", Text),
    # What it may be used for, with blanks between.
    Column(
        "scopes",
        Text,
        nullable=False,
        server_default="generations:read generations:write files:read credits:read",
    ),
    # NULL for never.
    _time("expires_at", nullable=True),
    # To the minute.
    _time("last_used_at", nullable=True),
    # On whose behalf it speaks: it can do no more than they can, and their cap is its cap.
    Column("created_by", Text),
)

# --- the audit trail ------------------------------------------------------------------------

trail_entry = Table(
    "trail_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    # Who: a person, a key on a person's behalf, or neither for the house itself.
    Column("person_id", Text),
    Column("key_id", Text),
    # What: domain.resource.verb
    Column("verb", Text, nullable=False),
    # To what or whom.
    Column("subject", Text, nullable=False),
    # The rest, as JSON.
    Column("facts", Text, nullable=False, server_default="{}"),
    _time("at"),
    Index("trail_by_organization", "organization_id", "id"),
)


def _only_added_to(table: Table, name: str, *, unique: tuple[str, ...] = ("id",)) -> None:
    """Have the database itself refuse to change or remove a line."""
    same = " OR ".join(f"{column} = NEW.{column}" for column in unique)
    # REPLACE removes a line without the trigger of DELETE.
    there = f"SELECT 1 FROM {table.name} WHERE {same}"  # noqa: S608 - names of our own
    replaced = f"INSERT ON {table.name} WHEN EXISTS ({there})"
    for verb, when in (
        ("update", f"UPDATE ON {table.name}"),
        ("delete", f"DELETE ON {table.name}"),
        ("replace", replaced),
    ):
        trigger = (
            f"CREATE TRIGGER {name}_keeps_{verb} BEFORE {when}"
            f" BEGIN SELECT RAISE(ABORT, 'the {name} is only ever added to'); END"
        )
        event.listen(table, "after_create", DDL(trigger))  # type: ignore[no-untyped-call]  # SQLAlchemy's own is untyped


_only_added_to(trail_entry, "trail")

# --- generations ----------------------------------------------------------------------------

generation = Table(
    "generation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("api_key_id", ForeignKey("api_key.id")),
    Column("person_id", ForeignKey("person.id")),
    Column("task", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    # The whole GenerationRequest, and what the caller's dialect wants echoed back.
    Column("request", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("dialect_echo", Text, nullable=False, server_default="{}"),
    Column("external_task_id", Text),
    Column("quote", BigInteger, nullable=False),
    Column("cost", BigInteger),
    Column("error_code", Text),
    Column("error_detail", Text),
    Column("notes", Text, nullable=False, server_default="[]"),
    Column("timings", Text, nullable=False, server_default="{}"),
    _time("created_at"),
    _time("deleted_at", nullable=True),
    # Quoted by this row of `price`, 0 for the catalogue's own; NULL before there were any.
    Column("price_version", BigInteger),
    Column("unit_price", BigInteger),
    # What people made of it: one to five stars, and when it was thrown away, if it was.
    Column("rating", Integer),
    _time("trashed_at", nullable=True),
    # The generation that this one is a remix, another take or the continuation of.
    Column("made_from", BigInteger),
    CheckConstraint("quote >= 0", name="quote_positive"),
    CheckConstraint("cost IS NULL OR (cost >= 0 AND cost <= quote)", name="cost_within_quote"),
    Index("generation_by_project", "organization_id", "project_id", "id"),
    Index("generation_by_organization", "organization_id", "id"),
    Index("generation_made_from", "made_from", sqlite_where=text("made_from IS NOT NULL")),
    Index("generation_trashed", "trashed_at", sqlite_where=text("trashed_at IS NOT NULL")),
    # For the retention, which goes from the oldest that is still there.
    Index("generation_kept", "id", sqlite_where=text("deleted_at IS NULL")),
    Index(
        "generation_external_task",
        "organization_id",
        "external_task_id",
        unique=True,
        sqlite_where=text("external_task_id IS NOT NULL"),
    ),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("generation_id", ForeignKey("generation.id"), nullable=False),
    _time("created_at"),
)

asset = Table(
    "asset",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("generation_id", ForeignKey("generation.id"), nullable=False, index=True),
    # Which of the generation's results this belongs to, counted from 0.
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("blob", Text, nullable=False, index=True),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("fps", Integer, nullable=False),
    # A strip's index, as JSON.
    Column("facts", Text, nullable=False, server_default="{}"),
    _time("created_at"),
    UniqueConstraint("generation_id", "position", "kind", name="one_of_a_kind"),
    CheckConstraint(
        "kind IN ('video', 'image', 'thumbnail', 'strip', 'reference', 'watermarked', 'audio',"
        " 'wave')",
        name="asset_kind",
    ),
)

# What the administrator refuses to have made. `key` is what texts are compared with.
refused_word = Table(
    "refused_word",
    metadata,
    Column("key", Text, primary_key=True),
    Column("word", Text, nullable=False),
    _time("created_at"),
)

generation_preview = Table(
    "generation_preview",
    metadata,
    Column("generation_id", ForeignKey("generation.id"), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    _time("updated_at"),
)

# --- the library and its visitors -----------------------------------------------------------

collection = Table(
    "collection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    _time("created_at"),
)

collection_item = Table(
    "collection_item",
    metadata,
    Column("collection_id", ForeignKey("collection.id"), primary_key=True),
    Column("generation_id", ForeignKey("generation.id"), primary_key=True, index=True),
)

guest_link = Table(
    "guest_link",
    metadata,
    # Lets whoever holds it, without an account, watch one result, and say what they think of it.
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("generation_id", ForeignKey("generation.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    _time("created_at"),
    _time("expires_at"),
    _time("revoked_at", nullable=True),
    CheckConstraint("purpose IN ('watch', 'review')", name="guest_link_purpose"),
)

review_note = Table(
    "review_note",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("guest_link_id", ForeignKey("guest_link.id"), nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Of the film, in milliseconds; NULL for all of it.
    Column("moment_ms", BigInteger),
    Column("verdict", Text),
    _time("created_at"),
    CheckConstraint("verdict IN ('approved', 'changes')", name="review_verdict"),
)

# --- jobs -----------------------------------------------------------------------------------

job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("lane", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("attempts_max", Integer, nullable=False),
    Column("cancel_requested", Boolean(name="cancel_requested"), nullable=False),
    Column("lease_owner", Text),
    _time("lease_until", nullable=True),
    _time("run_after"),
    Column("stage", Text),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("steps", Integer, nullable=False, server_default="0"),
    # Of the whole job, in millionths: a share that only rises within an attempt.
    Column("progress_ppm", Integer, nullable=False, server_default="0"),
    _time("created_at"),
    _time("started_at", nullable=True),
    _time("ended_at", nullable=True),
    # Whose share of the queue it takes: an organization's id, which means nothing here.
    Column("tenant", Text, nullable=False, server_default=""),
    CheckConstraint(
        "state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')", name="job_state"
    ),
    CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_lease"),
    CheckConstraint(
        "(state IN ('succeeded', 'failed', 'canceled')) = (ended_at IS NOT NULL)",
        name="ended_has_time",
    ),
    CheckConstraint("attempt <= attempts_max", name="attempts_bounded"),
    Index(
        "job_to_claim",
        "lane",
        "run_after",
        "id",
        sqlite_where=text("state = 'queued'"),
    ),
    Index(
        "job_leased",
        "lease_until",
        sqlite_where=text("state = 'running'"),
    ),
    Index("job_under_way", "tenant", sqlite_where=text("ended_at IS NULL")),
)

job_event = Table(
    "job_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("job_id", ForeignKey("job.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    _time("at"),
)

# --- films ----------------------------------------------------------------------------------

film = Table(
    "film",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("title", Text, nullable=False),
    Column("brief", Text, nullable=False),
    Column("ratio", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    # The shot list, as JSON; every change makes a new revision of it.
    Column("shots", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("approved_revision", Integer),
    Column("approved_by", ForeignKey("person.id")),
    _time("approved_at", nullable=True),
    _time("created_at"),
    _time("updated_at"),
    _time("deleted_at", nullable=True),
    CheckConstraint(
        "(approved_revision IS NULL) = (approved_at IS NULL)", name="approved_has_time"
    ),
    Index("film_by_organization", "organization_id", "updated_at"),
)

film_take = Table(
    "film_take",
    metadata,
    # What was made for a film: of one shot, or of all joined where `shot_id` is NULL.
    Column("generation_id", ForeignKey("generation.id"), primary_key=True, autoincrement=False),
    Column("film_id", ForeignKey("film.id"), nullable=False, index=True),
    Column("shot_id", Text),
    Column("kind", Text, nullable=False),
    # Of the shot, or of all, as it was when this was asked for.
    Column("fingerprint", Text, nullable=False),
    CheckConstraint("kind IN ('draft', 'final')", name="take_kind"),
)

# --- callbacks ------------------------------------------------------------------------------

callback = Table(
    "callback",
    metadata,
    # Generations that want their caller to be told; most don't.
    Column("generation_id", ForeignKey("generation.id"), primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("url", Text, nullable=False),
    # How the caller reaches this service: links in the callback begin with it.
    Column("base_url", Text, nullable=False),
    _time("created_at"),
)

delivery = Table(
    "delivery",
    metadata,
    # Rising in the order of what happened: a generation's news is delivered in that order.
    Column("id", Id, primary_key=True, autoincrement=True),
    # What the receiver knows it by: the same on every try.
    Column("message_id", Text, nullable=False, unique=True),
    Column("generation_id", ForeignKey("callback.generation_id"), nullable=False, index=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    # The news: that the job came to this state.
    Column("state", Text, nullable=False),
    Column("status", Text, nullable=False),
    # Since it was due for the first time, or replayed.
    Column("tries", Integer, nullable=False, server_default="0"),
    _time("due_at"),
    _time("leased_until", nullable=True),
    # Written before the first try, so that every try sends the same.
    Column("body", LargeBinary),
    _time("created_at"),
    _time("ended_at", nullable=True),
    CheckConstraint("status IN ('pending', 'delivered', 'given_up')", name="delivery_status"),
    CheckConstraint("(status = 'pending') = (ended_at IS NULL)", name="delivery_ended"),
    Index("delivery_due", "due_at", sqlite_where=text("status = 'pending'")),
    Index("delivery_by_organization", "organization_id", "id"),
)

delivery_try = Table(
    "delivery_try",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    # The HTTP status; none when nobody answered.
    Column("answer", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Column("milliseconds", Integer, nullable=False),
    _time("at"),
)

callback_secret = Table(
    "callback_secret",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("secret_sealed", LargeBinary, nullable=False),
    _time("created_at"),
    # Set when a newer one takes over.
    _time("ends_at", nullable=True),
)

# --- credits --------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("may_overdraw", Boolean(name="may_overdraw"), nullable=False),
    Column("debits_pending", BigInteger, nullable=False, server_default="0"),
    Column("debits_posted", BigInteger, nullable=False, server_default="0"),
    Column("credits_pending", BigInteger, nullable=False, server_default="0"),
    Column("credits_posted", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(
        "kind IN ('wallet', 'revenue', 'issued', 'expired', 'corrections')", name="account_kind"
    ),
    CheckConstraint(
        "debits_pending >= 0 AND debits_posted >= 0"
        " AND credits_pending >= 0 AND credits_posted >= 0",
        name="sums_positive",
    ),
    CheckConstraint(
        "may_overdraw OR debits_pending + debits_posted <= credits_posted", name="not_overdrawn"
    ),
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    # What caused it, so that a repeat finds the first instead of paying twice.
    Column("cause", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("debit_account", ForeignKey("account.id"), nullable=False),
    Column("credit_account", ForeignKey("account.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    # The hold that this one settles or returns: each hold at most once.
    Column("hold_id", ForeignKey("transfer.id"), unique=True),
    Column("subject", Text, nullable=False, server_default=""),
    _time("created_at"),
    # For whom, where it was for somebody: statements are told apart by them.
    Column("project_id", Text),
    Column("person_id", Text),
    CheckConstraint("kind IN ('posted', 'hold', 'post_hold', 'void_hold')", name="transfer_kind"),
    CheckConstraint(
        "(kind IN ('post_hold', 'void_hold')) = (hold_id IS NOT NULL)", name="hold_resolved"
    ),
    CheckConstraint("amount >= 0", name="amount_positive"),
    CheckConstraint("debit_account <> credit_account", name="two_accounts"),
    Index("transfer_by_debit", "debit_account", "id"),
    Index("transfer_by_credit", "credit_account", "id"),
)

_only_added_to(transfer, "ledger", unique=("id", "cause", "hold_id"))

time_mark = Table(
    "time_mark",
    metadata,
    # One row: the latest time that is believed, whatever the clock says afterwards.
    Column("id", Integer, primary_key=True),
    _time("highest_at"),
    _time("doubted_since", nullable=True),
    CheckConstraint("id = 1", name="one_time_mark"),
)
closing = Table(
    "closing",
    metadata,
    # Lines of one wallet, told by their ids, that are summed up: mostly those of a month.
    Column("id", Id, primary_key=True),
    Column("account", ForeignKey("account.id"), nullable=False),
    Column("after_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    _time("earliest_at"),
    _time("latest_at"),
    _time("created_at"),
    CheckConstraint("after_id < last_id AND earliest_at <= latest_at", name="closing_forwards"),
    UniqueConstraint("account", "after_id", name="closed_once"),
)
closing_sum = Table(
    "closing_sum",
    metadata,
    # What they changed the wallet by, for each project and person apart.
    Column("closing_id", ForeignKey("closing.id"), nullable=False, index=True),
    Column("project_id", Text),
    Column("person_id", Text),
    Column("change", BigInteger, nullable=False),
)
lot = Table(
    "lot",
    metadata,
    # The wallet's sub-ledger: credits that came together and expire together.
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False),
    Column("kind", Text, nullable=False),
    # The transfer that filled it has the same.
    Column("cause", Text, nullable=False, unique=True),
    Column("amount", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    Column("expired", BigInteger, nullable=False, server_default="0"),
    # NULL for never.
    _time("expires_at", nullable=True),
    _time("created_at"),
    CheckConstraint(
        "kind IN ('daily', 'gift', 'plan', 'topup', 'redeem', 'manual', 'welcome', 'refund')",
        name="lot_kind",
    ),
    CheckConstraint("held >= 0 AND spent >= 0 AND expired >= 0", name="lot_positive"),
    CheckConstraint("held + spent + expired <= amount", name="lot_not_overspent"),
    Index(
        "lot_open",
        "organization_id",
        sqlite_where=text("spent + expired < amount"),
    ),
)

lot_use = Table(
    "lot_use",
    metadata,
    # Which lots a transfer took, charged or emptied, and how much of each.
    Column("transfer_id", ForeignKey("transfer.id"), primary_key=True),
    Column("lot_id", ForeignKey("lot.id"), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    CheckConstraint("amount > 0", name="use_positive"),
)

budget = Table(
    "budget",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    # A project's budget or a person's cap.
    Column("scope", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("limit", BigInteger, nullable=False),
    _time("created_at"),
    _time("ended_at", nullable=True),
    CheckConstraint("scope IN ('project', 'person')", name="budget_scope"),
    CheckConstraint("period IN ('day', 'month', 'total')", name="budget_period"),
    CheckConstraint('"limit" >= 0', name="budget_positive"),
    Index(
        "budget_in_force",
        "subject_id",
        "scope",
        "period",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
    ),
)

budget_window = Table(
    "budget_window",
    metadata,
    # One day or month of a budget ("2026-11-27", "2026-11", "total") and what went through it.
    Column("budget_id", ForeignKey("budget.id"), primary_key=True),
    Column("window", Text, primary_key=True),
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("held >= 0 AND spent >= 0", name="window_positive"),
)

budget_use = Table(
    "budget_use",
    metadata,
    # Which windows a hold or a charge counts in.
    Column("transfer_id", ForeignKey("transfer.id"), primary_key=True),
    Column("budget_id", ForeignKey("budget.id"), primary_key=True),
    Column("window", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

budget_alert = Table(
    "budget_alert",
    metadata,
    Column("budget_id", ForeignKey("budget.id"), primary_key=True),
    Column("window", Text, primary_key=True),
    Column("percent", Integer, primary_key=True),
    _time("at"),
    CheckConstraint("percent IN (50, 80, 100)", name="alert_percent"),
)

price = Table(
    "price",
    metadata,
    # Never changed: a new price is a new row. Where there is none, the catalogue's own holds.
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("model", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    _time("valid_from"),
    _time("created_at"),
    # For one task only; NULL for all that are priced by the unit.
    Column("task", Text),
    CheckConstraint("unit IN ('second', 'picture')", name="price_unit"),
    CheckConstraint("amount >= 0", name="price_positive"),
    Index("price_by_model", "model", "valid_from"),
)

# --- plans and payments ---------------------------------------------------------------------

plan = Table(
    "plan",
    metadata,
    Column("id", Text, primary_key=True),
    # A subscription brings its credits every month, a pack once.
    Column("kind", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    # Cents, fen: the smallest unit of the currency.
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("credits", BigInteger, nullable=False),
    # How long a pack's credits last; NULL for ever. A subscription's last as long as its month.
    Column("credits_last_days", Integer),
    Column("daily_credits", BigInteger, nullable=False, server_default="0"),
    # What a subscriber may do; NULL for what the house allows everyone.
    Column("jobs_at_once", Integer),
    Column("models", Text),
    Column("sizes", Text),
    Column("retention_days", Integer),
    _time("created_at"),
    _time("archived_at", nullable=True),
    CheckConstraint("kind IN ('subscription', 'pack')", name="plan_kind"),
    CheckConstraint(
        "price_minor >= 0 AND credits >= 0 AND daily_credits >= 0", name="plan_positive"
    ),
)

subscription = Table(
    "subscription",
    metadata,
    Column("organization_id", ForeignKey("organization.id"), primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), nullable=False),
    Column("status", Text, nullable=False),
    _time("period_start"),
    _time("period_end"),
    # The day of the month it renews on; the last one where a month is shorter.
    Column("anchor_day", Integer, nullable=False),
    # Who collects the money: empty for the house itself.
    Column("provider", Text, nullable=False, server_default=""),
    Column("provider_ref", Text, unique=True),
    _time("updated_at"),
    CheckConstraint("status IN ('active', 'past_due', 'canceled')", name="subscription_status"),
)

purchase = Table(
    "purchase",
    metadata,
    # An order: what somebody wants to buy, and whether they paid.
    Column("id", Text, primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id")),
    Column("plan_id", ForeignKey("plan.id"), nullable=False),
    # As it was when it was ordered, whatever becomes of the plan.
    Column("kind", Text, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("provider", Text, nullable=False),
    # The provider's payment; one payment pays one order.
    Column("provider_ref", Text, unique=True),
    _time("created_at"),
    _time("paid_at", nullable=True),
    CheckConstraint("status IN ('pending', 'paid', 'canceled')", name="purchase_status"),
    CheckConstraint("(status = 'paid') = (paid_at IS NOT NULL)", name="paid_has_time"),
)

invoice = Table(
    "invoice",
    metadata,
    # Without gaps: in the order in which they were paid.
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("purchase_id", ForeignKey("purchase.id"), nullable=False, unique=True),
    Column("organization_id", ForeignKey("organization.id"), nullable=False, index=True),
    Column("buyer", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    _time("issued_at"),
)

payment_name = Table(
    "payment_name",
    metadata,
    # What a provider calls a payment elsewhere: its intent, its invoice. Refunds come by these.
    Column("provider", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("purchase_id", ForeignKey("purchase.id"), nullable=False),
)
purchase_refund = Table(
    "purchase_refund",
    metadata,
    # Money that a provider paid back: the credits due for it, and those that were still there.
    Column("provider", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("purchase_id", ForeignKey("purchase.id"), nullable=False, index=True),
    Column("due", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    _time("created_at"),
    CheckConstraint("0 <= taken AND taken <= due", name="taken_of_due"),
)
surplus_subscription = Table(
    "surplus_subscription",
    metadata,
    # Paid for while another plan was collected, and ended at once: news of it changes nothing.
    Column("provider", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("purchase_id", ForeignKey("purchase.id"), nullable=False),
    _time("created_at"),
)
payment_event = Table(
    "payment_event",
    metadata,
    # What a provider told us, once each: a repeat finds its first.
    Column("provider", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    _time("received_at"),
)

code_batch = Table(
    "code_batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("credits", BigInteger, nullable=False),
    # How long the credits last once redeemed; NULL for ever.
    Column("credits_last_days", Integer),
    # Until when its codes may be redeemed; NULL for ever.
    _time("expires_at", nullable=True),
    _time("created_at"),
    _time("ended_at", nullable=True),
    CheckConstraint("credits > 0", name="batch_positive"),
)

redeem_code = Table(
    "redeem_code",
    metadata,
    # The code itself is shown once, to whoever made the batch.
    Column("code_hash", Text, primary_key=True),
    Column("batch_id", ForeignKey("code_batch.id"), nullable=False, index=True),
    Column("organization_id", ForeignKey("organization.id")),
    Column("person_id", ForeignKey("person.id")),
    _time("redeemed_at", nullable=True),
    CheckConstraint(
        "(redeemed_at IS NULL) = (organization_id IS NULL)", name="redeemed_by_somebody"
    ),
)

# --- housekeeping ---------------------------------------------------------------------------

schema_version = Table(
    "schema_version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    _time("applied_at"),
)
