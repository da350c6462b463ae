"""A client of Kling's API, written from its documentation: it shares no code with the server.

It makes its tokens by hand, as clients do that were written before any of our code.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign_token(
    access_key: str,
    secret_key: str,
    *,
    header: Mapping[str, Any] | None = None,
    digest: str = "sha256",
    **claims: Any,
) -> str:
    """A token as Kling's page has it: HS256, `iss`, `exp` in 30 minutes, `nbf` 5 seconds ago."""
    now = int(time.time())
    stated = {"iss": access_key, "exp": now + 1800, "nbf": now - 5} | claims
    stated = {name: value for name, value in stated.items() if value is not None}
    head = _text(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = _text(json.dumps(stated).encode())
    signed = f"{head}.{body}"
    signature = hmac.new(secret_key.encode(), signed.encode(), digest).digest()
    return f"{signed}.{_text(signature)}"


def unsigned_token(access_key: str, alg: str = "none") -> str:
    """A token that claims to need no signature."""
    head = _text(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    body = _text(json.dumps({"iss": access_key, "exp": int(time.time()) + 1800}).encode())
    return f"{head}.{body}."


class KlingClient:
    """Creates a task and asks after it until it has ended, as Kling's users do."""

    def __init__(self, http: TestClient, access_key: str, secret_key: str, base: str = "") -> None:
        self._http = http
        self._access_key = access_key
        self._secret_key = secret_key
        self._base = base

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The `data` of a successful answer; AssertionError for any other."""
        token = sign_token(self._access_key, self._secret_key)
        reply = self._http.request(
            method,
            f"{self._base}{path}",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            content=None if body is None else json.dumps(body).encode(),
        )
        content = reply.json()
        assert reply.status_code == 200, content
        assert content["code"] == 0
        assert content["message"] == "SUCCEED"
        assert isinstance(content["request_id"], str)
        return content["data"]

    def sha256(self, url: str) -> str:
        """The hash of what a result link gives, without any credentials."""
        reply = self._http.get(url)
        assert reply.status_code == 200
        return hashlib.sha256(reply.content).hexdigest()
