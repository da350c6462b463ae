"""The administration: for those who run the service, and for nobody else."""

import html5lib
import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.clock import Milliseconds
from mutoscope.core.state import JobState
from mutoscope.jobs import Presence, WorkerCard
from mutoscope.trail import Entry

PAGES = ("/admin",)


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


@pytest.fixture
def eve(service: Service) -> Visitor:
    """The owner of another organization, signed in."""
    credentials = service.stranger().credentials
    with service.rooms.database.snapshot() as tx:
        key = service.rooms.keys.by_api_key(tx, credentials.api_key)
    return _signed_in(service, key.organization_id, "owner")


@pytest.fixture
def producer(service: Service) -> Visitor:
    """Somebody of the house who produces films and administers nothing."""
    return _signed_in(service, service.owner().organization_id, "producer")


def _signed_in(service: Service, organization_id: str, role: str) -> Visitor:
    rooms = service.rooms
    with rooms.database.transaction() as tx:
        person = rooms.people.add(
            tx,
            organization_id,  # type: ignore[arg-type]
            name=role,
            email=f"{role}@example.com",
            role=role,
        )
        session = rooms.people.new_session(tx, person)
    guest = visitor(service)
    guest.web.cookies.set("mutoscope_session", session)
    return guest


def trail(member: Visitor) -> list[Entry]:
    """What was done in the first organization, newest first."""
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        return rooms.trail.page(tx, member.service.owner().organization_id)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_administration_is_html_for_its_administrator_alone(
    member: Visitor, eve: Visitor, producer: Visitor, path: str
) -> None:
    page = member.get(path)
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    for other in (eve, producer):
        refusal = other.get(path)
        assert refusal.status_code == 403
        assert "Queue" not in words_of(refusal)
    assert visitor(member.service).get(path).headers["location"].startswith("/sign-in")


def test_the_menu_leads_to_the_administration_only_who_may_enter(
    member: Visitor, producer: Visitor
) -> None:
    assert 'href="/admin"' in member.get("/library").text
    assert 'href="/admin' not in producer.get("/library").text


def test_the_queue_shows_everybodys_work_without_their_words(member: Visitor, eve: Visitor) -> None:
    assert eve.ask("a secret project of ours").status_code == 303
    member.make("a red car")
    text = words_of(member.get("/admin"))
    assert "Rival" in text
    assert "a secret project" not in member.get("/admin").text
    assert "No worker is alive" in text


def test_the_house_stops_anybodys_work_and_the_trail_says_so(member: Visitor) -> None:
    made = member.make("a red car")
    assert member.post(f"/admin/queue/{made}/cancel").status_code == 303
    assert member.find(made).state is JobState.CANCELED
    done = trail(member)[0]
    assert (done.verb, done.subject) == ("house.generation.canceled", str(made))
    assert done.person_id is not None


def test_others_stop_nothing(member: Visitor, eve: Visitor, producer: Visitor) -> None:
    made = member.make("a red car")
    for other in (eve, producer):
        assert other.post(f"/admin/queue/{made}/cancel").status_code == 403
        assert other.get("/admin/live").status_code == 403
    assert member.find(made).state is JobState.QUEUED


def test_a_worker_that_lives_is_shown_with_what_it_serves_and_holds(member: Visitor) -> None:
    presence = Presence(member.service.settings.data / "workers")
    card = WorkerCard(("storyboard",), Milliseconds(1), ("wan-2.2",))
    member.make("a red car")
    with presence.sign_in("host:1:a", card):
        text = words_of(member.get("/admin"))
    assert "host:1:a storyboard wan-2.2" in text
    assert "No worker" not in text
    with presence.sign_in("host:1:a", WorkerCard(("diffusers",), Milliseconds(1))):
        assert "No worker here serves: storyboard" in words_of(member.get("/admin"))


def test_the_books_are_checked_on_demand(member: Visitor) -> None:
    assert "Everything adds up" in words_of(member.post("/admin/audit"))
