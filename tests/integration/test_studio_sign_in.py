import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.trail import Entry
from mutoscope.wiring import ADMINISTRATOR

PASSWORD = "correct horse battery"


@pytest.fixture
def stranger(service: Service) -> Visitor:
    return visitor(service)


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def proof_of(location: str) -> str:
    return location.partition("proof=")[2]


def test_looking_at_a_link_does_not_use_it_up_and_pressing_does_once(stranger: Visitor) -> None:
    token = stranger.new_link()
    for _ in range(2):
        assert "This link signs you in, once." in words_of(stranger.get(f"/sign-in?token={token}"))
    assert stranger.get("/").status_code == 303
    assert stranger.post("/sign-in/link", {"token": token}).status_code == 303
    assert stranger.get("/").status_code == 200
    again = visitor(stranger.service).post("/sign-in/link", {"token": token})
    assert again.status_code == 401
    assert "was used before" in words_of(again)


def test_a_link_leads_to_a_first_password_which_signs_in_elsewhere(stranger: Visitor) -> None:
    came = stranger.post("/sign-in/link", {"token": stranger.new_link()})
    page = stranger.get(came.headers["location"])
    assert "Your password now" not in words_of(page)
    kept = stranger.post("/password", {"password": PASSWORD})
    assert kept.headers["location"] == "/"
    elsewhere = visitor(stranger.service)
    form = {"email": ADMINISTRATOR, "password": PASSWORD, "next": "/credits"}
    assert elsewhere.post("/sign-in", form).headers["location"] == "/credits"
    assert elsewhere.get("/credits").status_code == 200


def test_a_wrong_password_is_refused_and_the_address_stays_typed(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    elsewhere = visitor(member.service)
    reply = elsewhere.post("/sign-in", {"email": ADMINISTRATOR, "password": "guess"})
    assert reply.status_code == 401
    assert f'value="{ADMINISTRATOR}"' in reply.text
    assert "guess" not in reply.text
    assert elsewhere.get("/").status_code == 303


def test_a_password_is_changed_by_whoever_knows_it_or_came_by_a_link(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    refused = member.post("/password", {"password": "another one, longer"})
    assert refused.status_code == 422
    assert "This is not your password." in words_of(refused)
    changed = member.post("/password", {"password": "another one, longer", "current": PASSWORD})
    assert changed.status_code == 303
    forgetful = visitor(member.service)
    came = forgetful.post("/sign-in/link", {"token": forgetful.new_link()})
    proof = proof_of(came.headers["location"])
    assert forgetful.post("/password", {"password": PASSWORD, "proof": proof}).status_code == 303


def test_a_proof_of_a_link_is_worth_nothing_to_another_session(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    came = member.post("/sign-in/link", {"token": member.new_link()})
    proof = proof_of(came.headers["location"])
    other = visitor(member.service)
    other.post("/sign-in", {"email": ADMINISTRATOR, "password": PASSWORD})
    reply = other.post("/password", {"password": "stolen away from you", "proof": proof})
    assert reply.status_code == 422


def test_a_short_password_is_refused_with_its_reason(member: Visitor) -> None:
    reply = member.post("/password", {"password": "short"})
    assert reply.status_code == 422
    assert "10 to 200 characters" in words_of(reply)


def test_signing_out_ends_the_session_for_good(member: Visitor) -> None:
    session = member.web.cookies["mutoscope_session"]
    assert member.post("/sign-out").headers["location"] == "/sign-in"
    member.web.cookies.set("mutoscope_session", session)
    assert member.get("/library").status_code == 303


def test_strangers_are_led_to_the_door_and_back_to_where_they_wanted(stranger: Visitor) -> None:
    for path in ("/", "/library", "/credits", "/developers", "/generations/1", "/media/x"):
        assert stranger.get(path).headers["location"].startswith("/sign-in")
    wanted = stranger.get("/library?words=fox").headers["location"]
    assert wanted == "/sign-in?next=%2Flibrary%3Fwords%3Dfox"
    assert 'name="next" value="/library?words=fox"' in stranger.get(wanted).text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/\r\nX: y",
    ],
)
def test_nobody_is_led_to_another_site(member: Visitor, elsewhere: str) -> None:
    reply = member.web.get("/sign-in", params={"next": elsewhere})
    assert reply.headers["location"] == "/"


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(stranger: Visitor) -> None:
    reply = stranger.get("/quote", **{"HX-Request": "true"})
    assert reply.headers["hx-redirect"] == "/sign-in"


def test_language_and_theme_follow_the_browser_until_somebody_chooses(stranger: Visitor) -> None:
    chinese = visitor(stranger.service, "zh-TW,zh;q=0.9,en;q=0.8")
    assert "登录" in words_of(chinese.get("/sign-in"))
    assert "Sign in" in words_of(stranger.get("/sign-in"))
    assert "Sign in" in words_of(visitor(stranger.service, "fr, de;q=0.5").get("/sign-in"))
    reply = chinese.post("/preferences", {"language": "en", "theme": "light", "back": "/sign-in"})
    assert reply.headers["location"] == "/sign-in"
    page = chinese.get("/sign-in")
    assert "Sign in" in words_of(page)
    assert 'lang="en" data-theme="light"' in page.text


def test_passwords_are_not_guessed_by_the_thousand(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    elsewhere = visitor(member.service)
    right = {"email": ADMINISTRATOR, "password": PASSWORD}
    for _ in range(10):
        assert elsewhere.post("/sign-in", right | {"password": "guess"}).status_code == 401
    for form in (right, right | {"email": ADMINISTRATOR.upper()}):
        reply = elsewhere.post("/sign-in", form)
        assert reply.status_code == 429
        assert 0 < int(reply.headers["retry-after"]) <= 15 * 60 + 1
        assert "Wait a quarter of an hour." in words_of(reply)
    assert elsewhere.post("/sign-in", right | {"email": "other@example.com"}).status_code == 401
    link = elsewhere.post("/sign-in/link", {"token": elsewhere.new_link()})
    assert link.status_code == 303
    refused = [line for line in trail(member) if line.verb == "identity.session.refused"]
    assert [line.facts["wrong"] for line in refused] == list(range(1, 11))


def test_wrong_passwords_are_in_the_trail_of_whom_they_were_tried_on(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    elsewhere = visitor(member.service)
    elsewhere.post("/sign-in", {"email": ADMINISTRATOR, "password": "guess-me-if-you-can"})
    elsewhere.post("/sign-in", {"email": "other@example.com", "password": "guess"})
    elsewhere.post("/sign-in", {"email": "no address", "password": "guess"})
    member.post("/password", {"current": "mistaken", "password": "another one, longer"})
    refused = [line for line in trail(member) if line.verb == "identity.session.refused"]
    assert [(line.person_id, line.facts) for line in refused] == [
        (None, {"by": "password", "wrong": 1}),
        (None, {"by": "password", "wrong": 2}),
    ]
    assert "guess" not in str(refused)


def trail(member: Visitor) -> list[Entry]:
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        person = rooms.people.find_by_email(tx, ADMINISTRATOR)
        return list(rooms.trail.all(tx, person.organization_id))


def test_the_trail_tells_who_came_in_by_what_and_who_went(member: Visitor) -> None:
    member.post("/password", {"password": PASSWORD})
    elsewhere = visitor(member.service)
    elsewhere.post("/sign-in", {"email": ADMINISTRATOR, "password": "guess"})
    elsewhere.post("/sign-in", {"email": ADMINISTRATOR, "password": PASSWORD})
    elsewhere.post("/sign-out")
    lines = trail(member)
    assert [(line.verb, line.facts.get("by")) for line in lines] == [
        ("identity.session.started", "link"),
        ("identity.person.password_set", None),
        ("identity.session.refused", "password"),
        ("identity.session.started", "password"),
        ("identity.session.ended", None),
    ]
    (person,) = {line.subject for line in lines}
    assert [line.person_id for line in lines] == [person, person, None, person, person]
    assert PASSWORD not in str(lines)
