"""Everything that is ever done with credits, one random deed at a time."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from mutoscope.billing import Plan, PlanKind, SubscriptionStatus
from mutoscope.billing.payments import Event, Missed, Paid, PaidAgain, PaidBack
from mutoscope.catalog import Unit
from mutoscope.core.actor import Actor
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import JobMoved, MutoscopeError
from mutoscope.core.ids import GenerationId, new_opaque_id
from mutoscope.core.request import Task, Wish
from mutoscope.db.schema import account, generation, job, lot, purchase, transfer
from mutoscope.generations import (
    Owner,
    Rooms,
    Submission,
    cancel,
    change_organization,
    close_months,
    submit,
)
from mutoscope.generations.store import record_success
from mutoscope.identity import Permission
from mutoscope.ledger import Period, Scope
from mutoscope.ledger.calendar import window_begin

HOUR_MS = 3_600_000
SIZES = ("480p", "720p", "1080p")
PLANS = [
    Plan(
        id=name,
        kind=kind,
        title_zh=name,
        title_en=name,
        price_minor=price,
        currency="cny",
        credits=Millicredits(price * 10),
        daily_credits=Millicredits(daily),
    )
    for name, kind, price, daily in (
        ("basic", PlanKind.SUBSCRIPTION, 1000, 0),
        ("pro", PlanKind.SUBSCRIPTION, 5000, 3_000),
        ("pack", PlanKind.PACK, 700, 0),
    )
]


@dataclass
class Till:
    """A house whose credits are moved about; what it remembers does not matter to the books."""

    rooms: Rooms
    owner: Owner
    chance: random.Random
    codes: list[str] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def open(self) -> None:
        """What there is to buy."""
        with self.rooms.database.transaction() as tx:
            for each in PLANS:
                self.rooms.billing.plans.put(tx, each)

    def act(self) -> None:
        """Do something; being refused is ordinary."""
        deeds = (
            self.submit,
            self.submit,
            self.submit,
            self.work,
            self.work,
            self.work,
            self.cancel,
            self.grant,
            self.refund,
            self.correct,
            self.redeem,
            self.buy,
            self.hear_again,
            self.change_plan,
            self.change_price,
            self.change_budget,
            self.move_midnight,
            self.keep_up,
        )
        with suppress(MutoscopeError):
            self.chance.choice(deeds)()

    def submit(self) -> None:
        task = self.chance.choice([Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE])
        wish = Wish(
            prompt="a red car in the desert",
            task=task,
            size=self.chance.choice(SIZES),
            seconds=self.chance.choice([1, 2.5, 7]),
            seed=7,
        )
        submit(self.rooms, Submission(wish=wish), self.owner)

    def work(self) -> None:
        """Claim a job and bring it to some end, as the runner does."""
        with self.rooms.database.transaction() as tx:
            claim = self.rooms.jobs.claim(tx, owner=new_opaque_id(), lanes=["storyboard"])
        if claim is None:
            return
        subject, number = str(claim.job_id), GenerationId(claim.job_id)
        with suppress(JobMoved), self.rooms.database.transaction() as tx:
            match self.chance.randrange(4):
                case 0:
                    self.rooms.jobs.fail(tx, claim, "it broke")
                    self.rooms.ledger.void(tx, subject)
                case 1 if not claim.is_last_attempt:
                    self.rooms.jobs.put_back(tx, claim, "again", at_once=True)
                case _:
                    mine = generation.c.id == number
                    quote = tx.execute(select(generation.c.quote).where(mine)).scalar_one()
                    cost = Millicredits(self.chance.randint(0, quote))
                    self.rooms.jobs.succeed(tx, claim)
                    self.rooms.ledger.post(tx, subject, amount=cost)
                    record_success(tx, number, cost=cost, notes=(), timings={})

    def cancel(self) -> None:
        with self.rooms.database.snapshot() as tx:
            ids = list(tx.scalars(select(generation.c.id).order_by(generation.c.id)))
        if ids:
            cancel(self.rooms, self.owner.organization_id, self.chance.choice(ids))

    def grant(self) -> None:
        hours = self.chance.choice([None, 1, 30])
        now = self.rooms.clock.now()
        with self.rooms.database.transaction() as tx:
            self.rooms.ledger.grant(
                tx,
                self.owner.organization_id,
                Millicredits(self.chance.randint(1, 20_000)),
                cause=f"gift:{self.chance.randrange(200)}",
                expires_at=None if hours is None else Milliseconds(now + hours * HOUR_MS),
            )

    def refund(self) -> None:
        with self.rooms.database.snapshot() as tx:
            charged = select(transfer.c.subject).where(transfer.c.kind == "post_hold")
            subjects = list(tx.scalars(charged))
        if subjects:
            with self.rooms.database.transaction() as tx:
                self.rooms.ledger.refund(
                    tx,
                    self.chance.choice(subjects),
                    Millicredits(self.chance.randint(1, 4_000)),
                    cause=str(self.chance.randrange(200)),
                )

    def correct(self) -> None:
        with self.rooms.database.transaction() as tx:
            self.rooms.ledger.correct(
                tx,
                self.owner.organization_id,
                Millicredits(self.chance.randint(1, 5_000)),
                cause=str(self.chance.randrange(200)),
            )

    def redeem(self) -> None:
        with self.rooms.database.transaction() as tx:
            _, made = self.rooms.billing.codes.make(
                tx, name="spring", count=1, amount=Millicredits(2_000)
            )
        self.codes += made
        with self.rooms.database.transaction() as tx:
            code = self.chance.choice(self.codes)
            self.rooms.billing.codes.redeem(tx, code, self.owner.organization_id)

    def buy(self) -> None:
        """An order, paid: now, later or never; and its subscription's next months."""
        plan = self.chance.choice(PLANS)
        with self.rooms.database.transaction() as tx:
            order = self.rooms.billing.orders.place(
                tx, self.owner.organization_id, plan.id, provider="stripe"
            )
        now = self.rooms.clock.now()
        is_monthly = plan.kind is PlanKind.SUBSCRIPTION
        name = f"sub_{order.id}" if is_monthly else None
        self.told.append(
            Paid(
                f"evt_{order.id}",
                "paid",
                now,
                order_id=order.id,
                reference=f"cs_{order.id}",
                amount_minor=plan.price_minor,
                currency="cny",
                subscription=name,
                names=(f"pi_{order.id}",),
            )
        )
        for share in (1, 2):
            names, price = (f"pi_{order.id}",), plan.price_minor
            back = PaidBack(
                f"evt_{share}_{order.id}", "back", now, names, price, price * share // 2
            )
            self.told.append(back)
        if name is not None:
            again = f"in_{order.id}"
            event = PaidAgain(f"evt_{again}", "again", now, name, again, plan.price_minor, "cny")
            self.told += [event, Missed(f"evt_no_{again}", "missed", now, name)]
        self.hear_again()

    def hear_again(self) -> None:
        """Any event that was ever told, first or again, in any order."""
        if self.told:
            event = self.chance.choice(self.told)
            with self.rooms.database.transaction() as tx:
                orders = self.rooms.billing.orders
                orders.take(tx, "stripe", event, ended=orders.surplus(tx, event))

    def change_plan(self) -> None:
        plan = self.chance.choice(PLANS[:2]).id
        mine = self.owner.organization_id
        with self.rooms.database.transaction() as tx:
            subscriptions = self.rooms.billing.subscriptions
            if subscriptions.find(tx, mine) is not None:
                subscriptions.set_status(tx, mine, SubscriptionStatus.CANCELED)
            subscriptions.begin(tx, mine, plan, cause=f"plan:{self.chance.randrange(50)}")

    def change_price(self) -> None:
        model = self.rooms.catalog.find(None)
        unit = self.chance.choice([Unit.SECOND, Unit.PICTURE])
        price = Millicredits(self.chance.randint(0, 3_000))
        with self.rooms.database.transaction() as tx:
            self.rooms.billing.prices.put(tx, model, self.chance.choice(SIZES), unit, price)

    def change_budget(self) -> None:
        with self.rooms.database.transaction() as tx:
            self.rooms.budgets.put(
                tx,
                self.owner.organization_id,
                Scope.PROJECT,
                self.owner.project_id,
                self.chance.choice([Period.DAY, Period.MONTH]),
                Millicredits(self.chance.choice([20_000, 200_000, 2_000_000])),
            )

    def move_midnight(self) -> None:
        """Elsewhere, days and months count what was held in them there."""
        actor = Actor(self.owner.organization_id, permissions=frozenset(Permission))
        zone = self.chance.choice(["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
        change_organization(self.rooms, actor, time_zone=zone)
        now = self.rooms.clock.now()
        with self.rooms.database.snapshot() as tx:
            for each in self.rooms.budgets.listing(tx, self.owner.organization_id):
                begin = window_begin(each.period, now, zone)
                found = [one for one in _outcomes(tx) if begin <= one.at < (each.frees_at or 0)]
                assert each.held == sum(one.held for one in found)
                assert each.spent == sum(one.spent for one in found)

    def keep_up(self) -> None:
        with self.rooms.database.transaction() as tx:
            self.rooms.billing.keep_up(tx)
        close_months(self.rooms)

    def check(self) -> None:
        """What must hold whatever was done."""
        from mutoscope.generations import audit_credits

        assert audit_credits(self.rooms) == []
        with self.rooms.database.snapshot() as tx:
            for row in tx.execute(select(account)):
                left = row.credits_posted - row.debits_posted - row.debits_pending
                assert row.may_overdraw or left >= 0, f"{row.id} is overdrawn"
            sums = select(
                func.sum(account.c.credits_posted - account.c.debits_posted),
                func.sum(account.c.credits_pending - account.c.debits_pending),
            )
            assert tuple(tx.execute(sums).one()) == (0, 0)
            over = lot.c.held + lot.c.spent + lot.c.expired > lot.c.amount
            assert tx.execute(select(lot.c.id).where(over)).all() == []
            ended = select(job.c.id).where(job.c.ended_at.is_not(None))
            settled = select(transfer.c.subject).where(transfer.c.hold_id.is_not(None))
            assert sorted(str(i) for i in tx.scalars(ended)) == sorted(tx.scalars(settled))
            paid = select(purchase.c.id).where(purchase.c.status == "paid")
            lots = select(lot.c.cause).where(lot.c.cause.startswith("order:"))
            first = {f"order:{name}" for name in tx.scalars(paid)}
            assert set(tx.scalars(lots)) <= first


@dataclass(frozen=True)
class Outcome:
    """What a hold has come to so far."""

    at: int
    held: int
    spent: int


def _outcomes(tx: Connection) -> list[Outcome]:
    """Read off the ledger's lines alone."""
    rows = tx.execute(select(transfer)).all()
    settled = {row.hold_id: row.amount for row in rows if row.hold_id is not None}
    refunds = Counter[str]()
    for row in rows:
        if row.code == "refund":
            refunds[row.subject] += row.amount
    return [
        Outcome(
            row.created_at,
            0 if row.id in settled else row.amount,
            settled.get(row.id, 0) - refunds[row.subject],
        )
        for row in rows
        if row.kind == "hold"
    ]
