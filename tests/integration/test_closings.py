"""Months that are over are summed up, and statements say what they would have said."""

import random
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from tests.support.world import World

from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import PersonId, ProjectId
from mutoscope.db.schema import closing, transfer
from mutoscope.generations import close_months
from mutoscope.ledger import Discrepancy, Statement, audit, month, statement_of

DAY = 86_400
ZONE = "Asia/Shanghai"
MONTHS = [month(name, ZONE) for name in ("2027-01", "2027-02", "2027-03", "2027-04", "2027-05")]
SUBJECTS: list[tuple[ProjectId | None, PersonId | None]] = [
    (None, None),
    (ProjectId("red"), None),
    (None, PersonId("ann")),
    (ProjectId("blue"), PersonId("bob")),
]


def live(world: World, days: int, chance: random.Random) -> None:
    """Days on which credits come and go, with a clock that at times jumps there and back."""
    rooms, home = world.rooms, world.owner.organization_id
    for _ in range(days):
        jump = chance.choice([0, 0, 0, -3, 40])
        world.clock.advance(seconds=jump * DAY)
        for _ in range(chance.randrange(4)):
            name = f"{chance.getrandbits(60)}"
            with rooms.database.transaction() as tx:
                rooms.ledger.grant(tx, home, Millicredits(chance.randrange(1, 9000)), cause=name)
                rooms.ledger.reserve(
                    tx,
                    name,
                    home,
                    Millicredits(500),
                    project_id=ProjectId(chance.choice(["red", "blue"])),
                    person_id=PersonId(chance.choice(["ann", "bob"])),
                )
                if chance.random() < 0.7:
                    rooms.ledger.post(tx, name, amount=Millicredits(chance.randrange(501)))
        world.clock.advance(seconds=DAY - jump * DAY)


def statements(world: World) -> list[Statement]:
    with world.rooms.database.snapshot() as tx:
        return [
            statement_of(
                tx, world.owner.organization_id, span, project_id=project, person_id=person
            )
            for span in MONTHS
            for project, person in SUBJECTS
        ]


def discrepancies(world: World) -> list[Discrepancy]:
    with world.rooms.database.snapshot() as tx:
        return list(audit(tx))


@pytest.mark.parametrize("seed", range(4))
def test_statements_say_the_same_before_and_after_a_month_is_closed(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    closed = 0
    for _ in range(5):
        live(world, 30, chance)
        before = statements(world)
        closed += close_months(world.rooms)
        assert statements(world) == before
        assert close_months(world.rooms) == 0
    assert closed >= 2
    assert discrepancies(world) == []
    whole = before[:: len(SUBJECTS)]
    for earlier, later in pairwise(whole):
        assert earlier.closing == later.opening


def test_the_lines_of_a_closed_month_are_not_read_again(world: World) -> None:
    live(world, 40, random.Random(1))
    close_months(world.rooms)
    live(world, 5, random.Random(2))
    with world.rooms.database.snapshot() as tx:
        last = tx.scalar(select(closing.c.last_id).order_by(closing.c.id.desc()))
        span = month("2027-03", ZONE)
        honest = statement_of(tx, world.owner.organization_id, span)
    with world.rooms.database.transaction() as tx:
        old = (transfer.c.id <= last) & (transfer.c.kind == "posted")
        tx.exec_driver_sql("DROP TRIGGER ledger_keeps_update")
        tx.execute(update(transfer).where(old).values(amount=transfer.c.amount + 7))
    with world.rooms.database.snapshot() as tx:
        assert statement_of(tx, world.owner.organization_id, span).opening == honest.opening
    assert any(found.subject.startswith("the closing of") for found in discrepancies(world))
