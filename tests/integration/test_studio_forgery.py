"""What others try to make our visitors do, or our pages say."""

import re

import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

SCRIPT = "<script>alert('1')</script><img src=x onerror=alert(2)>\"'"
PAGES = ("/", "/library", "/credits", "/developers", "/password", "/nothing-here-of-ours")


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


@pytest.fixture
def rival(service: Service) -> Visitor:
    """Somebody of another organization."""
    other = service.stranger()
    with service.rooms.database.transaction() as tx:
        person_id = service.rooms.people.add(
            tx, other.owner().organization_id, name="Eve", email="eve@rival.example", role="creator"
        )
        session = service.rooms.people.new_session(tx, person_id)
    eve = visitor(other)
    eve.web.cookies.set("mutoscope_session", session)
    return eve


def test_a_form_without_its_token_or_with_anothers_changes_nothing(
    member: Visitor, service: Service
) -> None:
    other = visitor(service).come_in()
    for token in ("", "0" * 64, other.csrf(), "日本"):
        reply = member.post("/generations", {"prompt": "a car", "csrf": token})
        assert reply.status_code == 403
    assert member.web.post("/sign-out").status_code == 403
    assert member.get("/").status_code == 200
    assert "a car" not in words_of(member.get("/library"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_a_page_of_another_site_is_refused(
    member: Visitor, headers: dict[str, str]
) -> None:
    assert member.post("/sign-out", headers=headers).status_code == 403
    assert member.get("/").status_code == 200


def test_a_form_from_our_own_page_is_accepted(member: Visitor) -> None:
    ours = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert member.post("/sign-out", headers=ours).status_code == 303


@pytest.mark.parametrize("host", ["evil example", "a/b", "x:99999999", "<script>", ""])
def test_a_host_that_is_none_is_refused(member: Visitor, host: str) -> None:
    assert member.get("/", Host=host).status_code == 400


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_only_what_comes_from_here_and_sits_in_no_frame(
    member: Visitor, path: str
) -> None:
    if path == PAGES[-1]:
        path = "/generations/1"
    reply = member.get(path)
    policy = reply.headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert reply.headers["x-frame-options"] == "DENY"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)", reply.text)
    assert not re.search(r"\s(style|on\w+)=", reply.text)
    assert not re.search(
        r"(src|href|action)=\"(https?:)?//", reply.text.replace('href="http://testserver', "")
    )


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(service: Service) -> None:
    someone = visitor(service)
    reply = someone.get("/sign-in")
    assert "HttpOnly; SameSite=Lax" in reply.headers["set-cookie"]
    session = someone.post("/sign-in/link", {"token": someone.new_link()}).headers["set-cookie"]
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Secure" not in session


def test_what_people_type_is_never_a_script(member: Visitor) -> None:
    generation_id = member.make(SCRIPT, negative_prompt=SCRIPT)
    pages = ["/", "/library", f"/generations/{generation_id}", f"/?from={generation_id}"]
    member.post("/developers/keys", {"name": SCRIPT[:70], "scope": "files:read"})
    pages += ["/developers", f"/library?words={SCRIPT}&model={SCRIPT}"]
    for path in pages:
        text = member.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text
    refused = member.ask(SCRIPT, seed=SCRIPT)
    assert "<script>alert" not in refused.text


def test_another_organization_finds_nothing_of_ours(member: Visitor, rival: Visitor) -> None:
    generation_id = member.make("our secret car")
    member.work()
    result = member.find(generation_id).results[0]
    paths = [f"/generations/{generation_id}", f"/generations/{generation_id}/card"]
    paths += [f"/generations/{generation_id}/preview", f"/media/{result.id}"]
    paths += [f"/?from={generation_id}", f"/?kept_picture={result.id}"]
    for path in paths:
        assert member.get(path).status_code in (200, 404)
        assert rival.get(path).status_code == 404, path
    for verb in ("cancel", "delete", "again"):
        assert rival.post(f"/generations/{generation_id}/{verb}").status_code == 404
    assert rival.ask("a car", kept_picture=result.id).status_code == 404
    assert "our secret car" not in rival.get("/library").text
    assert "our secret car" not in rival.get("/").text
    assert str(generation_id) not in rival.get("/credits").text
    assert member.get(f"/media/{result.id}").status_code == 200


def test_a_member_without_the_role_makes_and_revokes_no_keys(rival: Visitor) -> None:
    assert "Make a key" not in words_of(rival.get("/developers"))
    assert rival.post("/developers/keys", {"name": "mine"}).status_code == 403
    owner = rival.service.owner()
    with rival.service.rooms.database.snapshot() as tx:
        (key,) = rival.service.rooms.keys.list(tx, owner.organization_id)
    assert rival.post(f"/developers/keys/{key.id}/revoke").status_code == 403


def test_stored_files_are_never_pages(member: Visitor) -> None:
    generation_id = member.make()
    member.work()
    result = member.find(generation_id).results[0]
    reply = member.get(f"/media/{result.id}", Range="bytes=0-99")
    assert reply.status_code == 206
    assert len(reply.content) == 100
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_vendors_paths_at_the_root_stay_theirs(member: Visitor) -> None:
    reply = member.get("/v1/videos/text2video")
    assert reply.status_code == 401
    assert set(reply.json()) == {"code", "message", "request_id"}
    assert member.get("/api/v1/health").json()["status"] == "ok"
