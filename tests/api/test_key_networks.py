"""A key that is good only from certain addresses, in both of the APIs' words."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.support.kling_client import sign_token
from tests.support.web import open_service

from mutoscope.identity import Networks

TEXT = "/v1/videos/text2video"
NATIVE = "/api/v1/generations"


@pytest.mark.parametrize(("address", "is_let_in"), [("10.1.2.3", True), ("192.168.1.1", False)])
def test_a_restricted_key_works_only_from_its_networks(
    address: str, is_let_in: bool, tmp_path: Path
) -> None:
    with open_service(tmp_path / "data") as service:
        keys, owner = service.rooms.keys, service.owner()
        assert owner.key_id is not None
        with service.rooms.database.transaction() as tx:
            networks = Networks.parse(["10.0.0.0/8"])
            keys.restrict(tx, owner.organization_id, owner.key_id, networks)
        credentials = service.credentials
        token = sign_token(credentials.access_key, credentials.secret_key)
        client = TestClient(service.client.app, client=(address, 4711))
        ours = client.get(NATIVE, headers=service.headers)
        answers = [
            client.get(TEXT, headers=service.headers),
            client.get(TEXT, headers={"Authorization": f"Bearer {token}"}),
            client.get(f"{TEXT}/1", headers=service.headers),
            client.post("/text-to-video/kling-2.6", json={"prompt": "x"}, headers=service.headers),
        ]
    if is_let_in:
        assert ours.status_code == 200
        assert {answer.json()["code"] for answer in answers} <= {0, 1201}
    else:
        assert (ours.status_code, ours.json()["code"]) == (403, "address_not_allowed")
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(429, 1304)}
