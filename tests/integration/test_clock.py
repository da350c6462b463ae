"""Clocks that jump: nothing that lapsed comes back, and nothing is lost for good."""

from pathlib import Path

import pytest
from tests.support.program import run
from tests.support.world import World

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InsufficientCredits

HOUR = 3_600
DAY = 24 * HOUR
ENDS_IN = 2 * DAY


@pytest.fixture
def house(world: World) -> World:
    """A wallet with credits that end in two days, and a thousand that never do."""
    with world.rooms.database.transaction() as tx:
        ends = Milliseconds(world.clock.now() + ENDS_IN * 1000)
        home = world.owner.organization_id
        world.rooms.ledger.grant(tx, home, Millicredits(5_000), cause="soon", expires_at=ends)
    sweep(world)
    return world


def sweep(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.billing.keep_up(tx)


def live(world: World, hours: int) -> None:
    """Hours in which the service runs."""
    for _ in range(hours):
        world.clock.advance(seconds=HOUR)
        sweep(world)


def reserve_all(world: World, amount: int) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.ledger.reserve(
            tx, "everything", world.owner.organization_id, Millicredits(amount)
        )


@pytest.mark.parametrize("back", [HOUR, DAY, 365 * DAY])
def test_a_clock_that_goes_back_makes_no_lapsed_lot_usable(house: World, back: int) -> None:
    whole = house.available()
    live(house, 49)
    assert house.available() == whole - 5_000
    house.clock.advance(seconds=-back)
    for _ in range(2):
        assert house.available() == whole - 5_000
        with pytest.raises(InsufficientCredits):
            reserve_all(house, whole)
        sweep(house)


@pytest.mark.parametrize("ahead", [DAY, 3650 * DAY])
def test_a_clock_that_was_ahead_for_a_day_has_cost_nothing(house: World, ahead: int) -> None:
    whole = house.available()
    house.clock.advance(seconds=ahead)
    live(house, 20)
    house.clock.advance(seconds=-20 * HOUR - ahead)
    sweep(house)
    assert house.available() == whole
    reserve_all(house, whole)


def test_a_service_that_was_off_believes_the_clock_in_the_end(house: World) -> None:
    whole = house.available()
    house.clock.advance(seconds=30 * DAY)
    live(house, 30)
    house.clock.advance(seconds=-31 * DAY)
    assert house.available() < whole


def test_a_clock_that_was_long_ahead_is_put_right_by_hand(house: World) -> None:
    whole = house.available()
    house.clock.advance(seconds=100 * DAY)
    with house.rooms.database.transaction() as tx:
        house.rooms.ledger.accept_clock(tx)
    house.clock.advance(seconds=-100 * DAY)
    assert house.available() < whole
    with house.rooms.database.transaction() as tx:
        house.rooms.ledger.accept_clock(tx)
    assert house.available() == whole


def test_the_clock_is_shown_and_accepted_on_the_command_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("people", "link", data=data).code == 0
    accepted = run("credits", "clock", "--accept", "--json", data=data)
    assert accepted.code == 0, accepted.err
    assert accepted.document["behind_seconds"] == 0
    trail = run("trail", "export", data=data).out
    assert "credits.clock.accepted" in trail
