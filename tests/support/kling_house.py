"""A service as Kling's clients see it, with a worker whose renderer is quick and can fail."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.flat_renderer import FlatRenderer
from tests.support.kling_client import KlingClient
from tests.support.web import Service

from mutoscope.core.ids import GenerationId
from mutoscope.core.state import JobState
from mutoscope.generations import Generation, find
from mutoscope.generations.files import FileMaker
from mutoscope.generations.run import Runner
from mutoscope.ledger import Balance
from mutoscope.worker import lanes_here


@dataclass(frozen=True)
class KlingHouse:
    """The product in a test's words."""

    service: Service
    renderer: FlatRenderer = field(default_factory=FlatRenderer)

    def client(self, base: str = "") -> KlingClient:
        """A client that signs its tokens with the first key."""
        keys = self.service.credentials
        return KlingClient(self.service.client, keys.access_key, keys.secret_key, base)

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """One request, with the first API key unless other headers are given; the reply as is."""
        options.setdefault("headers", self.service.headers)
        return self.service.client.request(method, path, json=body, **options)

    def refusal(self, path: str, body: Any) -> tuple[int, int, str]:
        """Status, code and message of a POST that must be refused, leaving nothing behind."""
        before = self.held()
        reply = self.ask("POST", path, body)
        content = reply.json()
        assert set(content) == {"code", "message", "request_id"}, content
        assert self.held() == before
        return reply.status_code, content["code"], content["message"]

    def work(self) -> JobState:
        """Run the next job to its end."""
        rooms = self.service.rooms
        with rooms.database.transaction() as tx:
            claim = rooms.jobs.claim(tx, owner="test", lanes=lanes_here())
        assert claim is not None, "nothing to do"
        maker = FileMaker(rooms.blobs, rooms.clock, "Mutoscope", b"k" * 32)
        Runner(rooms, self.renderer, maker, self.service.settings.data / "scratch")(claim)
        with rooms.database.snapshot() as tx:
            return rooms.jobs.find(tx, claim.job_id).state

    def find(self, task_id: str) -> Generation:
        """A generation of the first key's, past the API."""
        with self.service.rooms.database.snapshot() as tx:
            return find(tx, self.service.owner().organization_id, GenerationId(int(task_id)))

    def held(self) -> int:
        """Thousandths of a credit that are set aside."""
        return self._balance().held

    def available(self) -> int:
        """Thousandths of a credit that may be spent."""
        return self._balance().available

    def _balance(self) -> Balance:
        rooms = self.service.rooms
        with rooms.database.snapshot() as tx:
            return rooms.ledger.balance(tx, self.service.owner().organization_id)
