"""A whole house in a temporary folder, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mutoscope.billing import Billing
from mutoscope.callbacks import Outbox
from mutoscope.catalog import Catalog
from mutoscope.core.clock import ManualClock
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import GenerationId, JobId
from mutoscope.core.request import Task, Wish
from mutoscope.core.state import JobState
from mutoscope.db import migrate, open_sqlite
from mutoscope.generations import (
    CallbackWish,
    Generation,
    Owner,
    Rooms,
    Submission,
    cancel,
    find,
    recover,
    submit,
)
from mutoscope.generations.store import record_success
from mutoscope.identity import CallbackSecrets, Invitations, Keys, People, Projects, Seal
from mutoscope.jobs import Claim, JobQueue
from mutoscope.ledger import Budgets, Discrepancy, Ledger, audit, open_holds
from mutoscope.outbound import AllowedHosts, Outbound
from mutoscope.policy import WordList
from mutoscope.storage import MemoryBlobStore
from mutoscope.trail import Trail

LEASE_SECONDS = 60
FIVE_SECONDS_COST = 10_000
LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class World:
    """The product in a test's words."""

    rooms: Rooms
    clock: ManualClock
    owner: Owner

    def wish(self, **changes: object) -> Wish:
        """Five seconds of something; `changes` are fields of the wish."""
        plain = Wish(prompt="a red car in the desert", task=Task.TEXT_TO_VIDEO, seed=7)
        return replace(plain, **changes)  # type: ignore[arg-type]

    def submit(
        self, key: str | None = None, callback: CallbackWish | None = None, **changes: object
    ) -> Generation:
        """Ask for a generation through the use case."""
        body = {name: str(value) for name, value in changes.items()}
        submission = Submission(
            wish=self.wish(**changes), idempotency_key=key, body=body, callback=callback
        )
        return submit(self.rooms, submission, self.owner)

    def claim(self, owner: str = "worker") -> Claim | None:
        """Claim the next job as a worker would."""
        with self.rooms.database.transaction() as tx:
            return self.rooms.jobs.claim(tx, owner=owner, lanes=["storyboard"])

    def succeed(self, claim: Claim, cost: int = FIVE_SECONDS_COST) -> None:
        """End a job well and charge for it, as a worker would."""
        with self.rooms.database.transaction() as tx:
            self.rooms.jobs.succeed(tx, claim)
            self.rooms.ledger.post(tx, str(claim.job_id), amount=Millicredits(cost))
            record_success(
                tx,
                GenerationId(claim.job_id),
                cost=Millicredits(cost),
                notes=(),
                timings={},
            )

    def cancel(self, generation_id: GenerationId) -> Generation:
        """Change one's mind."""
        return cancel(self.rooms, self.owner.organization_id, generation_id)

    def recover(self) -> int:
        """Look for the fallen."""
        return recover(self.rooms)

    def find(self, generation_id: GenerationId) -> Generation:
        """A generation as it stands."""
        with self.rooms.database.snapshot() as tx:
            return find(tx, self.owner.organization_id, generation_id)

    def state(self, generation_id: GenerationId) -> JobState:
        """Where a job is."""
        with self.rooms.database.snapshot() as tx:
            return self.rooms.jobs.find(tx, JobId(generation_id)).state

    def available(self) -> int:
        """What may be spent."""
        with self.rooms.database.snapshot() as tx:
            return self.rooms.ledger.balance(tx, self.owner.organization_id).available

    def held(self) -> int:
        """What is set aside."""
        with self.rooms.database.snapshot() as tx:
            return self.rooms.ledger.balance(tx, self.owner.organization_id).held

    def charges(self) -> int:
        """How many holds were charged."""
        with self.rooms.database.snapshot() as tx:
            lines = self.rooms.ledger.statement(tx, self.owner.organization_id, limit=10_000)
        return sum(line.kind == "post_hold" for line in lines)

    def discrepancies(self) -> list[Discrepancy]:
        """What does not add up."""
        with self.rooms.database.snapshot() as tx:
            return list(audit(tx))

    def open_holds(self) -> set[GenerationId]:
        """Generations with credits set aside."""
        with self.rooms.database.snapshot() as tx:
            return {GenerationId(int(hold.subject)) for hold in open_holds(tx)}


def make_world(
    folder: Path,
    *,
    millicredits: int = 1_000_000,
    attempts_max: int = 3,
    allowed_hosts: str = "",
) -> World:
    """Found a house with one organization, whose wallet holds `millicredits`.

    Every host that is allowed is on this machine.
    """
    clock = ManualClock()
    seal = Seal.from_file(folder / "master.key")
    outbox = Outbox(clock)
    ledger = Ledger(clock)
    database = open_sqlite(folder / "mutoscope.db")
    migrate(database, clock)
    rooms = Rooms(
        clock=clock,
        database=database,
        blobs=MemoryBlobStore(),
        catalog=Catalog(folder / "models"),
        ledger=ledger,
        budgets=Budgets(clock),
        billing=Billing(clock, ledger),
        jobs=JobQueue(
            clock,
            lease_seconds=LEASE_SECONDS,
            attempts_max=attempts_max,
            on_move=outbox.on_move,
        ),
        people=People(clock),
        projects=Projects(clock),
        invitations=Invitations(clock),
        trail=Trail(clock),
        keys=Keys(clock, seal),
        callback_secrets=CallbackSecrets(clock, seal),
        outbox=outbox,
        words=WordList(clock),
        outbound=Outbound(AllowedHosts.parse(allowed_hosts), resolve=lambda host, port: [LOCAL]),
    )
    with database.transaction() as tx:
        rooms.ledger.open_books(tx)
        organization, project = rooms.people.found_organization(tx, "Acme")
        rooms.ledger.open_wallet(tx, organization)
        if millicredits:
            amount = Millicredits(millicredits)
            rooms.ledger.grant(tx, organization, amount, code="gift", cause="first")
    return World(rooms, clock, Owner(organization, project))


def open_world(folder: Path, **options: Any) -> Iterator[World]:
    """A world that is closed after the test."""
    world = make_world(folder, **options)
    yield world
    world.rooms.database.close()
