"""Whom a server believes about where a call came from."""

from pathlib import Path

import pytest
from tests.support.program import run, serving

CLAIM = {"X-Forwarded-For": "10.1.2.3"}


@pytest.mark.parametrize(("trusted", "status"), [("", 403), ("127.0.0.1", 200)])
def test_a_header_moves_a_caller_only_behind_a_proxy_that_is_trusted(
    trusted: str, status: int, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with serving(data, env={"MUTOSCOPE_TRUSTED_PROXIES": trusted}) as service:
        keys = run("keys", "list", "--json", data=data).document
        bound = run("keys", "restrict", keys[0]["id"], "--from", "10.0.0.0/8", data=data)
        assert bound.code == 0, bound.err
        with service.client as client:
            assert client.get("/models").status_code == 403
            assert client.get("/models", headers=CLAIM).status_code == status
