"""Whatever happens to jobs, in whatever order: each ends once, and is paid for once or not."""

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from tests.support.world import FIVE_SECONDS_COST, LEASE_SECONDS, World, make_world

from mutoscope.core.errors import Conflict, InsufficientCredits, JobMoved
from mutoscope.core.ids import GenerationId, JobId
from mutoscope.core.state import JobState
from mutoscope.jobs import Claim
from mutoscope.jobs.transitions import NEXT

ATTEMPTS_MAX = 2
WALLET = 6 * FIVE_SECONDS_COST


class JobMachine(RuleBasedStateMachine):
    """Submits, claims, ends, cancels, silences and recovers; stale claims are used on purpose."""

    generations = Bundle("generations")
    claims = Bundle("claims")

    @initialize()
    def found(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world: World = make_world(
            Path(self.folder.name), millicredits=WALLET, attempts_max=ATTEMPTS_MAX
        )
        self.known: list[GenerationId] = []
        self.charged: Counter[JobId] = Counter()
        self.seen: dict[GenerationId, JobState] = {}

    def teardown(self) -> None:
        self.world.rooms.database.close()
        self.folder.cleanup()

    @rule(target=generations)
    def submit(self) -> object:
        try:
            generation = self.world.submit()
        except InsufficientCredits:
            assert self.world.available() < FIVE_SECONDS_COST
            return multiple()
        self.known.append(generation.id)
        return generation.id

    @rule(target=claims)
    def claim(self) -> object:
        claim = self.world.claim()
        return multiple() if claim is None else claim

    @rule(claim=claims, cost=st.integers(0, FIVE_SECONDS_COST))
    def succeed(self, claim: Claim, cost: int) -> None:
        try:
            self.world.succeed(claim, cost)
        except JobMoved:
            return
        self.charged[claim.job_id] += 1

    @rule(claim=claims)
    def fail(self, claim: Claim) -> None:
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.jobs.fail(tx, claim, "it broke")
                self.world.rooms.ledger.void(tx, str(claim.job_id))
        except JobMoved:
            return

    @rule(claim=claims)
    def put_back(self, claim: Claim) -> None:
        if claim.is_last_attempt:
            return
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.jobs.put_back(tx, claim, "try again")
        except JobMoved:
            return

    @rule(claim=claims)
    def heartbeat(self, claim: Claim) -> None:
        try:
            with self.world.rooms.database.transaction() as tx:
                self.world.rooms.jobs.renew(tx, claim)
        except JobMoved:
            return

    @rule(generation_id=generations)
    def cancel(self, generation_id: GenerationId) -> None:
        try:
            self.world.cancel(generation_id)
        except Conflict:
            assert self.world.state(generation_id).is_terminal

    @rule(seconds=st.sampled_from([1, LEASE_SECONDS // 2, LEASE_SECONDS + 1]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds=seconds)

    @rule()
    def recover(self) -> None:
        self.world.recover()

    @invariant()
    def only_living_jobs_hold_credits(self) -> None:
        living = {g for g in self.known if not self.world.state(g).is_terminal}
        assert self.world.open_holds() == living
        assert not self.world.discrepancies()
        assert self.world.available() >= 0

    @invariant()
    def states_move_along_the_table(self) -> None:
        for generation_id in self.known:
            before, now = self.seen.get(generation_id), self.world.state(generation_id)
            if before is not None and before is not now:
                assert now in _reachable(before)
            self.seen[generation_id] = now

    @invariant()
    def a_job_is_charged_once_and_only_when_it_succeeded(self) -> None:
        assert all(times == 1 for times in self.charged.values())
        for generation_id in self.known:
            succeeded = self.world.state(generation_id) is JobState.SUCCEEDED
            assert succeeded == (self.charged[JobId(generation_id)] == 1)


def _reachable(state: JobState) -> set[JobState]:
    """Every state that may follow `state`, at once or later: one rule may move a job twice."""
    found, edge = set(), set(NEXT[state])
    while edge:
        found |= edge
        edge = {after for reached in edge for after in NEXT[reached]} - found
    return found


TestJobs = JobMachine.TestCase
TestJobs.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
