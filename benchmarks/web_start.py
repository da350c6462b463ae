"""How long the web process takes to answer, and what it weighs when idle.

    python -m benchmarks.web_start [--runs 5]

A: the web process of the service, on a data folder that exists. B, the baseline: a FastAPI app with
one route under the same server. Seconds from the start of the process to its first answer; resident
memory after four idle seconds, when
the pages are built too. In turn, A B A B; the medians are compared.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from mutoscope.settings import Settings
from mutoscope.wiring import open_rooms, open_seal

BARE = """
import socket, sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/api/v1/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


class Start(NamedTuple):
    """What one start took: wall and processor seconds, and what it weighs when idle."""

    seconds: float
    processor_seconds: float
    memory_bytes: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        open_rooms(settings, open_seal(settings)).database.close()
        for _ in range(options.runs):
            ours.append(our_web_process(folder))
            bare.append(bare_app())
    print(f"{options.runs} starts, medians")
    print_row("web process", middle(ours))
    print_row("bare FastAPI", middle(bare))
    ratios = (a / b for a, b in zip(middle(ours), middle(bare), strict=True))
    print("  ratios        {:6.2f} {:22.2f} {:23.2f}".format(*ratios))


def our_web_process(folder: str) -> Start:
    """Start it as the supervisor does: with an open socket and two pipes."""
    lifeline, held = os.pipe()
    ready, told = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        handles = [lifeline, listener.fileno(), told]
        command = [sys.executable, "-m", "mutoscope.cli.children", "web", *map(str, handles)]
        try:
            return measure(command, handles, listener.getsockname()[1], folder)
        finally:
            for descriptor in (lifeline, held, ready, told):
                os.close(descriptor)


def bare_app() -> Start:
    """The least that answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-c", BARE, str(listener.fileno())]
        return measure(command, [listener.fileno()], listener.getsockname()[1], "")


def measure(command: list[str], handles: list[int], port: int, data: str) -> Start:
    """Start the command and ask it for its first answer."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        pass_fds=handles,
        env=os.environ | {"MUTOSCOPE_DATA": data},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # The socket is open already: the question waits until somebody answers it.
        httpx.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=60).raise_for_status()
        seconds = time.perf_counter() - started
        watched = psutil.Process(process.pid)
        used = watched.cpu_times()
        time.sleep(4)
        memory = float(watched.memory_info().rss)
        return Start(seconds, used.user + used.system, memory)
    finally:
        process.kill()
        process.wait()


def middle(runs: list[Start]) -> Start:
    """The median of each figure."""
    return Start(*(statistics.median(column) for column in zip(*runs, strict=True)))


def print_row(name: str, start: Start) -> None:
    """One line of the table."""
    print(
        f"  {name:13} {start.seconds:6.2f} s to the first answer,"
        f" {start.processor_seconds:5.2f} s of processor, {start.memory_bytes / 2**20:6.1f} MiB"
    )


if __name__ == "__main__":
    main()
