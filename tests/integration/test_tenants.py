"""Another tenant's things are not there, on any route: the walker finds the routes by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.studio import Visitor, visitor
from tests.support.web import Service

from mutoscope import films
from mutoscope.app import WebApp
from mutoscope.callbacks import Try
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import GenerationId, JobId, OrganizationId
from mutoscope.core.state import JobState
from mutoscope.generations import (
    GuestPurpose,
    begin_collection,
    begin_project,
    collections,
    guest_links,
    invite,
    invite_guest,
)
from mutoscope.identity import Role
from mutoscope.ledger import Period, Scope

SECRET = "our-secret-car"
PROMPT = f"a red car in the desert {SECRET}"

# Of the whole house, not of a tenant: these ids lead others to the same place, or to a refusal.
SHARED = {
    *("model", "model_id", "provider", "plan_id", "batch_id", "version", "name", "token"),
    "vendor_id",
    # Of a file of one's own: csv, jsonl.
    "form",
}
# Routes that need neither key nor session.
OPEN = {
    "/api/v1/openapi.json",
    "/kling/openapi.json",
    "/api/v1/health",
    "/api/v1/ready",
    "/api/v1/invitations/accept",
    "/api/v1/payments/{provider}/webhook",
    "/files/{token}/{name}",
    "/review/{token}",
    "/review/{token}/film",
    "/review/{token}/poster",
    "/review/{token}/remarks",
    "/join",
    "/sign-in",
    "/sign-in/link",
    "/sign-in/sso",
    "/sign-in/sso/return",
    "/preferences",
    "/static/{version}/{name}",
}
# What a body must hold for a request to be more than malformed.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/people/{person_id}": {"disabled": True},
    "PATCH /api/v1/projects/{project_id}": {"name": "ours now"},
    "POST /api/v1/orders/{order_id}/paid": {"reference": "x"},
}


@dataclass(frozen=True)
class Place:
    """A method and a path with names in it."""

    method: str
    path: str

    @property
    def names(self) -> list[str]:
        return re.findall(r"{(\w+)", self.path)


def places(app: Any) -> list[Place]:
    """Every route of every app of the web process."""
    front = app
    assert isinstance(front, WebApp)
    pages, kling = (late.built() for late in front._late)
    programs: Any = front._front
    while not hasattr(programs, "_programs"):
        programs = programs._app
    found = [
        *_routes(programs._programs, ""),
        *_routes(programs._own_api, "/api/v1"),
        *_routes(_inner(pages), ""),
        *_routes(_inner(kling), "/kling"),
    ]
    return sorted(set(found), key=lambda place: (place.path, place.method))


def _inner(app: Any) -> Any:
    while not hasattr(app, "routes"):
        app = app._app
    return app


def _routes(it: Any, prefix: str) -> Iterator[Place]:
    for route in it.routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from _routes(router, prefix + route.include_context.prefix)
        elif hasattr(route, "methods"):
            for method in route.methods - {"HEAD"}:
                yield Place(method, prefix + route.path)
        elif hasattr(route, "app") and hasattr(route.app, "routes"):
            yield from _routes(route.app, prefix + route.path)


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


@pytest.fixture
def rival(service: Service) -> Visitor:
    """The owner of another organization: everything that a role can give, but not here."""
    other = service.stranger()
    with service.rooms.database.transaction() as tx:
        key = service.rooms.keys.by_api_key(tx, other.credentials.api_key)
        person_id = service.rooms.people.add(
            tx, key.organization_id, name="Eve", email="eve@rival.example", role="owner"
        )
        session = service.rooms.people.new_session(tx, person_id)
    eve = visitor(other)
    eve.web.cookies.set("mutoscope_session", session)
    return eve


@pytest.fixture
def ids(service: Service, member: Visitor) -> dict[str, str]:
    """One of each thing that the first organization has."""
    rooms, owner = service.rooms, service.owner()
    generation_id = member.make(PROMPT)
    member.work()
    made = member.find(generation_id)
    with rooms.database.snapshot() as tx:
        person = rooms.people.administrator(tx)
    assert person is not None
    project = begin_project(rooms, person.actor, SECRET)
    invitation, _ = invite(rooms, person.actor, role=Role.VIEWER, email=f"{SECRET}@example.com")
    with rooms.database.transaction() as tx:
        key = rooms.keys.create(tx, OrganizationId(owner.organization_id), owner.project_id, SECRET)
        rooms.budgets.put(
            tx, owner.organization_id, Scope.PROJECT, project.id, Period.MONTH, Millicredits(5000)
        )
        budget = rooms.budgets.listing(tx, owner.organization_id)[0]
    shelf = begin_collection(rooms, owner.organization_id, SECRET)
    invite_guest(
        rooms,
        owner.organization_id,
        person.id,
        generation_id,
        position=0,
        purpose=GuestPurpose.REVIEW,
        days=7,
    )
    with rooms.database.snapshot() as tx:
        (link,) = guest_links(tx, generation_id, rooms.clock.now())
    callback_id = told_of(service, generation_id)
    film = films.begin(rooms, owner, brief=PROMPT, seconds=1, ratio="16:9")
    headers = service.headers
    plan = {"kind": "pack", "title_en": "P", "title_zh": "包", "price_minor": 100,
            "currency": "cny", "credits": "5"}  # fmt: skip
    assert service.client.put("/api/v1/plans/pack", json=plan, headers=headers).is_success
    order = service.client.post("/api/v1/orders", json={"plan_id": "pack"}, headers=headers)
    assert order.is_success, order.text
    bought = service.client.post("/api/v1/orders", json={"plan_id": "pack"}, headers=headers)
    paid = f"/api/v1/orders/{bought.json()['id']}/paid"
    assert service.client.post(paid, json={"reference": "x"}, headers=headers).is_success
    with rooms.database.snapshot() as tx:
        (invoice,) = rooms.billing.orders.invoices(tx, owner.organization_id)
    return {
        "generation_id": str(generation_id),
        "task_id": str(generation_id),
        "asset_id": made.results[0].id,
        "person_id": person.id,
        "project_id": project.id,
        "film_id": film.id,
        "invitation_id": invitation.id,
        "key_id": key.id,
        "budget_id": str(budget.id),
        "collection_id": shelf,
        "link_id": link.id,
        "callback_id": str(callback_id),
        "number": str(invoice.number),
        "order_id": order.json()["id"],
    }


def told_of(service: Service, generation_id: GenerationId) -> int:
    """A callback about a generation that has arrived at a place with a secret in its name."""
    rooms, owner = service.rooms, service.owner()
    with rooms.database.transaction() as tx:
        rooms.outbox.subscribe(
            tx,
            generation_id,
            owner.organization_id,
            url=f"https://{SECRET}.example/hook",
            base_url="http://testserver",
        )
        rooms.outbox.on_move(tx, JobId(generation_id), JobState.SUCCEEDED, 1)
        errand = rooms.outbox.claim(tx)
        assert errand is not None
        rooms.outbox.keep_body(tx, errand, f'{{"prompt": "{SECRET}"}}'.encode())
        rooms.outbox.delivered(tx, errand, Try(200, SECRET, 5, rooms.clock.now()))
    return errand.delivery.id


def test_no_route_shows_or_changes_what_is_anothers(
    service: Service, member: Visitor, rival: Visitor, ids: dict[str, str]
) -> None:
    known = places(service.client.app)
    assert len(known) > 120
    unknown = {name for place in known for name in place.names} - ids.keys() - SHARED
    assert not unknown, f"give the walker an id for {unknown}, or say why it is everyone's"
    before = _everything(service)
    for place in known:
        ours = set(place.names) - SHARED
        path = re.sub(r"{(\w+)[^}]*}", lambda m: ids.get(m[1], "x"), place.path)
        body = BODIES.get(f"{place.method} {place.path}", {})
        reply: Any = None
        if _is_program(place):
            reply = service.client.request(
                place.method,
                path,
                headers=rival.service.headers,
                json=None if place.method == "GET" else body,
            )
        elif place.method == "GET" and place.path != "/progress":
            reply = rival.web.get(path)
        elif place.method == "POST":
            reply = rival.post(path) if place.path != "/sign-out" else None
        if reply is None:
            continue
        assert SECRET not in reply.text, place
        if ours and not _refuses_everyone(place, service, path):
            is_house = place.path.endswith("/paid") or place.path.startswith("/admin/")
            allowed = {404, 403} if is_house else {404}
            assert reply.status_code in allowed, (place, reply.status_code, reply.text[:300])
    assert _everything(service) == before


def test_the_ids_that_others_are_refused_do_lead_somewhere(
    service: Service, member: Visitor, ids: dict[str, str]
) -> None:
    for place in places(service.client.app):
        if place.method != "GET" or not set(place.names) - SHARED:
            continue
        path = re.sub(r"{(\w+)[^}]*}", lambda m: ids.get(m[1], "x"), place.path)
        if _is_program(place) and "/api/v1/" in path and "preview" not in path:
            reply = service.client.get(path, headers=service.headers)
            assert reply.status_code == 200, (place, reply.text[:200])
        elif not _is_program(place) and "preview" not in path:
            assert member.get(path).status_code == 200, place


def test_without_key_or_session_no_route_answers(service: Service, ids: dict[str, str]) -> None:
    nobody = visitor(service)
    for place in places(service.client.app):
        if place.path in OPEN:
            continue
        path = re.sub(r"{(\w+)[^}]*}", lambda m: ids.get(m[1], "x"), place.path)
        if _is_program(place):
            body: dict[str, str] | None = None if place.method == "GET" else {}
            reply = service.client.request(place.method, path, json=body)
            assert reply.status_code == 401, (place, reply.text[:200])
        else:
            answer = nobody.web.request(place.method, path)
            assert answer.status_code in (303, 403), (place, answer.status_code)
            assert SECRET not in answer.text


def _is_program(place: Place) -> bool:
    return place.path.startswith(("/api/", "/kling/", "/files/"))


def _refuses_everyone(place: Place, service: Service, path: str) -> bool:
    """Routes of Kling's that are not offered say so to their owner, too."""
    if not place.path.startswith("/kling/") or place.method != "GET":
        return False
    ours = service.client.get(path, headers=service.headers)
    return ours.status_code not in (200, 404) or ours.json().get("code") != 0


def _everything(service: Service) -> dict[str, object]:
    """What the first organization has, to see that nothing was touched."""
    rooms, owner = service.rooms, service.owner()
    with rooms.database.snapshot() as tx:
        return {
            "people": rooms.people.list(tx, owner.organization_id),
            "projects": rooms.projects.list(tx, owner.organization_id, archived=True),
            "invitations": rooms.invitations.list(tx, owner.organization_id),
            "keys": [key.id for key in rooms.keys.list(tx, owner.organization_id)],
            "budgets": rooms.budgets.listing(tx, owner.organization_id),
            "orders": rooms.billing.orders.listing(tx, owner.organization_id),
            "trail": rooms.trail.page(tx, owner.organization_id),
            "callbacks": rooms.outbox.listing(tx, owner.organization_id),
            "collections": collections(tx, owner.organization_id),
            "balance": rooms.ledger.balance(tx, owner.organization_id),
        }
