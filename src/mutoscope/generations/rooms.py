"""The rooms that the use cases bring together, built once by `wiring.py`."""

from dataclasses import dataclass

from mutoscope.billing import Billing
from mutoscope.callbacks import Outbox
from mutoscope.catalog import Catalog
from mutoscope.core.clock import Clock
from mutoscope.db import Database
from mutoscope.identity import CallbackSecrets, Invitations, Keys, People, Projects, SignOn
from mutoscope.jobs import JobQueue
from mutoscope.ledger import Budgets, Ledger
from mutoscope.outbound import Outbound
from mutoscope.policy import WordList
from mutoscope.storage import BlobStore
from mutoscope.trail import Trail


@dataclass(frozen=True)
class Rooms:
    """Everything a use case may reach; each does its part inside one transaction."""

    clock: Clock
    database: Database
    blobs: BlobStore
    catalog: Catalog
    ledger: Ledger
    budgets: Budgets
    billing: Billing
    jobs: JobQueue
    people: People
    projects: Projects
    invitations: Invitations
    trail: Trail
    keys: Keys
    callback_secrets: CallbackSecrets
    outbox: Outbox
    outbound: Outbound
    words: WordList
    # How many generations an organization may have under way; None for as many as it likes.
    jobs_at_once_max: int | None = None
    # None where people sign in by passwords and links only.
    sign_on: SignOn | None = None
