"""Everything that is done with credits, at once, and cut off at any point."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.support.till import Till
from tests.support.world import World

from mutoscope.core.errors import MutoscopeError
from mutoscope.settings import Settings
from mutoscope.wiring import local_owner, open_rooms, open_seal

THREADS = 8
DEEDS = 60
KILLS = 6


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


def till(world: World, seed: int) -> Till:
    return Till(world.rooms, world.owner, random.Random(seed))


def test_the_books_add_up_whatever_threads_do_at_once(world: World) -> None:
    till(world, 0).open()

    def work(seed: int) -> None:
        mine = till(world, seed)
        for _ in range(DEEDS):
            mine.act()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    till(world, 0).check()


DEED_NAMES = (
    "submit",
    "work",
    "cancel",
    "grant",
    "refund",
    "correct",
    "redeem",
    "buy",
    "change_plan",
    "change_budget",
    "keep_up",
)


@pytest.mark.parametrize("name", DEED_NAMES)
def test_a_deed_cut_off_between_any_two_statements_leaves_the_books_whole(
    world: World, name: str
) -> None:
    house = till(world, 6)
    house.open()
    for _ in range(40):
        house.act()
    cut_off = 0
    for statement in range(60):
        if name == "work":
            fill_queue(house)
        with power_cut_at(world, statement) as was_cut:
            try:
                deed: Callable[[], Any] = getattr(house, name)
                deed()
            except PowerCut:
                pass
            except Exception:
                # Refused: that is an answer too.
                if not was_cut():
                    continue
        if not was_cut():
            break
        cut_off += 1
        house.check()
    house.check()
    assert cut_off >= 3


def fill_queue(house: Till) -> None:
    """Give a worker something to do, whatever credits and budgets still allow."""
    for _ in range(4):
        house.grant()
        with suppress(MutoscopeError):
            house.submit()


@contextmanager
def power_cut_at(world: World, statement: int) -> Iterator[Callable[[], bool]]:
    """Raise before the statement of that number, counted from here."""
    seen = 0

    def before(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement + 1:
            raise PowerCut

    engine = world.rooms.database.engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield lambda: seen > statement
    finally:
        event.remove(engine, "before_cursor_execute", before)


def test_the_books_add_up_when_processes_are_killed(tmp_path: Path) -> None:
    chance = random.Random(20261127)
    data = tmp_path / "data"
    settings = Settings(data=data, jobs_at_once_max=0)
    rooms = open_rooms(settings, open_seal(settings))
    mine = Till(rooms, local_owner(rooms), random.Random(1))
    mine.open()
    done = 0
    for number in range(KILLS):
        workers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.till_process", str(data), str(seed)],
                stdout=subprocess.PIPE,
            )
            for seed in (2 * number, 2 * number + 1)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"at work\n"
        time.sleep(chance.uniform(0.3, 1.5))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            with worker:
                pass
        mine.check()
    with rooms.database.snapshot() as tx:
        done = len(rooms.ledger.statement(tx, mine.owner.organization_id, limit=10_000))
    rooms.database.close()
    assert done > KILLS * 10
