"""Guests: a link opens one result to somebody without an account, and nothing else."""

import re

import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.ids import GenerationId
from mutoscope.generations import dismiss, readmit
from mutoscope.identity import Role
from mutoscope.wiring import ADMINISTRATOR


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


@pytest.fixture
def film(member: Visitor) -> GenerationId:
    """A finished film."""
    generation_id = member.make()
    member.work()
    return generation_id


def link_to(member: Visitor, film: GenerationId, purpose: str = "review") -> str:
    """A link for guests, as the result's page shows it."""
    reply = member.post(f"/generations/{film}/links", {"purpose": purpose, "days": "7"})
    assert reply.status_code == 303
    found = re.findall(r"/review/[0-9a-f-]+\.[0-9a-f]+", member.get(f"/generations/{film}").text)
    assert found
    return str(found[0])


def say(guest: Visitor, path: str, **fields: str) -> int:
    """A remark through the form of the page; the status of the answer."""
    page = guest.get(path).text
    token = re.search(r'action="/review/[^"]*/remarks"[^>]*>\s*<input[^>]*value="(\w+)"', page)
    assert token is not None, page
    form = {"csrf": token[1], "author": "Client"} | fields
    return guest.web.post(f"{path}/remarks", data=form).status_code


def test_a_guest_watches_remarks_and_approves_without_an_account(
    member: Visitor, film: GenerationId
) -> None:
    path = link_to(member, film)
    guest = visitor(member.service)
    assert "What do you think?" in words_of(guest.get(path))
    assert (
        guest.get(f"{path}/film").content
        == member.get(f"/media/{member.find(film).results[0].id}").content
    )
    assert guest.get(f"{path}/poster").status_code == 200
    assert (
        say(guest, path, body="The car is <b>too</b> red", moment="0,5", verdict="changes") == 303
    )
    assert "Changes asked for" in words_of(guest.get(path))
    assert say(guest, path, verdict="approved") == 303
    said = member.get(f"/generations/{film}")
    assert "The car is <b>too</b> red" in words_of(said) or "&lt;b&gt;too" in said.text
    assert "<b>too</b>" not in said.text
    assert "0.50 s" in words_of(said)
    assert "Approved" in words_of(said)


def test_what_can_not_be_read_is_told_and_not_lost(member: Visitor, film: GenerationId) -> None:
    path = link_to(member, film)
    guest = visitor(member.service)
    assert say(guest, path, body="kept words", moment="soon") == 400
    assert say(guest, path, body="", verdict="changes") == 400
    assert say(guest, path, author=" ", body="x") == 400
    assert "kept words" not in words_of(guest.get(path))


def test_a_link_to_watch_takes_no_remarks(member: Visitor, film: GenerationId) -> None:
    path = link_to(member, film, purpose="watch")
    guest = visitor(member.service)
    page = guest.get(path)
    assert "<textarea" not in page.text
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    form = {"csrf": csrf[1], "author": "Client", "body": "hello"}
    assert guest.web.post(f"{path}/remarks", data=form).status_code == 404


def test_a_link_ends_when_it_is_revoked_and_when_what_it_shows_is_thrown_away(
    member: Visitor, film: GenerationId
) -> None:
    first = link_to(member, film)
    guest = visitor(member.service)
    link_id = first.rpartition("/")[2].partition(".")[0]
    assert member.post(f"/generations/{film}/links/{link_id}/revoke").status_code == 303
    assert guest.get(first).status_code == 404
    assert guest.get(f"{first}/film").status_code == 404
    second = link_to(member, film)
    assert guest.get(second).status_code == 200
    member.post(f"/generations/{film}/delete")
    assert guest.get(f"{second}/film").status_code == 404


def test_a_guessed_address_opens_nothing(member: Visitor, film: GenerationId) -> None:
    path = link_to(member, film)
    link_id = path.rpartition("/")[2].partition(".")[0]
    guest = visitor(member.service)
    for forged in (link_id, f"{link_id}.{'0' * 32}", "x", f"{link_id}."):
        assert guest.get(f"/review/{forged}").status_code == 404
        assert guest.get(f"/review/{forged}/film").status_code == 404
    assert guest.get(f"/generations/{film}").headers["location"].startswith("/sign-in")


def test_a_link_ends_when_whoever_made_it_is_disabled(member: Visitor, film: GenerationId) -> None:
    path = link_to(member, film)
    guest = visitor(member.service)
    assert guest.get(path).status_code == 200
    rooms = member.service.rooms
    with rooms.database.transaction() as tx:
        maker = rooms.people.find_by_email(tx, ADMINISTRATOR)
        other = rooms.people.add(
            tx, maker.organization_id, name="Ada", email="ada@example.com", role=Role.OWNER
        )
        ada = rooms.people.find(tx, maker.organization_id, other)
    dismiss(rooms, ada.actor, maker.id)
    for place in (path, f"{path}/film", f"{path}/poster"):
        assert guest.get(place).status_code == 404
    with rooms.database.snapshot() as tx:
        last = rooms.trail.page(tx, maker.organization_id, limit=1)[0]
    assert (last.verb, last.facts["guest_links_ended"]) == ("identity.person.disabled", 1)
    readmit(rooms, ada.actor, maker.id)
    assert guest.get(path).status_code == 404
