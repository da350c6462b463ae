"""How fast a client's most frequent question is answered: is my video done?

    python -m benchmarks.polling [--clients 64] [--seconds 2] [--rounds 8]

A: GET /v1/videos/text2video/{task_id} on a running service whose worker is busy drawing, from so
   many clients that ask again and again, each with a token of its own after a task of its own.
B: a bare FastAPI route that answers the same bytes, in a process of its own under the same server.
   In turn, A B A B, by the same clients; the medians of the rounds are printed.
"""

import argparse
import asyncio
import json
import multiprocessing
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from tests.support.program import Service, serving

from benchmarks.durable_creates import drawn
from mutoscope.wiring import CREDENTIALS

SETTINGS = {
    "MUTOSCOPE_WELCOME_CREDITS": str(10**9),
    "MUTOSCOPE_REQUESTS_PER_MINUTE": "0",
    "MUTOSCOPE_JOBS_AT_ONCE_MAX": "0",
}
# Long enough to keep the worker at it for as long as we ask.
BODY = {"prompt": "红色的气球飘过大海", "duration": "10", "mode": "pro"}
PATH = "/v1/videos/text2video"


@dataclass(frozen=True)
class Asking:
    """One client's request, as its bytes, and where it goes."""

    host: str
    port: int
    request: bytes


@dataclass(frozen=True)
class Answers:
    """How many in how long, and the latency that 99 of 100 stay below."""

    rate: float
    p99_ms: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with serving(data, env=SETTINGS) as service:
            ours = polls(service, options.clients)
            sample = httpx.get(service.url + path_of(ours[0]), headers=service.headers).json()
            with bare_route(Path(folder), sample) as port:
                bare = [Asking("127.0.0.1", port, request_bytes(PATH + "/1", {}))] * options.clients
                rounds = [
                    (measured(ours, options.seconds), measured(bare, options.seconds))
                    for _ in range(options.rounds)
                ]
            begun = drawn(service)
    show("polls of ours", [ours for ours, _ in rounds])
    show("a bare route", [bare for _, bare in rounds])
    ratios = sorted(ours.rate / bare.rate for ours, bare in rounds)
    print(
        f"  ratio, round by round {statistics.median(ratios):.2f}"
        f"  (from {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
    print(f"  begun by the worker meanwhile {begun} of {options.clients}")


def show(what: str, answers: list[Answers]) -> None:
    """One line."""
    rate = statistics.median(each.rate for each in answers)
    p99 = statistics.median(each.p99_ms for each in answers)
    print(f"  {what:15} {rate:8.0f} a second, p99 {p99:6.1f} ms")


def polls(service: Service, clients: int) -> list[Asking]:
    """A task and a token for each client; the worker has them all to make."""
    keys = json.loads((service.data / CREDENTIALS).read_text())
    there = urlsplit(service.url)
    asked = []
    for number in range(clients):
        claims = {"iss": keys["access_key"], "exp": time.time() + 1800, "nbf": time.time() - 5}
        token = jwt.encode(claims | {"iat": int(time.time()) - number}, keys["secret_key"], "HS256")
        headers = {"Authorization": f"Bearer {token}"}
        reply = httpx.post(service.url + PATH, json=BODY, headers=headers).json()
        path = f"{PATH}/{reply['data']['task_id']}"
        asked.append(Asking(there.hostname or "", there.port or 80, request_bytes(path, headers)))
    return asked


def request_bytes(path: str, headers: dict[str, str]) -> bytes:
    """A GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def path_of(asking: Asking) -> str:
    """Where a request goes."""
    return asking.request.split(b" ", 2)[1].decode()


def measured(asking: list[Asking], seconds: float) -> Answers:
    """Ask from a process of its own, so that only the server is the server's."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        latencies = sorted(pool.apply(ask_all, (asking, seconds)))
    return Answers(len(latencies) / seconds, latencies[int(len(latencies) * 0.99)] * 1000)


def ask_all(asking: list[Asking], seconds: float) -> list[float]:
    """The latencies, in seconds, of clients that ask at the same time."""

    async def everybody() -> list[float]:
        end = time.perf_counter() + seconds
        return [
            each for one in await asyncio.gather(*(ask(a, end) for a in asking)) for each in one
        ]

    return asyncio.run(everybody())


async def ask(asking: Asking, end: float) -> list[float]:
    """One client: a connection that stays open, the next question after each answer."""
    reader, writer = await asyncio.open_connection(asking.host, asking.port)
    taken = []
    while (started := time.perf_counter()) < end:
        writer.write(asking.request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r")[0]))
        taken.append(time.perf_counter() - started)
    writer.close()
    return taken


BARE = """
import sys, json, uvicorn
from fastapi import FastAPI

app = FastAPI()
sample = json.load(open(sys.argv[1]))

@app.get("/v1/videos/text2video/{task_id}")
async def poll(task_id: str):
    return sample

uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_config=None)
"""


@contextmanager
def bare_route(folder: Path, sample: Any) -> Iterator[int]:
    """The same answer from a route that knows nobody and looks nothing up; its port."""
    answer, program = folder / "sample.json", folder / "bare.py"
    answer.write_text(json.dumps(sample))
    program.write_text(BARE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen([sys.executable, str(program), str(answer), str(port)])
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}{PATH}/1").raise_for_status()
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
