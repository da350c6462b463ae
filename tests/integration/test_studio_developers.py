"""Keys, callbacks and the table of what is understood, on their pages."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.elsewhere import Elsewhere, elsewhere, reply
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service, open_service

from mutoscope.callbacks import Delivery
from mutoscope.core.state import DeliveryStatus
from mutoscope.generations import Generation, Messenger
from mutoscope.identity import Key, Scope

READS = {"scope": "generations:read"}


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def new_key(member: Visitor, name: str, **fields: str) -> str:
    page = member.post("/developers/keys", {"name": name} | READS | fields)
    found = re.search(r'id="new-api-key">(mk_[^<]+)<', page.text)
    assert found is not None, words_of(page)
    return found[1]


def key_named(member: Visitor, name: str) -> Key:
    with member.service.rooms.database.snapshot() as tx:
        keys = member.service.rooms.keys.list(tx, member.service.owner().organization_id)
    return next(key for key in keys if key.name == name)


def status(member: Visitor, key: str, path: str = "/generations") -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return member.web.get(f"/api/v1{path}", headers=headers).status_code


def test_a_key_is_shown_once_works_and_stops_working_when_revoked(member: Visitor) -> None:
    key = new_key(member, "editing script")
    assert key not in member.get("/developers").text
    assert "editing script" in words_of(member.get("/developers"))
    assert status(member, key) == 200
    ours = key_named(member, "editing script")
    assert member.post(f"/developers/keys/{ours.id}/revoke").status_code == 303
    assert status(member, key) == 401
    assert "editing script" not in words_of(member.get("/developers"))


def test_a_key_does_what_was_ticked_for_as_long_as_was_chosen(member: Visitor) -> None:
    key = new_key(member, "for a week", days="7")
    assert status(member, key) == 200
    assert status(member, key, "/credits") == 403
    made = key_named(member, "for a week")
    assert made.scopes == {Scope.GENERATIONS_READ}
    assert made.expires_at is not None
    # The two moments are read one after the other.
    assert abs(made.expires_at - made.created_at - 7 * 86_400_000) < 1000


def test_the_page_says_when_a_key_was_used_last(member: Visitor) -> None:
    key = new_key(member, "never used")
    assert "look at what was made never" in words_of(member.get("/developers"))
    status(member, key)
    assert "look at what was made just now" in words_of(member.get("/developers"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "  "} | READS, "A name of 1 to 80 characters"),
        ({"name": "x" * 81} | READS, "A name of 1 to 80 characters"),
        ({"name": "kept"}, "Choose at least one thing"),
        ({"name": "kept", "scope": "everything"}, "Choose at least one thing"),
        ({"name": "kept", "days": "soon"} | READS, "days are a whole number"),
        ({"name": "kept", "days": "0"} | READS, "1 to 3650 days"),
    ],
)
def test_a_form_that_makes_no_key_says_why_and_keeps_what_was_typed(
    member: Visitor, form: dict[str, str], said: str
) -> None:
    page = member.post("/developers/keys", form)
    assert page.status_code == 400
    assert said in words_of(page)
    assert f'value="{form["name"].strip()}"' in page.text


def test_a_key_is_used_from_the_networks_on_its_form_alone(member: Visitor) -> None:
    far = new_key(member, "far away", networks="203.0.113.7\n10.1.2.3/8")
    assert status(member, far) == 403
    made = key_named(member, "far away")
    assert str(made.networks) == "203.0.113.7/32,10.0.0.0/8"
    path = f"/developers/keys/{made.id}/networks"
    wrong = member.post(path, {"networks": "somewhere"})
    assert wrong.status_code == 400
    assert "Write addresses as 203.0.113.7" in words_of(wrong)
    assert str(key_named(member, "far away").networks) == "203.0.113.7/32,10.0.0.0/8"
    assert member.post(path, {"networks": " "}).status_code == 303
    assert status(member, far) == 200
    refused = member.post("/developers/keys", {"name": "near", "networks": "here"} | READS)
    assert refused.status_code == 400
    assert "here</textarea>" in refused.text
    assert "near" not in words_of(member.get("/developers"))


def test_every_snippet_carries_the_new_key_and_no_other_page_does(member: Visitor) -> None:
    page = member.post("/developers/keys", {"name": "snippets"} | READS).text
    secrets = re.findall(r'id="new-(?:api|access|secret)-key">([^<]+)<', page)
    snippets = "".join(re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL))
    assert len(secrets) == 3
    assert all(secret in snippets for secret in secrets)
    assert "mk_..." not in snippets
    assert "mk_..." in member.get("/developers").text


def test_the_table_says_what_the_dialect_says_in_both_languages(member: Visitor) -> None:
    said = words_of(member.get("/developers/support"))
    assert "Text to video POST /v1/videos/text2video GET /v1/videos/text2video/{task_id}" in said
    assert "Lip sync, one step" in said
    assert "not offered no installed model offers lip sync" in said
    chinese = visitor(member.service, "zh").come_in()
    assert "不提供 已安装的模型都不支持对口型" in words_of(chinese.get("/developers/support"))
    document = member.get("/developers/support/kling.md")
    assert document.headers["content-type"].startswith("text/plain")
    assert "## Fields of `POST /v1/videos/text2video`" in document.text
    assert member.get("/developers/support/nobody.md").status_code == 404


@dataclass(frozen=True)
class Post:
    """A member whose programs are told at a machine elsewhere."""

    member: Visitor
    place: Elsewhere

    def ask(self) -> None:
        service = self.member.service
        body = {"prompt": "a red car", "size": "480p", "seconds": 1}
        told = service.client.post(
            "/api/v1/generations",
            json=body | {"callback_url": self.place.url("/hook?of=theirs", "127.0.0.1")},
            headers=service.headers,
        )
        assert told.status_code == 202, told.text

    def deliver(self) -> None:
        rooms = self.member.service.rooms

        def render(generation: Generation, base_url: str) -> bytes:
            return json.dumps({"state": generation.state}).encode()

        Messenger(rooms, render).deliver_one()

    def only(self) -> Delivery:
        rooms = self.member.service.rooms
        with rooms.database.snapshot() as tx:
            (found,) = rooms.outbox.listing(tx, self.member.service.owner().organization_id)
        return found


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    handles = reply(status="500 Oh No"), reply()
    with elsewhere(*handles) as place:
        allowed = f"127.0.0.1:{place.port}+private"
        with open_service(tmp_path / "data", allowed_hosts=allowed) as service:
            yield Post(visitor(service).come_in(), place)


def test_a_callback_shows_its_tries_and_is_sent_again(post: Post) -> None:
    member = post.member
    assert "There are no callbacks here" in words_of(member.get("/developers/callbacks"))
    post.ask()
    post.deliver()
    path = f"/developers/callbacks/{post.only().id}"
    said = words_of(member.get(path))
    assert "On its way" in said
    assert "HTTP 500" in said
    assert '"state": "queued"' in said
    assert member.post(f"{path}/replay").status_code == 409
    with member.service.rooms.database.transaction() as tx:
        tx.exec_driver_sql("update delivery set due_at = 0")
    post.deliver()
    assert post.only().status is DeliveryStatus.DELIVERED
    assert "Queued" in words_of(member.get("/developers/callbacks?status=delivered"))
    assert "no callbacks here" in words_of(member.get("/developers/callbacks?status=given_up"))

    assert member.post(f"{path}/replay").status_code == 303
    post.deliver()
    assert words_of(member.get(path)).count("HTTP 200") == 2
    assert len(post.place.requests) == 3
    owner = member.service.owner()
    with member.service.rooms.database.snapshot() as tx:
        verbs = [line.verb for line in member.service.rooms.trail.page(tx, owner.organization_id)]
    assert "callbacks.delivery.replayed" in verbs


def test_callbacks_are_signed_once_a_secret_was_drawn(post: Post) -> None:
    page = post.member.post("/developers/callbacks/secret", {})
    found = re.search(r'id="new-secret">(whsec_[^<]+)<', page.text)
    assert found is not None
    assert found[1] not in post.member.get("/developers/callbacks").text
    post.ask()
    post.deliver()
    assert b"webhook-signature: v1," in post.place.requests[0].lower()


def test_who_only_looks_neither_sends_again_nor_draws_secrets(post: Post) -> None:
    post.ask()
    rooms, owner = post.member.service.rooms, post.member.service.owner()
    with rooms.database.transaction() as tx:
        person = rooms.people.add(
            tx, owner.organization_id, name="Ada", email="ada@example.com", role="viewer"
        )
        session = rooms.people.new_session(tx, person)
    ada = visitor(post.member.service)
    ada.web.cookies.set("mutoscope_session", session)
    path = f"/developers/callbacks/{post.only().id}"
    assert "<span>Draw a secret<" not in ada.get("/developers/callbacks").text
    assert "Send it again" not in words_of(ada.get(path))
    assert ada.post(f"{path}/replay").status_code == 403
    assert ada.post("/developers/callbacks/secret").status_code == 403
