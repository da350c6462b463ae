"""Whatever is done with credits, in whatever order: the books add up and no wallet is overdrawn."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from tests.support.world import World, make_world

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import BudgetExceeded, Conflict, InsufficientCredits, InvalidRequest
from mutoscope.core.ids import PersonId
from mutoscope.db.schema import account, lot
from mutoscope.ledger import EXPIRY_IS_FINAL_AFTER_MS, Period, Scope

AMOUNTS = st.integers(min_value=0, max_value=50_000)
HOUR = 3_600
DAY = 24 * HOUR


@dataclass
class ModelLot:
    """What the test thinks of a lot."""

    free: int
    expires_at: int | None
    taken: int = 0


class LedgerMachine(RuleBasedStateMachine):
    """Grants, holds, charges, refunds, expiry and jumps of the clock, against a model of lots."""

    standing = Bundle("standing")
    settled = Bundle("settled")

    @initialize()
    def found(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world: World = make_world(Path(self.folder.name), millicredits=0)
        # In the order they were granted.
        self.lots: list[ModelLot] = []
        # What each hold took of which lot, in order.
        self.holds: dict[str, list[tuple[ModelLot, int]]] = {}
        self.charged: dict[str, int] = {}
        self.limit: int | None = None
        self.counted: dict[str, int] = {}
        self.number = 0
        with self.world.rooms.database.transaction() as tx:
            self.person = self.world.rooms.people.add(
                tx,
                self.world.owner.organization_id,
                name="Mei",
                email="mei@example.org",
                role="creator",
            )

    def teardown(self) -> None:
        self.world.rooms.database.close()
        self.folder.cleanup()

    @property
    def now(self) -> int:
        return self.world.clock.now()

    def usable(self) -> list[ModelLot]:
        """Soonest-ending first, those that never end last."""
        alive = [x for x in self.lots if x.expires_at is None or x.expires_at > self.now]
        return sorted(alive, key=lambda x: (x.expires_at is None, x.expires_at or 0))

    @rule(
        amount=st.integers(min_value=1, max_value=100_000),
        hours=st.none() | st.integers(1, 80),
        again=st.booleans(),
    )
    def grant(self, amount: int, hours: int | None, again: bool) -> None:
        self.number += 1
        end = None if hours is None else Milliseconds(self.now + hours * HOUR * 1000)
        for _ in range(1 + again):
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.grant(
                    tx,
                    self.world.owner.organization_id,
                    Millicredits(amount),
                    code="gift",
                    cause=f"gift:{self.number}",
                    expires_at=end,
                )
        self.lots.append(ModelLot(amount, end))

    @rule(limit=st.integers(0, 120_000))
    def cap(self, limit: int) -> None:
        with self.world.rooms.database.transaction() as tx:
            self.world.rooms.budgets.put(
                tx,
                self.world.owner.organization_id,
                Scope.PERSON,
                self.person,
                Period.TOTAL,
                Millicredits(limit),
            )
        self.limit = limit

    @rule(target=standing, amount=AMOUNTS, again=st.booleans(), capped=st.booleans())
    def reserve(self, amount: int, again: bool, capped: bool) -> str:
        self.number += 1
        subject = str(self.number)
        reaches = amount <= sum(x.free for x in self.usable())
        counts = capped and self.limit is not None
        fits = not counts or amount <= max(0, (self.limit or 0) - sum(self.counted.values()))
        for _ in range(1 + again):
            try:
                with self.world.rooms.database.transaction() as tx:
                    self.world.rooms.ledger.reserve(
                        tx,
                        subject,
                        self.world.owner.organization_id,
                        Millicredits(amount),
                        person_id=PersonId(self.person) if capped else None,
                    )
            except BudgetExceeded:
                assert reaches
                assert not fits
            except InsufficientCredits:
                assert not reaches
            else:
                assert reaches
                assert fits
        if reaches and fits:
            self.holds[subject] = self.taken(amount)
            if counts:
                self.counted[subject] = amount
        return subject

    def taken(self, amount: int) -> list[tuple[ModelLot, int]]:
        parts = []
        for each in self.usable():
            part = min(amount, each.free)
            each.free -= part
            amount -= part
            if part:
                parts.append((each, part))
        return parts

    @rule(target=settled, subject=consumes(standing), share=st.floats(0, 1), again=st.booleans())
    def post(self, subject: str, share: float, again: bool) -> tuple[str, int | None]:
        if subject not in self.holds:
            return subject, None
        parts = self.holds.pop(subject)
        amount = int(sum(part for _, part in parts) * share)
        for _ in range(1 + again):
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.post(tx, subject, amount=Millicredits(amount))
        left = amount
        for each, part in parts:
            charged = min(left, part)
            left -= charged
            each.free += part - charged
        self.charged[subject] = amount
        if subject in self.counted:
            self.counted[subject] = amount
        return subject, amount

    @rule(target=settled, subject=consumes(standing), again=st.booleans())
    def void(self, subject: str, again: bool) -> tuple[str, int | None]:
        if subject in self.holds:
            for each, part in self.holds.pop(subject):
                each.free += part
            self.counted.pop(subject, None)
            for _ in range(1 + again):
                with self.world.rooms.database.transaction() as tx:
                    self.world.rooms.ledger.void(tx, subject)
        return subject, None

    @rule(done=settled)
    def settle_again_in_another_way(self, done: tuple[str, int | None]) -> None:
        subject, amount = done
        if amount is None:
            return
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.void(tx, subject)
        except Conflict:
            return
        raise AssertionError("a charged hold was returned as well")

    @rule(subject=standing)
    def charge_more_than_was_held(self, subject: str) -> None:
        if subject not in self.holds:
            return
        held = sum(part for _, part in self.holds[subject])
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.post(tx, subject, amount=Millicredits(held + 1))
        except InvalidRequest:
            return
        raise AssertionError("more was charged than held")

    @rule(done=settled, amount=st.integers(1, 50_000), again=st.booleans())
    def refund(self, done: tuple[str, int | None], amount: int, again: bool) -> None:
        subject, charged = done
        if charged is None:
            return
        self.number += 1
        fits = amount <= self.charged[subject]
        for _ in range(1 + again):
            try:
                with self.world.rooms.database.transaction() as tx:
                    self.world.rooms.ledger.refund(
                        tx, subject, Millicredits(amount), cause=str(self.number)
                    )
            except InvalidRequest:
                assert not fits
            else:
                assert fits
        if fits:
            self.charged[subject] -= amount
            if subject in self.counted:
                self.counted[subject] -= amount
            with self.world.rooms.database.snapshot() as tx:
                cause = lot.c.cause == f"refund:{self.number}"
                end = tx.execute(select(lot.c.expires_at).where(cause)).scalar_one()
            assert end is None or end >= self.now + 7 * DAY * 1000
            self.lots.append(ModelLot(amount, end))

    @rule(amount=st.integers(1, 50_000))
    def correct(self, amount: int) -> None:
        self.number += 1
        reaches = amount <= sum(x.free for x in self.usable())
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.correct(
                    tx,
                    self.world.owner.organization_id,
                    Millicredits(amount),
                    cause=str(self.number),
                )
        except InsufficientCredits:
            assert not reaches
        else:
            assert reaches
            self.taken(amount)

    @rule(hours=st.sampled_from([1, 6, 24, 50]))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance(seconds=hours * HOUR)

    @precondition(lambda self: self.lots)
    @rule(by=st.sampled_from([-DAY, DAY]))
    def the_clock_jumps_a_day_and_is_put_right(self, by: int) -> None:
        """The sweep looks at the wrong time: nothing is lost by it."""
        self.expire()
        before = self.world.available()
        self.world.clock.advance(seconds=by)
        self.expire()
        self.world.clock.advance(seconds=-by)
        assert self.world.available() == before

    @rule()
    def expire(self) -> None:
        with self.world.rooms.database.transaction() as tx:
            self.world.rooms.ledger.expire(tx)
        for each in self.lots:
            if each.expires_at is not None and each.expires_at <= (
                self.now - EXPIRY_IS_FINAL_AFTER_MS
            ):
                each.free = 0

    @invariant()
    def the_books_add_up(self) -> None:
        assert not self.world.discrepancies()
        held = sum(part for parts in self.holds.values() for _, part in parts)
        assert self.world.held() == held
        assert self.world.available() == sum(x.free for x in self.usable())
        with self.world.rooms.database.snapshot() as tx:
            rows = tx.execute(select(account)).all()
        assert sum(row.credits_posted - row.debits_posted for row in rows) == 0
        assert sum(row.credits_pending - row.debits_pending for row in rows) == 0


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
