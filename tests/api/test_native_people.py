"""People, projects, keys and the trail over our own API."""

import csv
import io
import json
from typing import Any

import pytest
from tests.support.web import Service

JSON = ("application/json", "application/problem+json")


def call(service: Service, method: str, path: str, status: int = 200, **request: Any) -> Any:
    reply = service.client.request(method, f"/api/v1{path}", headers=service.headers, **request)
    assert reply.status_code == status, reply.text
    kind = reply.headers.get("content-type", "")
    return reply.json() if kind in JSON and reply.content else reply.text


def test_somebody_is_invited_joins_is_promoted_and_let_go(service: Service) -> None:
    invited = call(service, "POST", "/invitations", 201, json={"role": "creator"})
    assert invited["url"].endswith(f"/join?token={invited['token']}")
    assert len(call(service, "GET", "/invitations")["items"]) == 1
    body = {
        "token": invited["token"],
        "name": "Bo",
        "email": "bo@example.com",
        "password": "correct horse battery",
    }
    joined = service.client.post("/api/v1/invitations/accept", json=body)
    assert joined.status_code == 201, joined.text
    assert service.client.post("/api/v1/invitations/accept", json=body).status_code == 401
    person = joined.json()["id"]
    changed = call(service, "PATCH", f"/people/{person}", json={"role": "producer"})
    assert (changed["role"], "keys.manage" in changed["permissions"]) == ("producer", True)
    gone = call(service, "PATCH", f"/people/{person}", json={"disabled": True})
    assert gone["disabled_at"]
    verbs = [entry["verb"] for entry in call(service, "GET", "/trail")["items"]]
    assert verbs == [
        "identity.person.disabled",
        "identity.person.promoted",
        "identity.person.joined",
        "identity.invitation.created",
    ]


def test_a_key_is_made_for_a_project_and_archiving_stops_new_work(service: Service) -> None:
    project = call(service, "POST", "/projects", 201, json={"name": "Spring"})["id"]
    made = call(
        service, "POST", "/keys", 201, json={"name": "ci", "project_id": project, "days": 30}
    )
    headers = {"Authorization": f"Bearer {made['api_key']}"}
    ask = {"prompt": "a cat", "seconds": 1}
    first = service.client.post("/api/v1/generations", json=ask, headers=headers)
    assert first.status_code == 202, first.text
    call(service, "PATCH", f"/projects/{project}", json={"archived": True})
    refused = service.client.post("/api/v1/generations", json=ask, headers=headers)
    assert refused.status_code == 403
    assert "archived" in refused.json()["detail"]
    assert service.client.get("/api/v1/generations", headers=headers).json()["items"]
    (shown,) = [key for key in call(service, "GET", "/keys")["items"] if key["id"] == made["id"]]
    assert shown["expires_at"]
    assert shown["last_used_at"]
    assert made["secret_key"] not in json.dumps(call(service, "GET", "/keys"))
    call(service, "DELETE", f"/keys/{made['id']}", 204)
    assert service.client.get("/api/v1/generations", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/invitations", {"role": "king"}, "role"),
        ("POST", "/invitations", {"role": "viewer", "email": "nobody"}, "email"),
        ("POST", "/keys", {"name": "x", "scopes": ["everything"]}, "scopes"),
        ("POST", "/keys", {"name": "x", "scopes": []}, "scopes"),
        ("POST", "/projects", {"name": "   "}, "name"),
        ("PATCH", "/organization", {"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(
    service: Service, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    assert call(service, method, path, 400, json=body)["field"] == field
    assert call(service, "GET", "/trail")["items"] == []


def test_the_trail_is_exported_as_lines_and_as_a_table(service: Service) -> None:
    call(service, "POST", "/projects", 201, json={"name": "=HYPERLINK(1)"})
    call(service, "PATCH", "/organization", json={"name": "Acme", "time_zone": "Asia/Shanghai"})
    lines = call(service, "GET", "/trail/export").splitlines()
    assert [json.loads(line)["verb"] for line in lines] == [
        "identity.project.created",
        "identity.organization.changed",
    ]
    table = list(csv.DictReader(io.StringIO(call(service, "GET", "/trail/export?format=csv"))))
    assert json.loads(table[1]["facts"])["time_zone"] == "Asia/Shanghai"
    call(service, "GET", "/trail/export?format=xml", 400)


def test_another_tenant_is_taken_in_by_the_house_only(service: Service) -> None:
    body = {"name": "Rival", "owner_name": "Eve", "owner_email": "eve@example.com"}
    made = call(service, "POST", "/organizations", 201, json=body)
    assert "/sign-in?token=" in made["owner_link"]
    assert len(call(service, "GET", "/organizations")["items"]) == 2
    call(service.stranger(), "POST", "/organizations", 403, json=body)
    call(service.stranger(), "GET", "/organizations", 403)
