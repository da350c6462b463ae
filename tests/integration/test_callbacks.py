import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from tests.support.elsewhere import Elsewhere, Handle, elsewhere, redirect, reply
from tests.support.world import World, make_world

from mutoscope.callbacks import PAUSES_SECONDS, Delivery, Errand, Try
from mutoscope.core.clock import SystemClock
from mutoscope.core.errors import Conflict, InsufficientCredits, NotFound, UrlRefused
from mutoscope.core.ids import OrganizationId
from mutoscope.core.state import DeliveryStatus, JobState
from mutoscope.generations import CallbackWish, Generation, Messenger, delete
from mutoscope.jobs import Claim
from mutoscope.outbound import AllowedHosts, Outbound

BASE = "https://me.example"
BROKEN = reply(status="500 Oh No")


def render(generation: Generation, base_url: str) -> bytes:
    """A dialect with few words."""
    return json.dumps([generation.state, len(generation.results), base_url]).encode()


@dataclass(frozen=True)
class Post:
    """A house whose callers hear from it at a machine elsewhere."""

    world: World
    place: Elsewhere

    def submit(self, path: str = "/hook") -> Generation:
        return self.world.submit(callback=CallbackWish(self.place.url(path), BASE))

    def deliver(self) -> int:
        """Deliver everything that is due; returns how many tries that took."""
        messenger = Messenger(self.world.rooms, render)
        tries = 0
        while messenger.deliver_one():
            tries += 1
        return tries

    def heard(self) -> list[str]:
        """The states that were told, in order."""
        return [json.loads(body_of(request))[0] for request in self.place.requests]

    def deliveries(self) -> list[Delivery]:
        """Oldest first."""
        with self.world.rooms.database.snapshot() as tx:
            found = self.world.rooms.outbox.listing(tx, self.world.owner.organization_id)
        return found[::-1]

    def history(self, delivery: Delivery) -> list[Try]:
        with self.world.rooms.database.snapshot() as tx:
            return self.world.rooms.outbox.history(tx, delivery.id)

    def claim(self) -> Errand:
        """Take a delivery in hand, as a messenger that is killed then."""
        with self.world.rooms.database.transaction() as tx:
            errand = self.world.rooms.outbox.claim(tx)
        assert errand is not None
        return errand

    def replay(self, delivery_id: int, organization_id: OrganizationId | None = None) -> None:
        owner = organization_id or self.world.owner.organization_id
        with self.world.rooms.database.transaction() as tx:
            self.world.rooms.outbox.replay(tx, owner, delivery_id)

    def run(self) -> Claim:
        """Claim the next job."""
        claim = self.world.claim()
        assert claim is not None
        return claim


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@contextmanager
def post(folder: Path, *handles: Handle) -> Iterator[Post]:
    with elsewhere(*(handles or (reply(),))) as place:
        world = make_world(folder, allowed_hosts=place.allowed)
        yield Post(world, place)
        world.rooms.database.close()


def test_every_change_is_told_in_order(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        assert house.deliver() == 1
        claim = house.run()
        assert house.deliver() == 1
        house.world.succeed(claim)
        assert house.deliver() == 1
        assert house.heard() == ["queued", "running", "succeeded"]
        assert {d.status for d in house.deliveries()} == {DeliveryStatus.DELIVERED}
    ids = [headers_of(request).get("content-type") for request in house.place.requests]
    assert ids == ["application/json"] * 3
    assert body_of(house.place.requests[0]) == b'["queued", 0, "https://me.example"]'


def test_late_news_tells_what_was_so_then(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.world.succeed(house.run())
        assert house.deliver() == 3
        assert house.heard() == ["queued", "running", "succeeded"]


def test_a_second_attempt_is_no_news(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.run()
        house.world.clock.advance(seconds=61)
        house.world.recover()
        house.world.succeed(house.run())
        house.deliver()
        assert house.heard() == ["queued", "running", "succeeded"]


def test_a_cancel_is_told(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        generation = house.submit()
        house.world.cancel(generation.id)
        house.deliver()
        assert house.heard() == ["queued", "canceled"]


def test_nobody_who_did_not_ask_is_told(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.world.submit()
        house.world.succeed(house.run())
        assert house.deliver() == 0
        assert house.deliveries() == []


def test_news_is_written_with_the_change_or_not_at_all(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        claim = house.run()
        house.deliver()

        def end_and_die() -> None:
            with house.world.rooms.database.transaction() as tx:
                house.world.rooms.jobs.succeed(tx, claim)
                raise ConnectionAbortedError

        with pytest.raises(ConnectionAbortedError):
            end_and_die()
        assert house.deliver() == 0
        assert [d.state for d in house.deliveries()] == [JobState.QUEUED, JobState.RUNNING]


def test_a_refused_request_leaves_no_news(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        ledger, owner = house.world.rooms.ledger, house.world.owner.organization_id
        with house.world.rooms.database.transaction() as tx:
            ledger.reserve(tx, "everything", owner, ledger.balance(tx, owner).available)
        with pytest.raises(InsufficientCredits):
            house.submit()
        assert house.deliveries() == []


def test_a_receiver_that_fails_is_tried_again_over_hours(tmp_path: Path) -> None:
    with post(tmp_path, BROKEN) as house:
        house.submit()
        assert house.deliver() == 1
        for pause in PAUSES_SECONDS:
            assert house.deliver() == 0
            house.world.clock.advance(seconds=pause + 1)
            assert house.deliver() == 1
        [delivery] = house.deliveries()
        assert delivery.status is DeliveryStatus.GIVEN_UP
        assert [each.answer for each in house.history(delivery)] == [500] * 10
        house.world.clock.advance(seconds=10**7)
        assert house.deliver() == 0
    bodies = {body_of(request) for request in house.place.requests}
    assert len(bodies) == 1


def test_newer_news_gives_the_older_a_new_chance_and_waits_for_it(tmp_path: Path) -> None:
    with post(tmp_path, BROKEN, reply()) as house:
        house.submit()
        assert house.deliver() == 1
        house.run()
        assert house.deliver() == 2
        assert house.heard() == ["queued", "queued", "running"]


@pytest.mark.parametrize("answer", [redirect("/elsewhere"), reply(status="404 Not Found")])
def test_only_a_2xx_is_a_delivery(answer: Handle, tmp_path: Path) -> None:
    with post(tmp_path, answer) as house:
        house.submit()
        house.deliver()
        [delivery] = house.deliveries()
        assert delivery.status is DeliveryStatus.PENDING
        assert len(house.place.requests) == 1


def test_a_messenger_that_was_killed_leaves_its_delivery_to_the_next(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.claim()
        assert house.deliver() == 0
        house.world.clock.advance(seconds=61)
        assert house.deliver() == 1
        assert house.heard() == ["queued"]


def test_a_messenger_that_woke_too_late_changes_nothing(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        stale = house.claim()
        house.world.clock.advance(seconds=61)
        house.deliver()
        with house.world.rooms.database.transaction() as tx:
            now = house.world.clock.now()
            house.world.rooms.outbox.failed(tx, stale, Try(None, "too late", 1, now))
        [delivery] = house.deliveries()
        assert delivery.status is DeliveryStatus.DELIVERED
        assert len(house.history(delivery)) == 1


def test_a_delivery_can_be_replayed_with_the_same_body(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.deliver()
        [delivery] = house.deliveries()
        house.replay(delivery.id)
        with pytest.raises(Conflict, match="on its way"):
            house.replay(delivery.id)
        assert house.deliver() == 1
        first, second = house.place.requests
        assert body_of(first) == body_of(second)


def test_anothers_delivery_cannot_be_replayed_or_listed(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.deliver()
        [delivery] = house.deliveries()
        rival = OrganizationId("rival")
        with pytest.raises(NotFound):
            house.replay(delivery.id, rival)
        with house.world.rooms.database.snapshot() as tx:
            assert house.world.rooms.outbox.listing(tx, rival) == []


def test_the_receiver_can_verify_who_sent_it(tmp_path: Path) -> None:
    with post(tmp_path, BROKEN, reply()) as house:
        # The receiver's library compares with the real time.
        house.world.clock.advance(seconds=(SystemClock().now() - house.world.clock.now()) / 1000)
        with house.world.rooms.database.transaction() as tx:
            secret = house.world.rooms.callback_secrets.draw(
                tx, house.world.owner.organization_id, at_once=False
            )
        house.submit()
        house.deliver()
        house.world.clock.advance(seconds=PAUSES_SECONDS[0] + 1)
        house.deliver()
    first, second = house.place.requests
    for request in (first, second):
        Webhook(secret).verify(body_of(request), headers_of(request))
    assert headers_of(first)["webhook-id"] == headers_of(second)["webhook-id"]


def test_unsigned_callbacks_carry_no_headers_of_signatures(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        house.deliver()
    assert not any(name.startswith("webhook-") for name in headers_of(house.place.requests[0]))


def test_a_deleted_generation_is_not_told_of(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        generation = house.submit()
        house.world.cancel(generation.id)
        delete(house.world.rooms, house.world.owner.organization_id, generation.id)
        house.deliver()
        assert house.place.requests == []
        assert {d.status for d in house.deliveries()} == {DeliveryStatus.GIVEN_UP}


def test_a_body_that_cannot_be_written_is_a_failed_try(tmp_path: Path) -> None:
    def broken(generation: Generation, base_url: str) -> bytes:
        raise KeyError("no such dialect")

    with post(tmp_path) as house:
        house.submit()
        assert Messenger(house.world.rooms, broken).deliver_one()
        [delivery] = house.deliveries()
        assert "KeyError" in house.history(delivery)[0].detail
        assert delivery.status is DeliveryStatus.PENDING


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/", "https://other.example/", "nonsense"]
)
def test_a_callback_url_that_leads_elsewhere_is_refused_at_once(url: str, tmp_path: Path) -> None:
    with post(tmp_path) as house:
        before = house.world.available()
        with pytest.raises(UrlRefused) as refusal:
            house.world.submit(callback=CallbackWish(url, BASE))
        assert refusal.value.field == "callback_url"
        assert house.world.available() == before


def test_a_host_that_was_taken_off_the_list_hears_no_more(tmp_path: Path) -> None:
    with post(tmp_path) as house:
        house.submit()
        rooms = replace(house.world.rooms, outbound=Outbound(AllowedHosts()))
        assert Messenger(rooms, render).deliver_one()
        [tried] = house.history(house.deliveries()[0])
    assert "offline" in tried.detail
    assert house.place.requests == []
