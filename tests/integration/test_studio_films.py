import re

import pytest
from tests.support.studio import Fields, Reply, Visitor, visitor, words_of
from tests.support.web import Service

BRIEF = "Shot 1: a red car in the desert. Shot 2: a whale in the sea"


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def begin(member: Visitor, brief: str = BRIEF) -> str:
    reply = member.post("/storyboards", {"brief": brief, "seconds": "2", "ratio": "1:1"})
    assert reply.status_code == 303, words_of(reply)
    return reply.headers["location"]


def press(member: Visitor, path: str, do: str, **typed: str) -> Reply:
    form = Fields(member.get(path).text).values
    form.setdefault("make", "storyboard 480p")
    form["ratio"] = "1:1"
    return member.post(path, form | typed | {"do": do})


def shots(member: Visitor, path: str) -> list[str]:
    return re.findall(r'id="shot-(\w+)"', member.get(path).text)


def test_from_a_brief_to_one_file_without_scripts(member: Visitor) -> None:
    path = begin(member)
    assert "a red car in the desert" in member.get(path).text
    assert press(member, path, "drafts").status_code == 303
    member.work()
    member.work()
    assert "Drafts · 2 / 2" in words_of(member.get(path))
    assert press(member, path, "approve").status_code == 303
    assert press(member, path, "shoot").status_code == 303
    member.work()
    member.work()
    assert press(member, path, "join:final").status_code == 303
    member.work()
    page = member.get(path).text
    asset = re.search(r'href="/media/([\w-]+)" download=', page)
    assert asset
    assert member.get(f"/media/{asset[1]}").headers["content-type"] == "video/mp4"
    assert "a red car in the desert" in words_of(member.get("/storyboards")) or path in page


def test_shots_are_rewritten_retimed_moved_added_and_removed(member: Visitor) -> None:
    path = begin(member)
    first, second = shots(member, path)
    press(member, path, f"down:{first}", **{f"seconds-{first}": "3", f"words-{second}": "a moon"})
    assert shots(member, path) == [second, first]
    fields = Fields(member.get(path).text).values
    assert (fields[f"seconds-{first}"], fields[f"words-{second}"]) == ("3", "a moon")
    press(member, path, "add")
    assert len(shots(member, path)) == 3
    press(member, path, f"remove:{second}")
    assert second not in shots(member, path)


def test_what_cant_be_kept_is_said_and_what_was_typed_is_there_still(member: Visitor) -> None:
    path = begin(member)
    first, second = shots(member, path)
    reply = press(member, path, "save", **{f"words-{first}": "a fox", f"seconds-{second}": "99"})
    assert reply.status_code == 400
    assert "1 to 15 seconds" in words_of(reply)
    assert Fields(reply.text).values[f"words-{first}"] == "a fox"
    stale = press(member, path, "save", revision="7")
    assert stale.status_code == 409


def test_a_brief_of_nothing_comes_back_as_it_was(member: Visitor) -> None:
    reply = member.post("/storyboards", {"brief": "…！？", "seconds": "2", "ratio": "1:1"})
    assert reply.status_code == 400
    assert Fields(reply.text).values["brief"] == "…！？"
    assert member.post("/storyboards", {"brief": BRIEF, "seconds": "soon"}).status_code == 400


def test_a_film_is_put_away_and_what_was_made_stays(member: Visitor) -> None:
    path = begin(member)
    press(member, path, "drafts")
    assert member.post(f"{path}/delete").status_code == 303
    assert member.get(path).status_code == 404
    assert "a whale in the sea" in words_of(member.get("/library"))


def test_an_unapproved_film_is_not_shot(member: Visitor) -> None:
    path = begin(member)
    assert press(member, path, "shoot").status_code == 409


def test_who_makes_films_does_not_approve_them_but_a_producer_does(member: Visitor) -> None:
    path = begin(member)
    rooms, ours = member.service.rooms, member.service.owner().organization_id
    for role, status in (("creator", 403), ("producer", 303)):
        with rooms.database.transaction() as tx:
            email = f"{role}@example.com"
            person = rooms.people.add(tx, ours, name=role, email=email, role=role)
            session = rooms.people.new_session(tx, person)
        colleague = visitor(member.service)
        colleague.web.cookies.set("mutoscope_session", session)
        assert ('value="approve"' in colleague.get(path).text) is (status == 303)
        assert press(colleague, path, "approve").status_code == status
    assert "Approved as it stands" in words_of(member.get(path))
