import pytest
from tests.support.world import FIVE_SECONDS_COST, LEASE_SECONDS, World

from mutoscope.core.errors import Conflict, InsufficientCredits, JobMoved, LeaseLost, NotFound
from mutoscope.core.state import JobState
from mutoscope.generations import Owner, cancel, delete, find
from mutoscope.jobs import Progress


def test_a_submitted_generation_is_queued_and_its_credits_are_held(world: World) -> None:
    before = world.available()
    generation = world.submit()
    assert generation.state is JobState.QUEUED
    assert generation.quote == FIVE_SECONDS_COST
    assert world.available() == before - FIVE_SECONDS_COST
    assert world.held() == FIVE_SECONDS_COST


def test_a_finished_generation_is_charged_what_it_cost_and_the_rest_returns(world: World) -> None:
    before = world.available()
    generation = world.submit()
    claim = world.claim()
    assert claim is not None
    world.succeed(claim, cost=FIVE_SECONDS_COST // 2)
    assert world.state(generation.id) is JobState.SUCCEEDED
    assert world.available() == before - FIVE_SECONDS_COST // 2
    assert world.held() == 0
    assert not world.discrepancies()


def test_a_wallet_that_is_too_light_refuses_and_keeps_nothing(world: World) -> None:
    for _ in range(world.available() // FIVE_SECONDS_COST):
        world.submit()
    with pytest.raises(InsufficientCredits, match="may cost 10 credits and 0 are available"):
        world.submit()
    assert world.available() == 0
    assert len(world.open_holds()) == 100
    assert not world.discrepancies()


def test_a_worker_that_lost_its_lease_cannot_charge(world: World) -> None:
    world.submit()
    stale = world.claim()
    assert stale is not None
    world.clock.advance(seconds=LEASE_SECONDS + 1)
    assert world.recover() == 1
    fresh = world.claim()
    assert fresh is not None
    assert fresh.attempt == 2
    world.succeed(fresh)
    with pytest.raises(JobMoved):
        world.succeed(stale)
    assert world.charges() == 1


def test_a_worker_that_lost_its_lease_learns_it_at_its_next_report(world: World) -> None:
    world.submit()
    stale = world.claim()
    assert stale is not None
    world.clock.advance(seconds=LEASE_SECONDS + 1)
    world.recover()
    with pytest.raises(LeaseLost), world.rooms.database.transaction() as tx:
        world.rooms.jobs.renew(tx, stale, Progress("draw", 1, 2, 0.5))  # type: ignore[arg-type]


def test_a_worker_that_renews_keeps_its_job(world: World) -> None:
    world.submit()
    claim = world.claim()
    assert claim is not None
    for _ in range(5):
        world.clock.advance(seconds=LEASE_SECONDS - 1)
        with world.rooms.database.transaction() as tx:
            assert world.rooms.jobs.renew(tx, claim) is False
        assert world.recover() == 0


def test_a_job_that_kills_every_worker_fails_after_its_last_attempt(world: World) -> None:
    before = world.available()
    generation = world.submit()
    for attempt in (1, 2, 3):
        claim = world.claim()
        assert claim is not None
        assert claim.attempt == attempt
        world.clock.advance(seconds=LEASE_SECONDS + 1)
        world.recover()
    found = world.find(generation.id)
    assert found.state is JobState.FAILED
    assert found.failure is not None
    assert "died 3 times" in found.failure.detail
    assert world.claim() is None
    assert world.available() == before


def test_canceling_a_queued_generation_ends_it_and_returns_its_credits(world: World) -> None:
    before = world.available()
    generation = world.submit()
    assert world.cancel(generation.id).state is JobState.CANCELED
    assert world.available() == before
    assert world.claim() is None


def test_canceling_twice_changes_nothing(world: World) -> None:
    generation = world.submit()
    world.cancel(generation.id)
    before = world.available()
    assert world.cancel(generation.id).state is JobState.CANCELED
    assert world.available() == before


def test_a_running_generation_is_told_of_its_cancel_and_stops(world: World) -> None:
    before = world.available()
    generation = world.submit()
    claim = world.claim()
    assert claim is not None
    assert world.cancel(generation.id).cancel_requested
    with world.rooms.database.transaction() as tx:
        assert world.rooms.jobs.renew(tx, claim) is True
        world.rooms.jobs.stop(tx, claim)
        world.rooms.ledger.void(tx, str(generation.id))
    assert world.state(generation.id) is JobState.CANCELED
    assert world.available() == before


def test_a_cancel_whose_worker_died_is_carried_out_by_the_recovery(world: World) -> None:
    before = world.available()
    generation = world.submit()
    world.claim()
    world.cancel(generation.id)
    world.clock.advance(seconds=LEASE_SECONDS + 1)
    world.recover()
    assert world.state(generation.id) is JobState.CANCELED
    assert world.available() == before


def test_canceling_what_has_succeeded_is_a_conflict_and_refunds_nothing(world: World) -> None:
    generation = world.submit()
    claim = world.claim()
    assert claim is not None
    world.succeed(claim)
    before = world.available()
    with pytest.raises(Conflict, match="succeeded already"):
        world.cancel(generation.id)
    assert world.available() == before


def test_the_same_idempotency_key_answers_the_same_generation(world: World) -> None:
    first = world.submit(key="k", seconds=4.0)
    again = world.submit(key="k", seconds=4.0)
    assert first.id == again.id
    assert len(world.open_holds()) == 1


def test_the_same_idempotency_key_with_another_body_is_a_conflict(world: World) -> None:
    world.submit(key="k", seconds=4.0)
    with pytest.raises(Conflict, match="another request"):
        world.submit(key="k", seconds=5.0)
    assert len(world.open_holds()) == 1


def test_a_generation_of_another_organization_is_not_found(world: World) -> None:
    generation = world.submit()
    with world.rooms.database.transaction() as tx:
        organization, project = world.rooms.people.found_organization(tx, "Rival")
    stranger = Owner(organization, project)
    with pytest.raises(NotFound), world.rooms.database.snapshot() as tx:
        find(tx, stranger.organization_id, generation.id)
    with pytest.raises(NotFound):
        cancel(world.rooms, stranger.organization_id, generation.id)
    with pytest.raises(NotFound):
        delete(world.rooms, stranger.organization_id, generation.id)


def test_a_generation_can_be_deleted_once_it_has_ended(world: World) -> None:
    generation = world.submit()
    with pytest.raises(Conflict, match="it is queued"):
        delete(world.rooms, world.owner.organization_id, generation.id)
    world.cancel(generation.id)
    delete(world.rooms, world.owner.organization_id, generation.id)
    with pytest.raises(NotFound):
        world.find(generation.id)
    assert not world.discrepancies()


def test_what_a_submit_answers_is_what_is_read_back(world: World) -> None:
    generation = world.submit(key="once")
    assert world.find(generation.id) == generation
