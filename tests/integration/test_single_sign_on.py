"""Single sign-on against an OpenID Connect provider that runs beside the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.identity_provider import Provider, providing
from tests.support.studio import Reply, Visitor, visitor, words_of
from tests.support.web import Service, open_service

from mutoscope.generations import dismiss
from mutoscope.wiring import ADMINISTRATOR


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as running:
        yield running


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
