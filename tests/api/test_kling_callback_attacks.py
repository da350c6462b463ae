"""Callbacks that a careful receiver must not believe, and callbacks of other tenants."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.elsewhere import Elsewhere, elsewhere, reply
from tests.support.kling_house import KlingHouse
from tests.support.kling_receiver import Receiver, Refused
from tests.support.web import Service, open_service

from mutoscope.identity import Scope
from mutoscope.worker import Workbench

CALLBACKS = "/api/v1/callbacks"
# The reference's test vector.
VECTOR_SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
VECTOR_BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,'
    b'"update_time":1781080794151}'
)
VECTOR_HEADERS = {
    "Webhook-Id": "9876543210",
    "webhook-timestamp": "1781080794",
    "WEBHOOK-SIGNATURE": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}
THEN = 1781080794.0


@dataclass
class House:
    """A house whose callbacks arrive at one place, signed."""

    kling: KlingHouse
    place: Elsewhere
    secret: str

    @property
    def service(self) -> Service:
        return self.kling.service

    def submit(self) -> str:
        body = {"prompt": "a cat", "callback_url": self.place.url("/hook", host="127.0.0.1")}
        return str(self.kling.client().call("POST", "/v1/videos/text2video", body)["task_id"])

    def deliver(self) -> list[tuple[dict[str, str], bytes]]:
        """Deliver what is due; headers and body of all that has arrived so far."""
        messenger = Workbench(self.service.settings, self.service.rooms).messenger()
        while messenger.deliver_one():
            pass
        arrived = []
        for request in self.place.requests:
            head, _, body = request.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")[1:]
            arrived.append((dict(line.split(": ", 1) for line in lines), body))
        return arrived

    def ask(self, method: str, path: str, who: Service | None = None) -> Any:
        client = self.service.client
        return client.request(method, path, headers=(who or self.service).headers)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    with elsewhere(*[reply()] * 4) as place:
        allowed = f"127.0.0.1:{place.port}+private"
        with open_service(folder / "data", allowed_hosts=allowed) as service:
            organization = service.owner().organization_id
            with service.rooms.database.transaction() as tx:
                secret = service.rooms.callback_secrets.draw(tx, organization, at_once=True)
            yield House(KlingHouse(service), place, secret)


def test_the_receiver_of_these_tests_follows_the_reference() -> None:
    heard = Receiver(VECTOR_SECRET).hear(VECTOR_HEADERS, VECTOR_BODY, now=THEN)
    assert heard == json.loads(VECTOR_BODY)


@pytest.mark.parametrize(
    ("changed", "body", "now", "reason"),
    [
        ({}, VECTOR_BODY.replace(b"succeeded", b"failed"), THEN, "forged"),
        ({}, VECTOR_BODY + b" ", THEN, "forged"),
        ({"Webhook-Id": "9876543211"}, VECTOR_BODY, THEN, "forged"),
        ({"webhook-timestamp": "1781080795"}, VECTOR_BODY, THEN, "forged"),
        ({"WEBHOOK-SIGNATURE": "v1,"}, VECTOR_BODY, THEN, "forged"),
        ({}, VECTOR_BODY, THEN + 301, "stale"),
        ({}, VECTOR_BODY, THEN - 301, "stale"),
    ],
)
def test_a_forged_or_stale_callback_is_refused(
    changed: dict[str, str], body: bytes, now: float, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        Receiver(VECTOR_SECRET).hear(VECTOR_HEADERS | changed, body, now=now)


def test_a_callback_that_somebody_recorded_is_refused_when_it_comes_again(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        ours.submit()
        [(headers, body)] = ours.deliver()
        receiver = Receiver(ours.secret)
        receiver.hear(headers, body, now=time.time())
        with pytest.raises(Refused, match="replayed"):
            receiver.hear(headers, body, now=time.time())
        # Even one that remembers nothing refuses it once it is old.
        with pytest.raises(Refused, match="stale"):
            Receiver(ours.secret).hear(headers, body, now=time.time() + 600)
        # A new moment needs a new signature.
        late = headers | {"webhook-timestamp": str(int(time.time()) + 600)}
        with pytest.raises(Refused, match="forged"):
            Receiver(ours.secret).hear(late, body, now=time.time() + 600)


def test_our_own_replay_is_signed_anew_under_the_same_id(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        ours.submit()
        ours.deliver()
        [sent] = ours.ask("GET", CALLBACKS).json()["items"]
        assert ours.ask("POST", f"{CALLBACKS}/{sent['id']}/replay").status_code == 200
        first, second = ours.deliver()
        assert first[1] == second[1]
        Receiver(ours.secret).hear(*second, now=time.time())
        receiver = Receiver(ours.secret)
        receiver.hear(*first, now=time.time())
        # Whoever has it already recognizes it by its id.
        with pytest.raises(Refused, match="replayed"):
            receiver.hear(*second, now=time.time())


def test_the_trail_tells_who_had_it_replayed(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        ours.submit()
        ours.deliver()
        [sent] = ours.ask("GET", CALLBACKS).json()["items"]
        path = f"{CALLBACKS}/{sent['id']}/replay"
        assert ours.ask("POST", path, ours.service.stranger()).status_code == 404
        assert ours.ask("POST", path).status_code == 200
        # It is on its way: not asked for again, and nothing more is told.
        assert ours.ask("POST", path).status_code == 409
        rooms, owner = ours.service.rooms, ours.service.owner()
        with rooms.database.snapshot() as tx:
            lines = rooms.trail.page(tx, owner.organization_id)
            key = rooms.keys.by_api_key(tx, ours.service.credentials.api_key)
        told = [line for line in lines if line.verb == "callbacks.delivery.replayed"]
        assert [(line.subject, line.key_id) for line in told] == [(str(sent["id"]), key.id)]


def test_another_tenants_secret_signs_nothing_of_ours(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        rival = ours.service.stranger()
        rooms = ours.service.rooms
        with rooms.database.transaction() as tx:
            key = rooms.keys.by_api_key(tx, rival.credentials.api_key)
            theirs = rooms.callback_secrets.draw(tx, key.organization_id, at_once=True)
        ours.submit()
        [(headers, body)] = ours.deliver()
        with pytest.raises(Refused, match="forged"):
            Receiver(theirs).hear(headers, body, now=time.time())


def test_another_tenants_history_is_not_there_and_can_not_be_replayed(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        task_id = ours.submit()
        ours.deliver()
        [sent] = ours.ask("GET", CALLBACKS).json()["items"]
        shown = ours.ask("GET", f"{CALLBACKS}/{sent['id']}").json()
        assert (shown["status"], shown["news"]) == ("delivered", "queued")
        assert [each["answer"] for each in shown["history"]] == [200]
        assert task_id in shown["body"]
        rival = ours.service.stranger()
        assert ours.ask("GET", CALLBACKS, rival).json() == {"items": []}
        asked = f"{CALLBACKS}?generation_id={task_id}"
        assert ours.ask("GET", asked, rival).json() == {"items": []}
        for method, path in (("GET", ""), ("POST", "/replay")):
            refused = ours.ask(method, f"{CALLBACKS}/{sent['id']}{path}", rival)
            assert refused.status_code == 404
            assert task_id not in refused.text
        assert ours.deliver() == ours.deliver()
        assert len(ours.place.requests) == 1
        assert ours.ask("GET", f"{CALLBACKS}/{sent['id']}").json() == shown


def test_a_key_that_may_only_read_replays_nothing(tmp_path: Path) -> None:
    with house(tmp_path) as ours:
        ours.submit()
        ours.deliver()
        [sent] = ours.ask("GET", CALLBACKS).json()["items"]
        rooms, owner = ours.service.rooms, ours.service.owner()
        with rooms.database.transaction() as tx:
            key = rooms.keys.create(
                tx,
                owner.organization_id,
                owner.project_id,
                "reader",
                scopes=frozenset({Scope.GENERATIONS_READ}),
            )
        headers = {"Authorization": f"Bearer {key.api_key}"}
        client = ours.service.client
        path = f"{CALLBACKS}/{sent['id']}/replay"
        assert client.post(path, headers=headers).status_code == 403
        assert client.get(f"{CALLBACKS}/{sent['id']}", headers=headers).status_code == 200
