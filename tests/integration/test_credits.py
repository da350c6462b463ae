"""What organizations are given, sold and allowed, as the house's people live it."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from tests.support.world import FIVE_SECONDS_COST, World

from mutoscope.billing import Billing, Order, OrderStatus, Plan, PlanKind, SubscriptionStatus
from mutoscope.billing.payments.stripe import Stripe
from mutoscope.catalog import Unit
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import (
    BudgetExceeded,
    Conflict,
    InArrears,
    InsufficientCredits,
    ModelNotInPlan,
    MutoscopeError,
    NotAuthenticated,
    NotFound,
    RateLimited,
    TooManyJobs,
)
from mutoscope.core.ids import GenerationId, OrganizationId, ProjectId
from mutoscope.core.rendering import Report
from mutoscope.db.schema import lot, organization, project, purchase
from mutoscope.generations import Generation, audit_credits
from mutoscope.ledger import LotKind, Period, Scope

HOUR = 3_600
DAY = 24 * HOUR
SECRET = "whsec_for_tests"

PRO = Plan(
    id="pro",
    kind=PlanKind.SUBSCRIPTION,
    title_zh="专业版",
    title_en="Pro",
    price_minor=9900,
    currency="cny",
    credits=Millicredits(500_000),
)
PACK = Plan(
    id="pack-100",
    kind=PlanKind.PACK,
    title_zh="一百灵感值",
    title_en="A hundred credits",
    price_minor=1000,
    currency="cny",
    credits=Millicredits(100_000),
    credits_last_days=90,
)


@pytest.fixture(autouse=True)
def _the_books_add_up(world: World) -> Any:
    yield
    assert audit_credits(world.rooms) == []


def home(world: World) -> OrganizationId:
    return world.owner.organization_id


def with_daily(world: World, amount: int) -> World:
    billing = Billing(world.clock, world.rooms.ledger, daily_credits=Millicredits(amount))
    return replace(world, rooms=replace(world.rooms, billing=billing))


def keep_up(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.billing.keep_up(tx)


def lots(world: World, kind: LotKind) -> list[int]:
    with world.rooms.database.snapshot() as tx:
        query = select(lot.c.amount).where(lot.c.kind == kind)
        return list(tx.scalars(query.order_by(lot.c.id)))


def offer(world: World, *plans: Plan) -> None:
    with world.rooms.database.transaction() as tx:
        for each in plans:
            world.rooms.billing.plans.put(tx, each)


def subscribe(world: World, **changes: Any) -> None:
    offer(world, replace(PRO, **changes))
    with world.rooms.database.transaction() as tx:
        world.rooms.billing.subscriptions.begin(tx, home(world), "pro", cause="test")


# --- the free credits of the day ------------------------------------------------------------


def test_the_day_is_granted_once_and_ends_at_midnight_where_the_organization_is(
    world: World,
) -> None:
    world = with_daily(world, 50_000)
    with world.rooms.database.transaction() as tx:
        tx.execute(update(organization).values(time_zone="Asia/Shanghai"))
    for _ in range(3):
        keep_up(world)
    assert lots(world, LotKind.DAILY) == [50_000]
    # The house's clock stands at 08:00 UTC, 16:00 in Shanghai.
    world.clock.advance(seconds=8 * HOUR - 1)
    assert world.available() == 1_050_000
    world.clock.advance(seconds=1)
    assert world.available() == 1_000_000
    keep_up(world)
    assert lots(world, LotKind.DAILY) == [50_000, 50_000]


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_a_day_grants_nothing_twice_and_loses_nothing(
    world: World, jump: int
) -> None:
    world = with_daily(world, 50_000)
    with world.rooms.database.transaction() as tx:
        soon = Milliseconds(world.clock.now() + 20 * HOUR * 1000)
        world.rooms.ledger.grant(
            tx, home(world), Millicredits(7_000), code="gift", cause="soon", expires_at=soon
        )
    keep_up(world)
    before = world.available()
    world.clock.advance(seconds=jump)
    keep_up(world)
    world.clock.advance(seconds=-jump)
    keep_up(world)
    # A day ahead was granted in advance at most; it is not granted again when it comes.
    days = 2 if jump > 0 else 1
    assert lots(world, LotKind.DAILY) == [50_000] * days
    assert world.available() == before + (days - 1) * 50_000
    world.clock.advance(seconds=DAY)
    keep_up(world)
    assert lots(world, LotKind.DAILY) == [50_000] * 2


def test_what_expires_is_spent_first_and_leaves_by_a_transfer_of_its_own(world: World) -> None:
    world = with_daily(world, 4_000)
    generation = world.submit()
    claim = world.claim()
    assert claim is not None
    world.succeed(claim, FIVE_SECONDS_COST)
    assert generation.quote == FIVE_SECONDS_COST
    with world.rooms.database.snapshot() as tx:
        rows = tx.execute(select(lot.c.kind, lot.c.spent).order_by(lot.c.id)).all()
    assert [tuple(row) for row in rows] == [("gift", 6_000), ("daily", 4_000)]
    for hours in (24, 72, 27):  # A step of days is believed once it has lasted 26 hours.
        world.clock.advance(seconds=hours * HOUR)
        keep_up(world)
    with world.rooms.database.snapshot() as tx:
        lines = world.rooms.ledger.statement(tx, home(world))
    assert [line.amount for line in lines if line.code == "expiry"] == [4_000]


# --- prices ---------------------------------------------------------------------------------


def set_price(world: World, amount: int, size: str = "720p") -> int:
    with world.rooms.database.transaction() as tx:
        model = world.rooms.catalog.find("storyboard")
        return world.rooms.billing.prices.put(tx, model, size, Unit.SECOND, Millicredits(amount))


def test_a_price_that_changes_after_the_quote_changes_nothing_for_it(
    world: World, tmp_path: Path
) -> None:
    cheap = world.submit()
    version = set_price(world, 3_000)
    dear = world.submit()
    set_price(world, 9_000)
    assert (cheap.quote, dear.quote) == (10_000, 15_000)
    assert version == 1
    costs = [settled(world, tmp_path, each, frames=48).cost for each in (cheap, dear)]
    # Two seconds of what were to be five.
    assert costs == [4_000, 6_000]


def settled(world: World, tmp_path: Path, generation: Generation, *, frames: int) -> Generation:
    """The real runner, with a renderer that makes so many frames and no more."""
    from tests.support.flat_renderer import FlatRenderer

    from mutoscope.core.rendering import Clip
    from mutoscope.generations.files import FileMaker
    from mutoscope.generations.run import Runner

    class Shorter(FlatRenderer):
        def render(self, request: Any, pictures: Any, workspace: Path, report: Report) -> Clip:
            shorter = replace(request, shape=replace(request.shape, frames=frames))
            return super().render(shorter, pictures, workspace, report)

    maker = FileMaker(
        blobs=world.rooms.blobs, clock=world.clock, producer="Mutoscope", label_key=b"k" * 32
    )
    claim = world.claim()
    assert claim is not None
    assert GenerationId(claim.job_id) == generation.id
    Runner(world.rooms, Shorter(), maker, tmp_path / "scratch")(claim)
    return world.find(generation.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount = amount + 1",
        "DELETE FROM transfer",
        "REPLACE INTO transfer SELECT * FROM transfer LIMIT 1",
        """
        INSERT OR REPLACE INTO transfer
            (cause, kind, code, debit_account, credit_account, amount, created_at)
        SELECT cause, kind, code, debit_account, credit_account, 1, created_at
        FROM transfer LIMIT 1
        """,
    ],
)
def test_the_ledger_can_only_be_added_to(world: World, statement: str) -> None:
    world.submit()
    refused = pytest.raises(IntegrityError, match="only ever added to")
    with refused, world.rooms.database.transaction() as tx:
        tx.execute(text(statement))


# --- budgets --------------------------------------------------------------------------------


def test_a_budget_names_itself_and_when_it_frees(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.budgets.put(
            tx,
            home(world),
            Scope.PROJECT,
            world.owner.project_id,
            Period.MONTH,
            Millicredits(25_000),
        )
    for _ in range(2):
        world.submit()
    with pytest.raises(BudgetExceeded, match=r"may spend 25 a month, and 5 are left") as refused:
        world.submit()
    assert "it frees at 2027-02-01 00:00 (UTC)" in str(refused.value.fix)
    for _ in range(2):
        claim = world.claim()
        assert claim is not None
        world.succeed(claim)
    with world.rooms.database.snapshot() as tx:
        alerts = world.rooms.budgets.alerts(tx, home(world))
    assert [each.percent for each in alerts] == [80, 50]
    world.clock.advance(seconds=31 * DAY)
    assert world.submit().quote == FIVE_SECONDS_COST


@pytest.mark.parametrize("period", list(Period))
def test_a_new_budget_counts_what_its_period_has_seen(world: World, period: Period) -> None:
    world.submit()
    claim = world.claim()
    assert claim is not None
    world.succeed(claim)
    world.clock.advance(seconds=40 * DAY)
    done = [world.submit() for _ in range(3)]
    for _ in range(2):
        claim = world.claim()
        assert claim is not None
        world.succeed(claim)
    with world.rooms.database.transaction() as tx:
        half = Millicredits(FIVE_SECONDS_COST // 2)
        world.rooms.ledger.refund(tx, str(done[0].id), half, cause="half")
        limit = Millicredits(5 * FIVE_SECONDS_COST)
        scope, project_id = Scope.PROJECT, world.owner.project_id
        number = world.rooms.budgets.put(tx, home(world), scope, project_id, period, limit)
    earlier = FIVE_SECONDS_COST if period is Period.TOTAL else 0
    assert audit_credits(world.rooms) == []
    with world.rooms.database.transaction() as tx:
        (found,) = world.rooms.budgets.listing(tx, home(world))
        expected = earlier + FIVE_SECONDS_COST * 3 // 2
        assert (found.held, found.spent) == (FIVE_SECONDS_COST, expected)
        alerts = world.rooms.budgets.alerts(tx, home(world))
        assert [each.percent for each in alerts] == ([50] if period is Period.TOTAL else [])
        # A limit is not got rid of by making it anew.
        world.rooms.budgets.remove(tx, home(world), number)
        world.rooms.budgets.put(tx, home(world), scope, project_id, period, limit)
        (again,) = world.rooms.budgets.listing(tx, home(world))
        assert (again.held, again.spent) == (found.held, found.spent)
    claim = world.claim()
    assert claim is not None
    world.succeed(claim)
    with world.rooms.database.transaction() as tx:
        world.rooms.ledger.refund(tx, str(done[1].id), half, cause="another half")
        (settled,) = world.rooms.budgets.listing(tx, home(world))
    assert (settled.held, settled.spent) == (0, expected + FIVE_SECONDS_COST // 2)
    assert audit_credits(world.rooms) == []


def test_a_members_cap_is_not_dodged_by_changing_the_project(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        person = world.rooms.people.add(
            tx, home(world), name="Mei", email="mei@example.org", role="creator"
        )
        other = ProjectId("other")
        now = world.clock.now()
        new = {"id": other, "organization_id": home(world), "name": "Other", "created_at": now}
        tx.execute(insert(project), new)
        cap = Millicredits(15_000)
        world.rooms.budgets.put(tx, home(world), Scope.PERSON, person, Period.DAY, cap)
    here = replace(world, owner=replace(world.owner, person_id=person))
    there = replace(world, owner=replace(world.owner, person_id=person, project_id=other))
    here.submit()
    with pytest.raises(BudgetExceeded, match="Mei may spend 15 a day"):
        there.submit()


def test_parallel_submits_never_spend_more_than_a_budget(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        world.rooms.budgets.put(
            tx,
            home(world),
            Scope.PROJECT,
            world.owner.project_id,
            Period.TOTAL,
            Millicredits(3 * FIVE_SECONDS_COST),
        )

    def attempt(_: int) -> bool:
        try:
            world.submit()
        except InsufficientCredits:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 3


def test_no_budget_is_set_for_anothers_project(world: World) -> None:
    with world.rooms.database.transaction() as tx:
        _, foreign = world.rooms.people.found_organization(tx, "Rival")
    limit = Millicredits(1)
    with pytest.raises(NotFound), world.rooms.database.transaction() as tx:
        world.rooms.budgets.put(tx, home(world), Scope.PROJECT, foreign, Period.DAY, limit)


# --- plans ----------------------------------------------------------------------------------


def test_a_plan_brings_its_credits_every_month_and_they_end_with_it(world: World) -> None:
    subscribe(world)
    assert world.available() == 1_500_000
    for _ in range(2):
        keep_up(world)
    assert lots(world, LotKind.PLAN) == [500_000]
    world.clock.advance(seconds=31 * DAY)
    for _ in range(2):
        keep_up(world)
    assert lots(world, LotKind.PLAN) == [500_000] * 2
    assert world.available() == 1_500_000


def test_months_that_passed_while_the_service_was_off_are_not_made_up_for(world: World) -> None:
    subscribe(world)
    world.clock.advance(seconds=200 * DAY)
    keep_up(world)
    assert lots(world, LotKind.PLAN) == [500_000] * 2


def test_what_the_plan_leaves_out_is_refused_with_what_is_in_it(world: World) -> None:
    subscribe(world, sizes=("480p",))
    with pytest.raises(ModelNotInPlan, match="size 720p") as refused:
        world.submit()
    assert "480p" in str(refused.value.fix)
    assert world.submit(size="480p").quote == 5_000


def test_a_plan_says_how_much_may_be_under_way(world: World) -> None:
    subscribe(world, jobs_at_once=1)
    world.submit()
    with pytest.raises(TooManyJobs):
        world.submit()


def test_a_plan_that_was_not_paid_makes_nothing_until_it_is(world: World) -> None:
    subscribe(world)
    for status, refusal in (
        (SubscriptionStatus.PAST_DUE, InArrears),
        (SubscriptionStatus.ACTIVE, None),
    ):
        with world.rooms.database.transaction() as tx:
            world.rooms.billing.subscriptions.set_status(tx, home(world), status)
        if refusal is None:
            world.submit()
        else:
            with pytest.raises(refusal):
                world.submit()


# --- redeem codes ---------------------------------------------------------------------------


def make_codes(world: World, count: int = 1, **options: Any) -> list[str]:
    with world.rooms.database.transaction() as tx:
        _, codes = world.rooms.billing.codes.make(
            tx, name="spring", count=count, amount=Millicredits(20_000), **options
        )
    return codes


def redeem(world: World, code: str) -> bool:
    try:
        with world.rooms.database.transaction() as tx:
            world.rooms.billing.codes.redeem(tx, code, home(world))
    except Conflict:
        return False
    return True


def test_a_code_redeemed_by_many_at_once_pays_once(world: World) -> None:
    (code,) = make_codes(world)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: redeem(world, code), range(16))) == 1
    assert world.available() == 1_020_000


def test_a_code_is_read_however_it_was_typed_and_is_stored_nowhere(
    world: World, tmp_path: Path
) -> None:
    code, other = make_codes(world, 2)
    assert redeem(world, code.lower().replace("-", " "))
    assert not redeem(world, code)
    assert len(set(make_codes(world, 100))) == 100
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("mutoscope.db*"))
    assert other.encode() not in stored
    assert other.replace("-", "").encode() not in stored


def test_a_code_past_its_time_brings_nothing(world: World) -> None:
    (code,) = make_codes(world, valid_days=7)
    world.clock.advance(seconds=8 * DAY)
    assert not redeem(world, code)
    assert world.available() == 1_000_000


def test_guessing_is_slow(world: World) -> None:
    codes = world.rooms.billing.codes
    for _ in range(10):
        codes.count_try(home(world))
    with pytest.raises(RateLimited):
        codes.count_try(home(world))


# --- orders, and what Stripe says of them ---------------------------------------------------


class StripesEars:
    """Hears events as the webhook does: bytes and a signature, nothing else."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.provider = Stripe("sk_test", SECRET)

    def hear(self, event: dict[str, Any], *, secret: str = SECRET, age: int = 0) -> bool:
        body, signature = signed(event, secret=secret, age=age)
        told = self.provider.event(body, signature)
        with self.world.rooms.database.transaction() as tx:
            return self.world.rooms.billing.orders.take(tx, "stripe", told)


def signed(event: dict[str, Any], *, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    """As Stripe signs: HMAC-SHA256 over the time, a dot and the body."""
    import time

    body = json.dumps(event).encode()
    at = int(time.time()) - age
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={at},v1={proof}"


def event(world: World, kind: str, name: str = "evt_1", **thing: Any) -> dict[str, Any]:
    created = world.clock.now() // 1000
    return {"id": name, "type": kind, "created": created, "data": {"object": thing}}


def order(world: World, plan: Plan) -> Order:
    offer(world, plan)
    with world.rooms.database.transaction() as tx:
        return world.rooms.billing.orders.place(tx, home(world), plan.id, provider="stripe")


def completed(world: World, bought: Order, name: str = "evt_1", **changes: Any) -> dict[str, Any]:
    plain = {
        "id": "cs_1",
        "client_reference_id": bought.id,
        "payment_status": "paid",
        "amount_total": bought.price_minor,
        "currency": bought.currency,
        "subscription": None,
    }
    return event(world, "checkout.session.completed", name, **(plain | changes))


def test_a_payment_told_twice_in_any_way_pays_once(world: World) -> None:
    bought = order(world, PACK)
    ears = StripesEars(world)
    assert ears.hear(completed(world, bought))
    assert not ears.hear(completed(world, bought))
    assert ears.hear(completed(world, bought, name="evt_2"))
    assert lots(world, LotKind.TOPUP) == [100_000]
    with world.rooms.database.snapshot() as tx:
        (paper,) = world.rooms.billing.orders.invoices(tx, home(world))
        assert world.rooms.billing.orders.find(tx, home(world), bought.id).status == "paid"
    assert (paper.number, paper.amount_minor, paper.buyer) == (1, 1000, "Acme")


def test_a_payment_told_by_many_at_once_pays_once(world: World) -> None:
    ears = StripesEars(world)
    told = completed(world, order(world, PACK))
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: ears.hear(told), range(8))) == 1
    assert lots(world, LotKind.TOPUP) == [100_000]


@pytest.mark.parametrize("forgery", [{"secret": "whsec_guessed"}, {"age": 3_600}])
def test_only_fresh_words_of_stripe_itself_are_heard(world: World, forgery: dict[str, Any]) -> None:
    told = completed(world, order(world, PACK))
    with pytest.raises(NotAuthenticated):
        StripesEars(world).hear(told, **forgery)
    assert lots(world, LotKind.TOPUP) == []


@pytest.mark.parametrize(
    "change", [{"amount_total": 1}, {"currency": "jpy"}, {"client_reference_id": "nobody's"}]
)
def test_a_payment_that_fits_no_order_brings_nothing_and_may_be_told_again(
    world: World, change: dict[str, Any]
) -> None:
    bought = order(world, PACK)
    ears = StripesEars(world)
    with pytest.raises(MutoscopeError):
        ears.hear(completed(world, bought, **change))
    assert lots(world, LotKind.TOPUP) == []
    assert ears.hear(completed(world, bought))


def test_a_checkout_that_is_not_paid_yet_waits_for_the_bank(world: World) -> None:
    bought = order(world, PACK)
    ears = StripesEars(world)
    ears.hear(completed(world, bought, payment_status="unpaid"))
    assert lots(world, LotKind.TOPUP) == []
    late = completed(world, bought, name="evt_2")
    ears.hear(late | {"type": "checkout.session.async_payment_succeeded"})
    assert lots(world, LotKind.TOPUP) == [100_000]


def test_a_subscription_is_paid_missed_paid_and_ended(world: World) -> None:
    bought = order(world, PRO)
    ears = StripesEars(world)
    ears.hear(completed(world, bought, subscription="sub_1"))
    with pytest.raises(Conflict, match="is paid through stripe"):
        order(world, PRO)
    with pytest.raises(Conflict, match="is paid through stripe"):
        subscribe(world)
    first = {"id": "in_1", "billing_reason": "subscription_create", "subscription": "sub_1"}
    ears.hear(event(world, "invoice.paid", "evt_2", **first))
    assert lots(world, LotKind.PLAN) == [500_000]
    world.clock.advance(seconds=31 * DAY)
    keep_up(world)
    assert lots(world, LotKind.PLAN) == [500_000], "only Stripe's word renews what Stripe collects"
    parent = {"subscription_details": {"subscription": "sub_1"}}
    second = {"billing_reason": "subscription_cycle", "parent": parent}
    ears.hear(event(world, "invoice.payment_failed", "evt_3", id="in_2", **second))
    with pytest.raises(InArrears):
        world.submit()
    world.clock.advance(seconds=HOUR)
    money = {"amount_paid": 9900, "currency": "cny"}
    paid = event(world, "invoice.paid", "evt_4", id="in_2", **second, **money)
    assert ears.hear(paid)
    assert not ears.hear(paid)
    ears.hear(paid | {"id": "evt_5"})
    assert lots(world, LotKind.PLAN) == [500_000] * 2
    world.submit()
    # News from before the payment, told late, changes nothing.
    late = event(world, "invoice.payment_failed", "evt_6", id="in_2", **second)
    ears.hear(late | {"created": late["created"] - 2 * HOUR})
    world.submit()
    world.clock.advance(seconds=HOUR)
    ears.hear(event(world, "customer.subscription.deleted", "evt_7", id="sub_1"))
    with world.rooms.database.snapshot() as tx:
        assert world.rooms.billing.plans.terms(tx, home(world)).plan_id is None
        assert len(world.rooms.billing.orders.invoices(tx, home(world))) == 2


def test_the_audit_finds_an_order_that_was_marked_paid_behind_its_back(world: World) -> None:
    bought = order(world, PACK)
    with world.rooms.database.transaction() as tx:
        paid = {"status": OrderStatus.PAID, "paid_at": 1}
        tx.execute(update(purchase).where(purchase.c.id == bought.id).values(paid))
    subjects = {each.subject for each in audit_credits(world.rooms)}
    assert subjects == {f"order {bought.id}"}
    with world.rooms.database.transaction() as tx:
        pending = {"status": OrderStatus.PENDING, "paid_at": None}
        tx.execute(update(purchase).where(purchase.c.id == bought.id).values(pending))
