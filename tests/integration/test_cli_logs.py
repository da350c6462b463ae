"""What is logged, and what must not be."""

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from mutoscope.cli.logs import set_up_logs

set_up_logs("info")
structlog.get_logger().info("job claimed", job=7)
structlog.get_logger().debug("not asked for")
logging.getLogger("uvicorn.error").warning("from a library")

def work(key):
    raise ValueError("the engine broke")

try:
    work("".join(["se", "cret"]))
except ValueError:
    structlog.get_logger().exception("job failed")
"""


def test_logs_are_json_lines_without_the_values_of_variables() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in events] == ["job claimed", "from a library", "job failed"]
    assert (events[0]["job"], events[0]["level"]) == (7, "info")
    assert "ValueError: the engine broke" in events[2]["exception"]
    assert "secret" not in done.stderr
    assert done.stdout == ""
