"""Days of budgets where an administrator moves the organization's midnights."""

from datetime import UTC, datetime

import pytest
from tests.support.world import FIVE_SECONDS_COST, World

from mutoscope.core.actor import Actor
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import BudgetExceeded
from mutoscope.generations import audit_credits, change_organization
from mutoscope.identity import Permission
from mutoscope.ledger import Period, Scope

HOUR = 3_600
COST = FIVE_SECONDS_COST


def move(world: World, time_zone: str) -> None:
    permissions = frozenset(Permission)
    actor = Actor(world.owner.organization_id, permissions=permissions)
    change_organization(world.rooms, actor, time_zone=time_zone)
    assert audit_credits(world.rooms) == []


def standing(world: World) -> tuple[int, int]:
    with world.rooms.database.snapshot() as tx:
        (found,) = world.rooms.budgets.listing(tx, world.owner.organization_id)
    return found.held, found.spent


def allow(world: World, period: Period, limit: int) -> None:
    with world.rooms.database.transaction() as tx:
        whose = world.owner.organization_id, Scope.PROJECT, world.owner.project_id
        world.rooms.budgets.put(tx, *whose, period, Millicredits(limit))


def test_a_day_counts_what_was_held_in_it_wherever_midnight_goes(world: World) -> None:
    allow(world, Period.DAY, 2 * COST)
    # It is 08:00 UTC: nine in the evening in Auckland, three at night in New York.
    world.submit()
    done = world.claim()
    assert done is not None
    world.succeed(done)
    world.clock.advance(seconds=5 * HOUR)
    last = world.submit()
    assert standing(world) == (COST, COST)
    with pytest.raises(BudgetExceeded, match="and 0 are left"):
        world.submit()
    move(world, "Pacific/Auckland")
    # It is two at night there: the hold of just now is today's, the film at nine was yesterday's.
    assert standing(world) == (COST, 0)
    world.submit()
    with pytest.raises(BudgetExceeded, match="and 0 are left"):
        world.submit()
    move(world, "America/New_York")
    assert standing(world) == (2 * COST, COST)
    with world.rooms.database.transaction() as tx:
        world.rooms.ledger.refund(tx, str(done.job_id), Millicredits(COST), cause="all of it")
    assert standing(world) == (2 * COST, 0)
    move(world, "Pacific/Auckland")
    assert standing(world) == (2 * COST, 0)
    world.cancel(last.id)
    assert standing(world) == (COST, 0)
    world.clock.advance(seconds=24 * HOUR)
    assert standing(world) == (0, 0)


def test_a_day_that_grows_counts_what_was_held_before_its_budget_was_set(world: World) -> None:
    world.submit()
    world.clock.advance(seconds=5 * HOUR)
    move(world, "Pacific/Auckland")
    allow(world, Period.DAY, 2 * COST)
    assert standing(world) == (0, 0)
    move(world, "UTC")
    assert standing(world) == (COST, 0)


def test_a_month_begins_where_the_first_does(world: World) -> None:
    world.clock.advance(seconds=30 * 24 * HOUR)
    while time_of_month(world) != "31T20":
        world.clock.advance(seconds=HOUR)
    allow(world, Period.MONTH, 5 * COST)
    world.submit()
    world.clock.advance(seconds=5 * HOUR)
    world.submit()
    assert standing(world) == (COST, 0)
    move(world, "America/New_York")
    assert standing(world) == (2 * COST, 0)
    move(world, "Asia/Shanghai")
    assert standing(world) == (2 * COST, 0)
    move(world, "UTC")
    assert standing(world) == (COST, 0)


def time_of_month(world: World) -> str:
    return f"{datetime.fromtimestamp(world.clock.now() / 1000, UTC):%dT%H}"
