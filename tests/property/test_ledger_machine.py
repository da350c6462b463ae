"""Whatever is done with credits, in whatever order: the books add up and no wallet is overdrawn."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select
from tests.support.world import World, make_world

from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import Conflict, InsufficientCredits, InvalidRequest
from mutoscope.db.schema import account

AMOUNTS = st.integers(min_value=0, max_value=50_000)


class LedgerMachine(RuleBasedStateMachine):
    """Grants, holds, charges and returns, each possibly repeated, against a model of two sums."""

    standing = Bundle("standing")
    settled = Bundle("settled")

    @initialize()
    def found(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world: World = make_world(Path(self.folder.name), millicredits=0)
        self.posted = 0
        self.holds: dict[str, int] = {}
        self.number = 0

    def teardown(self) -> None:
        self.world.rooms.database.close()
        self.folder.cleanup()

    @rule(amount=st.integers(min_value=1, max_value=100_000), again=st.booleans())
    def grant(self, amount: int, again: bool) -> None:
        self.number += 1
        for _ in range(1 + again):
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.grant(
                    tx,
                    self.world.owner.organization_id,
                    Millicredits(amount),
                    code="gift",
                    cause=f"gift:{self.number}",
                )
        self.posted += amount

    @rule(target=standing, amount=AMOUNTS, again=st.booleans())
    def reserve(self, amount: int, again: bool) -> str:
        self.number += 1
        subject = str(self.number)
        fits = amount <= self.posted - sum(self.holds.values())
        for _ in range(1 + again):
            try:
                with self.world.rooms.database.transaction() as tx:
                    self.world.rooms.ledger.reserve(
                        tx, subject, self.world.owner.organization_id, Millicredits(amount)
                    )
            except InsufficientCredits:
                assert not fits
            else:
                assert fits
        if fits:
            self.holds[subject] = amount
        return subject

    @rule(target=settled, subject=consumes(standing), share=st.floats(0, 1), again=st.booleans())
    def post(self, subject: str, share: float, again: bool) -> tuple[str, int | None]:
        if subject not in self.holds:
            return subject, None
        amount = int(self.holds.pop(subject) * share)
        for _ in range(1 + again):
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.ledger.post(tx, subject, amount=Millicredits(amount))
        self.posted -= amount
        return subject, amount

    @rule(target=settled, subject=consumes(standing), again=st.booleans())
    def void(self, subject: str, again: bool) -> tuple[str, int | None]:
        if subject in self.holds:
            del self.holds[subject]
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
        try:
            with self.world.rooms.database.transaction() as tx:
                too_much = Millicredits(self.holds[subject] + 1)
                self.world.rooms.ledger.post(tx, subject, amount=too_much)
        except InvalidRequest:
            return
        raise AssertionError("more was charged than held")

    @invariant()
    def the_books_add_up(self) -> None:
        assert not self.world.discrepancies()
        assert self.world.held() == sum(self.holds.values())
        assert self.world.available() == self.posted - sum(self.holds.values())
        with self.world.rooms.database.snapshot() as tx:
            rows = tx.execute(select(account)).all()
        assert sum(row.credits_posted - row.debits_posted for row in rows) == 0
        assert sum(row.credits_pending - row.debits_pending for row in rows) == 0


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
