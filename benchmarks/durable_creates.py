"""How many generations a second can be accepted: authenticated, priced, held, queued, on disk.

    python -m benchmarks.durable_creates [--clients 16] [--seconds 10]

A: POST /api/v1/generations from so many loopback clients (in processes of their own) on a running
   service whose worker is busy drawing what they asked for. B, the baseline: one process that
   writes one row a transaction to a SQLite file with the same settings (WAL, synchronous=full), as
   fast as it can, after the service has stopped.
"""

import argparse
import json
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.program import Service, serving

BODY = {"prompt": "a red balloon over the sea", "seconds": 1, "size": "480p"}
PROCESSES = 2
SETTINGS = {
    "MUTOSCOPE_WELCOME_CREDITS": str(10**9),
    "MUTOSCOPE_REQUESTS_PER_MINUTE": "0",
    "MUTOSCOPE_JOBS_AT_ONCE_MAX": "0",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder) / "data", env=SETTINGS) as service:
            address = f"{service.url}/api/v1/generations"
            share = options.clients // PROCESSES
            work = (address, service.headers, share, options.seconds)
            with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
                latencies = sorted(chain(*pool.starmap(clients, [work] * PROCESSES)))
            began = drawn(service)
        baseline = commits_per_second(Path(folder), options.seconds / 3)
    rate = len(latencies) / options.seconds
    print(f"{options.clients} clients for {options.seconds:g} s, {len(latencies)} accepted")
    print(f"  creates a second   {rate:8.0f}")
    print(f"  median, p99        {statistics.median(latencies) * 1000:8.1f} ms,", end="")
    print(f"{latencies[int(len(latencies) * 0.99)] * 1000:7.1f} ms")
    print(f"  begun by the worker meanwhile {began:8d}")
    print(f"  bare commits a second on the same disk {baseline:8.0f}")
    print(f"  ratio              {rate / baseline:8.3f}")


def clients(address: str, headers: dict[str, str], how_many: int, seconds: float) -> list[float]:
    """The latencies, in seconds, of so many clients that ask again and again."""

    body = json.dumps(BODY).encode()
    headers = headers | {"Content-Type": "application/json"}

    def one(_: int) -> list[float]:
        taken = []
        # The standard library's client: a richer one takes as long as the service it asks.
        there = urlsplit(address)
        connection = HTTPConnection(there.hostname or "", there.port, timeout=30)
        end = time.perf_counter() + seconds
        while (started := time.perf_counter()) < end:
            connection.request("POST", there.path, body=body, headers=headers)
            with connection.getresponse() as answer:
                answer.read()
                if answer.status != HTTPStatus.ACCEPTED:
                    raise RuntimeError(f"refused: {answer.status}")
            taken.append(time.perf_counter() - started)
        connection.close()
        return taken

    with ThreadPoolExecutor(how_many) as pool:
        return list(chain(*pool.map(one, range(how_many))))


def drawn(service: Service) -> int:
    """How many generations the worker has begun, by its own database."""
    with sqlite3.connect(service.data / "mutoscope.db") as connection:
        query = "SELECT count(*) FROM job WHERE state <> 'queued'"
        (count,) = connection.execute(query).fetchone()
    return int(count)


def commits_per_second(folder: Path, seconds: float) -> float:
    """One row a transaction, one writer, nothing else."""
    connection = sqlite3.connect(folder / "baseline.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=wal")
    connection.execute("PRAGMA synchronous=full")
    connection.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT)")
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line (text) VALUES ('x')")
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / seconds


if __name__ == "__main__":
    main()
