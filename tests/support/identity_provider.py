"""An OpenID Connect provider in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE_SECONDS = 60


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


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Provider(_issuer(f"http://127.0.0.1:{port}/.well-known/openid-configuration"))
    finally:
        process.terminate()
        process.wait(10)


def _issuer(url: str) -> str:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return str(httpx.get(url).json()["issuer"])
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
