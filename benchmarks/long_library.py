"""How long a page of the library takes the server when it holds ten thousand works.

`python -m benchmarks.long_library [COUNT]` makes one film, copies its rows, and asks for pages as a
browser does: all of them, and searches that match everything and nothing. Prints milliseconds of
this process's own time (a busy machine does not count) and kilobytes of HTML.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.support.long_library import fill
from tests.support.studio import Visitor, visitor
from tests.support.web import open_service

COUNT = 10_000
ROUNDS = 7
PATHS = ("/library", "/library?words=red+car", "/library?words=nowhere", "/library?kind=video", "/")


def measure(member: Visitor, path: str) -> tuple[float, float]:
    """The least milliseconds of processor time for a page, and its kilobytes."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        reply = member.get(path)
        times.append((time.process_time() - began) * 1000)
        assert reply.status_code == 200, reply.text
    return min(times), len(reply.content) / 1000


def main() -> None:
    """Fill a library, then look at it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder, open_service(Path(folder) / "data") as service:
        member = visitor(service).come_in()
        original = member.make("a red car in the desert")
        member.work()
        with service.rooms.database.transaction() as tx:
            fill(tx, original, count)
        for path in PATHS:
            milliseconds, kilobytes = measure(member, path)
            print(f"{path:30} {milliseconds:6.0f} ms {kilobytes:6.0f} kB")


if __name__ == "__main__":
    main()
