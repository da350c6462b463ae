"""Callers who arrive together."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.world import FIVE_SECONDS_COST, World, make_world

from mutoscope.core.errors import InsufficientCredits
from mutoscope.generations import Generation

CALLERS = 12


def test_parallel_submits_never_spend_more_than_there_is(tmp_path: Path) -> None:
    affordable = 5
    world = make_world(tmp_path, millicredits=affordable * FIVE_SECONDS_COST)

    def attempt(_: int) -> bool:
        try:
            world.submit()
        except InsufficientCredits:
            return False
        return True

    with ThreadPoolExecutor(CALLERS) as pool:
        accepted = sum(pool.map(attempt, range(CALLERS * 2)))
    assert accepted == affordable
    assert world.available() == 0
    assert not world.discrepancies()
    world.rooms.database.close()


def test_one_idempotency_key_in_parallel_makes_one_generation(world: World) -> None:
    def attempt(_: int) -> Generation:
        return world.submit(key="once", seconds=3.0)

    with ThreadPoolExecutor(CALLERS) as pool:
        ids = {generation.id for generation in pool.map(attempt, range(CALLERS))}
    assert len(ids) == 1
    assert world.open_holds() == ids


def test_one_job_is_claimed_by_one_worker(world: World) -> None:
    world.submit()
    with ThreadPoolExecutor(CALLERS) as pool:
        claims = list(pool.map(lambda number: world.claim(f"worker-{number}"), range(CALLERS)))
    assert sum(claim is not None for claim in claims) == 1


def test_a_cancel_and_a_success_at_once_leave_one_of_them(world: World) -> None:
    for _ in range(10):
        generation = world.submit()
        claim = world.claim()
        assert claim is not None
        with ThreadPoolExecutor(2) as pool:
            done = pool.submit(world.succeed, claim)
            canceled = pool.submit(world.cancel, generation.id)
            failures = [future.exception() for future in (done, canceled)]
        # A cancel that came first is a wish: the worker that had finished may still deliver.
        assert failures[0] is None
        assert world.state(generation.id) == "succeeded"
    assert world.charges() == 10
    assert not world.discrepancies()
