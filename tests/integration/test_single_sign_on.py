"""Single sign-on against an OpenID Connect provider that runs beside the test."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.studio import Reply, Visitor, visitor, words_of
from tests.support.web import Service, open_service

from mutoscope.generations import dismiss
from mutoscope.wiring import ADMINISTRATOR


@dataclass(frozen=True)
class Provider:
    """Where it is, and who has an account there."""

    issuer: str

    def knows(self, sub: str, **claims: Any) -> None:
        httpx.put(f"{self.issuer}/users/{sub}", json=claims).raise_for_status()

    def signs_in(self, url: str, sub: str) -> str:
        """Somebody types their name at the provider; returns where it sends their browser."""
        reply = httpx.post(url, data={"sub": sub}, follow_redirects=False)
        assert reply.status_code == 302, reply.text
        return reply.headers["location"]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                found = httpx.get(f"{base}/.well-known/openid-configuration").json()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield Provider(found["issuer"])
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def service(tmp_path: Path, provider: Provider) -> Iterator[Service]:
    settings = {
        "sso_issuer": provider.issuer,
        "sso_client_id": "mutoscope",
        "sso_client_secret": "shared",
        "sso_domains": "example.com",
        "sso_role": "creator",
    }
    with open_service(tmp_path / "data", **settings) as opened:
        yield opened


def comes_back(provider: Provider, someone: Visitor, sub: str) -> Reply:
    begun = someone.get("/sign-in/sso?next=/library")
    assert begun.status_code == 303, begun.text
    assert "code_challenge_method=S256" in begun.headers["location"]
    back = provider.signs_in(begun.headers["location"], sub)
    return someone.get(back.removeprefix("http://testserver"))


def test_a_stranger_of_our_domain_comes_in_as_what_the_setting_says(
    service: Service, provider: Provider
) -> None:
    provider.knows("bo", email="Bo@example.com", email_verified=True, name="Bo")
    someone = visitor(service)
    assert "Sign in with your organization" in words_of(someone.get("/sign-in"))
    reply = comes_back(provider, someone, "bo")
    assert (reply.status_code, reply.headers.get("location")) == (303, "/library"), words_of(reply)
    assert someone.get("/library").status_code == 200
    with service.rooms.database.snapshot() as tx:
        person = service.rooms.people.find_by_email(tx, "bo@example.com")
        verbs = [e.verb for e in service.rooms.trail.all(tx, person.organization_id)]
    assert (person.role, person.name) == ("creator", "Bo")
    assert verbs == ["identity.person.joined", "identity.session.started"]


def test_who_was_known_by_address_is_known_by_name_afterwards(
    service: Service, provider: Provider
) -> None:
    provider.knows("root", email="other@example.com", email_verified=True)
    with service.rooms.database.transaction() as tx:
        admin = service.rooms.people.find_by_email(tx, ADMINISTRATOR)
        service.rooms.people.link_identity(tx, admin.id, issuer=provider.issuer, subject="root")
    someone = visitor(service)
    assert comes_back(provider, someone, "root").status_code == 303
    assert "Make a key" in words_of(someone.get("/developers"))


@pytest.mark.parametrize(
    ("sub", "claims", "complaint"),
    [
        ("eve", {"email": "eve@evil.example", "email_verified": True}, "evil.example"),
        ("eva", {"email": "eva@example.com", "email_verified": False}, "vouch"),
        ("nan", {}, "vouch"),
    ],
)
def test_who_is_not_ours_stays_outside(
    service: Service, provider: Provider, sub: str, claims: dict[str, Any], complaint: str
) -> None:
    provider.knows(sub, **claims)
    someone = visitor(service)
    reply = comes_back(provider, someone, sub)
    assert reply.status_code == 401
    assert complaint in words_of(reply)
    assert someone.get("/library").status_code == 303


def test_a_disabled_person_stays_out_whatever_the_provider_says(
    service: Service, provider: Provider
) -> None:
    provider.knows("cy", email="cy@example.com", email_verified=True)
    someone = visitor(service)
    assert comes_back(provider, someone, "cy").status_code == 303
    with service.rooms.database.snapshot() as tx:
        cy = service.rooms.people.find_by_email(tx, "cy@example.com")
        admin = service.rooms.people.find_by_email(tx, ADMINISTRATOR)
    dismiss(service.rooms, admin.actor, cy.id)
    assert someone.get("/library").status_code == 303
    assert comes_back(provider, someone, "cy").status_code == 401


def test_a_return_that_another_browser_began_is_refused(
    service: Service, provider: Provider
) -> None:
    provider.knows("di", email="di@example.com", email_verified=True)
    attacker, victim = visitor(service), visitor(service)
    begun = attacker.get("/sign-in/sso")
    back = provider.signs_in(begun.headers["location"], "di").removeprefix("http://testserver")
    assert victim.get(back).status_code == 401
    victim.get("/sign-in/sso")
    assert victim.get(back).status_code == 401
    assert attacker.get(back).status_code == 303
    assert attacker.get(back).status_code == 401
    assert victim.get("/library").status_code == 303
