"""Settings -> database, storage, queue, ledger: the same rooms for web, worker and commands."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from mutoscope.billing import Billing, PaymentProvider
from mutoscope.billing.payments.stripe import Stripe
from mutoscope.callbacks import Outbox
from mutoscope.catalog import Catalog
from mutoscope.core.clock import Clock, SystemClock
from mutoscope.core.errors import StorageFull
from mutoscope.db import migrate, open_sqlite
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import (
    CallbackSecrets,
    Credentials,
    Invitations,
    Keys,
    People,
    Person,
    Projects,
    Role,
    Scope,
    Seal,
    SignOn,
    SignOnTerms,
)
from mutoscope.jobs import JobQueue
from mutoscope.ledger import Budgets, Ledger
from mutoscope.outbound import AllowedHosts, Outbound, Purpose
from mutoscope.policy import WordList
from mutoscope.settings import Settings
from mutoscope.storage import FilesystemBlobStore
from mutoscope.trail import Trail

log = structlog.get_logger()

DATABASE = "mutoscope.db"
BLOBS = "blobs"
MODELS = "models"
DEFAULT_MODEL = "default_model"
SCRATCH = "scratch"
WORKERS = "workers"
MASTER_KEY = "master.key"
CREDENTIALS = "credentials.json"
LOCK = "serve.lock"
# Where people reached the server that ran here last, for the commands beside it.
ADDRESS = "serve.url"
ADMINISTRATOR = "admin@localhost"
JSON = ("application/json", "application/jwk-set+json")


def open_seal(settings: Settings) -> Seal:
    """The master key of this data folder."""
    _make_folder(settings.data)
    return Seal.from_file(settings.data / MASTER_KEY)


def open_rooms(settings: Settings, seal: Seal) -> Rooms:
    """Open the data folder, bring its database up to date and found the house if it is new."""
    _make_folder(settings.data)
    clock = SystemClock()
    outbox = Outbox(clock)
    ledger = Ledger(clock)
    database = open_sqlite(settings.data / DATABASE)
    for name in migrate(database, clock):
        log.info("database migrated", migration=name)
    rooms = Rooms(
        clock=clock,
        database=database,
        blobs=FilesystemBlobStore(settings.data / BLOBS),
        catalog=Catalog(settings.data / MODELS, default_file=settings.data / DEFAULT_MODEL),
        ledger=ledger,
        budgets=Budgets(clock),
        billing=Billing(
            clock, ledger, daily_credits=settings.daily_amount, provider=_provider(settings)
        ),
        jobs=JobQueue(
            clock,
            lease_seconds=settings.lease_seconds,
            attempts_max=settings.attempts_max,
            on_move=outbox.on_move,
        ),
        people=People(clock),
        projects=Projects(clock),
        invitations=Invitations(clock),
        trail=Trail(clock),
        keys=Keys(clock, seal),
        callback_secrets=CallbackSecrets(clock, seal),
        outbox=outbox,
        outbound=Outbound(AllowedHosts.parse(settings.allowed_hosts)),
        words=WordList(clock),
        jobs_at_once_max=settings.jobs_at_once_max or None,
        sign_on=_sign_on(settings, clock),
    )
    _found(rooms, settings)
    return rooms


def _provider(settings: Settings) -> PaymentProvider | None:
    """Who takes the money, where somebody is set up to."""
    key = settings.stripe_api_key.get_secret_value()
    secret = settings.stripe_webhook_secret.get_secret_value()
    return Stripe(key, secret, api_base=settings.stripe_api_base) if key and secret else None


def _sign_on(settings: Settings, clock: Clock) -> SignOn | None:
    """The single sign-on, if one is set. Its provider may be reached because it is set."""
    if not settings.sso_issuer:
        return None
    place = urlsplit(settings.sso_issuer).netloc
    way_out = Outbound(AllowedHosts.parse(f"{settings.allowed_hosts},{place}+private"))
    purpose = Purpose("MUTOSCOPE_SSO_ISSUER", "sign in by a password")
    terms = SignOnTerms(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        client_secret=settings.sso_client_secret.get_secret_value(),
        domains=frozenset(d.strip().lower() for d in settings.sso_domains.split(",") if d.strip()),
        role_of_strangers=Role(settings.sso_role) if settings.sso_role else None,
    )

    def get(url: str) -> bytes:
        return way_out.fetch(url, purpose, bytes_max=2**20, media_types=JSON)

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        return way_out.ask(url, purpose, body, headers, bytes_max=2**20, media_types=JSON)

    return SignOn(terms, clock, get, post)


def local_owner(rooms: Rooms) -> Owner:
    """On whose behalf the command line works: the first administrator."""
    person = administrator(rooms)
    return Owner(person.organization_id, person.project_id, person_id=person.id)


def administrator(rooms: Rooms) -> Person:
    """The first administrator, there since the first start."""
    with rooms.database.snapshot() as tx:
        person = rooms.people.administrator(tx)
    assert person is not None, "founded when the rooms were opened"
    return person


def _found(rooms: Rooms, settings: Settings) -> None:
    """First start: an organization with a project, an administrator, a wallet and a key."""
    with rooms.database.snapshot() as tx:
        if rooms.people.first_organization(tx) is not None:
            return
    with rooms.database.transaction() as tx:
        if rooms.people.first_organization(tx) is not None:
            return
        rooms.ledger.open_books(tx)
        organization, project = rooms.people.found_organization(tx, "Mutoscope")
        person = rooms.people.add(
            tx, organization, name="Administrator", email=ADMINISTRATOR, role="owner"
        )
        rooms.ledger.open_wallet(tx, organization)
        if settings.welcome_credits:
            rooms.ledger.grant(
                tx, organization, settings.welcome_amount, code="welcome", cause="welcome"
            )
        credentials = rooms.keys.create(
            tx, organization, project, "first", scopes=frozenset(Scope), created_by=person
        )
        _write_credentials(settings.data / CREDENTIALS, credentials)
    log.info("first start", data=str(settings.data), credentials=CREDENTIALS)


def _write_credentials(path: Path, credentials: Credentials) -> None:
    """Write the first API credentials where only the owner of the data can read them."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(credentials), file, indent=2)
        file.write("\n")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageFull(f"the data folder {path} can't be made: {error.strerror}") from error
