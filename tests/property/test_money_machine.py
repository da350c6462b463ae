"""Plans, prices, budgets, payments told twice and late, refunds, expiry: the books add up."""

import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.till import Till
from tests.support.world import make_world

from mutoscope.core.errors import MutoscopeError

HOUR = 3_600
CHANCE = st.randoms(use_true_random=False)


class MoneyMachine(RuleBasedStateMachine):
    """Every deed of the till, in whatever order is found to be the most interesting."""

    @initialize()
    def found(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = make_world(Path(self.folder.name), millicredits=30_000)
        self.till = Till(self.world.rooms, self.world.owner, random.Random(0))
        self.till.open()

    def teardown(self) -> None:
        self.world.rooms.database.close()
        self.folder.cleanup()

    @rule(
        chance=CHANCE,
        deed=st.sampled_from(
            [
                Till.submit,
                Till.work,
                Till.cancel,
                Till.grant,
                Till.refund,
                Till.correct,
                Till.redeem,
                Till.buy,
                Till.hear_again,
                Till.change_plan,
                Till.change_price,
                Till.change_budget,
                Till.move_midnight,
                Till.keep_up,
            ]
        ),
    )
    def act(self, chance: random.Random, deed: Callable[[Till], None]) -> None:
        self.till.chance = chance
        with suppress(MutoscopeError):
            deed(self.till)

    @rule(hours=st.sampled_from([-24, 1, 24, 24 * 32]))
    def the_clock_moves(self, hours: int) -> None:
        self.world.clock.advance(seconds=hours * HOUR)

    @rule()
    def workers_are_missed(self) -> None:
        self.world.recover()

    @invariant()
    def the_books_add_up(self) -> None:
        self.till.check()


TestMoney = MoneyMachine.TestCase
TestMoney.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
