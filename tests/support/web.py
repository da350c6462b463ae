"""The real web app over a temporary data folder, with a worker that runs when told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from mutoscope.app import build
from mutoscope.core.credits import Millicredits
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import Credentials, Scope
from mutoscope.settings import Settings
from mutoscope.wiring import CREDENTIALS, open_rooms, open_seal
from mutoscope.worker import Workbench


@dataclass(frozen=True)
class Service:
    """A house that answers HTTP."""

    client: TestClient
    rooms: Rooms
    settings: Settings
    credentials: Credentials

    @property
    def headers(self) -> dict[str, str]:
        """The Authorization of the first key."""
        return {"Authorization": f"Bearer {self.credentials.api_key}"}

    def work(self) -> int:
        """Run every job that is due; returns how many there were."""
        worker = Workbench(self.settings, self.rooms).worker()
        done = 0
        while worker.run_one():
            done += 1
        return done

    def stranger(self) -> "Service":
        """The same house, seen by another organization with a wallet of its own."""
        with self.rooms.database.transaction() as tx:
            organization, project = self.rooms.people.found_organization(tx, "Rival")
            self.rooms.ledger.open_wallet(tx, organization)
            self.rooms.ledger.grant(
                tx,
                organization,
                Millicredits(1_000_000),
                code="gift",
                cause=f"rival:{organization}",
            )
            credentials = self.rooms.keys.create(
                tx, organization, project, "rival", scopes=frozenset(Scope)
            )
        return Service(self.client, self.rooms, self.settings, credentials)

    def owner(self) -> Owner:
        """Whom the first key speaks for."""
        with self.rooms.database.snapshot() as tx:
            key = self.rooms.keys.by_api_key(tx, self.credentials.api_key)
        return Owner(key.organization_id, key.project_id, key_id=key.id, person_id=key.person_id)

    def spend_everything(self) -> None:
        """Leave nothing in the wallet."""
        owner = self.owner()
        with self.rooms.database.transaction() as tx:
            available = self.rooms.ledger.balance(tx, owner.organization_id).available
            self.rooms.ledger.reserve(tx, "everything", owner.organization_id, available)


@contextmanager
def open_service(folder: Path, **changes: object) -> Iterator[Service]:
    """A service of its own, with `changes` to the settings."""
    settings = Settings.model_validate({"data": folder, "events_poll_seconds": 0.02} | changes)
    seal = open_seal(settings)
    rooms = open_rooms(settings, seal)
    credentials = Credentials(**json.loads((folder / CREDENTIALS).read_text()))
    with TestClient(build(settings, rooms, seal), raise_server_exceptions=False) as client:
        yield Service(client, rooms, settings, credentials)
    rooms.database.close()
