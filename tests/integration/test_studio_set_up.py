"""The first run: the printed link, names, a password."""

import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.wiring import ADMINISTRATOR

NAMES = {
    "organization": "Lantern Films",
    "name": "Ada",
    "email": "ada@example.com",
    "password": "correct horse battery",
}


def proof_of(location: str) -> str:
    assert location.startswith("/set-up?proof="), location
    return location.partition("proof=")[2]


@pytest.fixture
def first(service: Service) -> Visitor:
    return visitor(service)


def come(visitor: Visitor) -> str:
    reply = visitor.post("/sign-in/link", {"token": visitor.new_link()})
    return proof_of(reply.headers["location"])


def test_the_first_link_leads_to_names_that_stand_from_then_on(first: Visitor) -> None:
    proof = come(first)
    page = first.get(f"/set-up?proof={proof}")
    assert "Whose studio is this?" in words_of(page)
    assert f'value="{ADMINISTRATOR}"' in page.text
    done = first.post("/set-up", NAMES | {"proof": proof})
    assert done.headers["location"] == "/"
    team = words_of(first.get("/team"))
    assert "Lantern Films" in team
    assert "Ada (you) ada@example.com Owner" in team
    elsewhere = visitor(first.service)
    signed_in = elsewhere.post("/sign-in", {k: NAMES[k] for k in ("email", "password")})
    assert signed_in.headers["location"] == "/"
    owner = first.service.owner()
    with first.service.rooms.database.snapshot() as tx:
        verbs = [line.verb for line in first.service.rooms.trail.page(tx, owner.organization_id)]
    assert "house.service.set_up" in verbs


def test_it_is_in_the_language_of_the_browser_and_in_the_other_one(service: Service) -> None:
    first = visitor(service, "zh-CN,zh;q=0.9")
    proof = come(first)
    assert "这是谁的工作室？" in words_of(first.get(f"/set-up?proof={proof}"))
    back = f"/set-up?proof={proof}"
    switched = first.post("/preferences", {"language": "en", "back": back})
    assert switched.headers["location"] == back
    assert "Whose studio is this?" in words_of(first.get(back))


@pytest.mark.parametrize(
    ("field", "value"),
    [("organization", " "), ("name", ""), ("email", "nobody"), ("password", "short")],
)
def test_what_can_not_be_is_said_beside_its_field_and_nothing_is_changed(
    first: Visitor, field: str, value: str
) -> None:
    proof = come(first)
    refused = first.post("/set-up", NAMES | {"proof": proof, field: value})
    assert refused.status_code == 400
    _, _, after = refused.text.partition(f'id="complaint-{field}"')
    assert " hidden" not in after.partition(">")[0]
    kept = "Lantern Films" if field != "organization" else "ada@example.com"
    assert f'value="{kept}"' in refused.text
    assert "Lantern Films" not in words_of(first.get("/team"))


def test_it_works_once_and_only_for_who_came_by_the_link(first: Visitor) -> None:
    proof = come(first)
    assert first.post("/set-up", NAMES | {"proof": "0" * 64}).status_code == 403
    other = visitor(first.service)
    late = come(other)
    assert first.post("/set-up", NAMES | {"proof": proof}).status_code == 303
    again = other.post("/sign-in/link", {"token": "x"})
    assert again.status_code == 401
    # The password ended the other session: its form leads to the door.
    assert other.get(f"/set-up?proof={late}").headers["location"].startswith("/sign-in")
    assert first.get("/set-up").headers["location"] == "/password"
