"""The service as its user runs it: real processes, a real port, a real crash."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

START_SECONDS = 30


@dataclass
class Serving:
    """`mutoscope serve` under way."""

    data: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """The Authorization of the first key."""
        credentials = json.loads((self.data / "credentials.json").read_text())
        return {"Authorization": f"Bearer {credentials['api_key']}"}

    def children(self) -> list[psutil.Process]:
        """The web process and the worker, as far as they live."""
        try:
            return list(psutil.Process(self.process.pid).children())
        except psutil.NoSuchProcess:
            return []

    def wait_ready(self) -> None:
        """Return once the readiness check says so."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended with {self.process.returncode}")
            try:
                if httpx.get(f"{self.base_url}/api/v1/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("serve did not get ready")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, **settings: object) -> Iterator[Serving]:
    """Start the service on a free port and stop it in the end, whatever happened."""
    port = free_port()
    environment = os.environ | {f"MUTOSCOPE_{k.upper()}": str(v) for k, v in settings.items()}
    command = [sys.executable, "-m", "mutoscope.cli", "serve"]
    log = (data.parent / f"{data.name}.log").open("ab")
    process = subprocess.Popen(
        [*command, "--data", str(data), "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    service = Serving(data, port, process)
    try:
        service.wait_ready()
        yield service
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()
