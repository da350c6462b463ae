"""The outbox: news written with the change it tells of, kept until it is delivered or given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.callbacks.retry import pause_seconds
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import Conflict, NotFound
from mutoscope.core.ids import GenerationId, JobId, OrganizationId, new_opaque_id
from mutoscope.core.state import DeliveryStatus, JobState
from mutoscope.db import run_prepared
from mutoscope.db.schema import callback, delivery, delivery_try

# Longer than one try may take: what a killed process had in hand is due again after that.
LEASE_SECONDS = 20
# The attempt that is news; how a job ended is news at any.
FIRST_ATTEMPT = {JobState.QUEUED: 0, JobState.RUNNING: 1}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One piece of news for one receiver."""

    id: int
    message_id: str
    generation_id: GenerationId
    organization_id: OrganizationId
    url: str
    base_url: str
    state: JobState
    status: DeliveryStatus
    tries: int
    due_at: Milliseconds
    body: bytes | None
    created_at: Milliseconds
    ended_at: Milliseconds | None


@dataclass(frozen=True)
class Errand:
    """The right to try a delivery now; `leased_until` is the fence."""

    delivery: Delivery
    leased_until: Milliseconds


@dataclass(frozen=True)
class Try:
    """One try: what the receiver answered, or why there was no answer."""

    answer: int | None
    detail: str
    milliseconds: int
    at: Milliseconds


class Outbox:
    """Callbacks on their way. Every method takes the transaction that it is part of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def subscribe(
        self,
        tx: Connection,
        generation_id: GenerationId,
        organization_id: OrganizationId,
        *,
        url: str,
        base_url: str,
    ) -> None:
        """Have every change of a generation's state told to `url`."""
        tx.execute(
            insert(callback).values(
                generation_id=generation_id,
                organization_id=organization_id,
                url=url,
                base_url=base_url,
                created_at=self._clock.now(),
            )
        )

    def on_move(self, tx: Connection, job_id: JobId, state: JobState, attempt: int) -> None:
        """Write the news of a job's move, if anybody wants it: queued, running, how it ended.

        What is only the service's business, a second attempt and the wait before it, is no news.
        """
        if attempt != FIRST_ATTEMPT.get(state, attempt):
            return
        wanted = run_prepared(tx, _subscription(), {"generation_id": job_id}).first()
        if wanted is None:
            return
        now = self._clock.now()
        # What waits in front of this news has a new chance, so that the order is kept.
        earlier = (delivery.c.generation_id == job_id) & _pending()
        tx.execute(update(delivery).where(earlier).values(due_at=now))
        tx.execute(
            insert(delivery).values(
                message_id=new_opaque_id(),
                generation_id=job_id,
                organization_id=wanted.organization_id,
                state=state,
                status=DeliveryStatus.PENDING,
                due_at=now,
                created_at=now,
            )
        )

    def is_due(self, tx: Connection) -> bool:
        """Whether a claim would find something; reads only."""
        return tx.scalar(select(delivery.c.id).where(self._due()).limit(1)) is not None

    def claim(self, tx: Connection) -> Errand | None:
        """Take what is due for the longest time, or None."""
        row = tx.execute(_all().where(self._due()).order_by(delivery.c.due_at).limit(1)).first()
        if row is None:
            return None
        until = Milliseconds(self._clock.now() + LEASE_SECONDS * 1000)
        # Counted when taken: a try that a crash cut off is a try.
        values = {"leased_until": until, "tries": row.tries + 1}
        tx.execute(update(delivery).where(delivery.c.id == row.id).values(values))
        return Errand(_delivery(row), until)

    def keep_body(self, tx: Connection, errand: Errand, body: bytes) -> None:
        """Write what every try sends."""
        tx.execute(update(delivery).where(_held(errand)).values(body=body))

    def delivered(self, tx: Connection, errand: Errand, tried: Try) -> None:
        """The receiver has it."""
        self._settle(tx, errand, tried, DeliveryStatus.DELIVERED, due_at=None)

    def failed(self, tx: Connection, errand: Errand, tried: Try, *, is_final: bool = False) -> None:
        """It did not arrive: try again later, or give up after the last try or if `is_final`."""
        pause = None if is_final else pause_seconds(errand.delivery.tries + 1)
        if pause is None:
            self._settle(tx, errand, tried, DeliveryStatus.GIVEN_UP, due_at=None)
        else:
            due_at = self._clock.now() + round(pause * 1000)
            self._settle(tx, errand, tried, DeliveryStatus.PENDING, due_at=due_at)

    def replay(self, tx: Connection, organization_id: OrganizationId, delivery_id: int) -> Delivery:
        """Deliver it once more, with as many tries as at first. NotFound if it is another's.

        Conflict while it is still on its way.
        """
        found = self.find(tx, organization_id, delivery_id)
        if found.status is DeliveryStatus.PENDING:
            raise Conflict(f"delivery {delivery_id} is still on its way")
        values = {
            "status": DeliveryStatus.PENDING,
            "tries": 0,
            "due_at": self._clock.now(),
            "ended_at": None,
        }
        tx.execute(update(delivery).where(delivery.c.id == delivery_id).values(values))
        return self.find(tx, organization_id, delivery_id)

    def find(self, tx: Connection, organization_id: OrganizationId, delivery_id: int) -> Delivery:
        """One delivery of the organization's. NotFound when there is none."""
        mine = (delivery.c.id == delivery_id) & (delivery.c.organization_id == organization_id)
        row = tx.execute(_all().where(mine)).first()
        if row is None:
            raise NotFound(f"there is no delivery {delivery_id}")
        return _delivery(row)

    def listing(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        *,
        status: DeliveryStatus | None = None,
        generation_id: GenerationId | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The organization's deliveries, newest first; those older than `before`."""
        query = _all().where(delivery.c.organization_id == organization_id)
        if status is not None:
            query = query.where(delivery.c.status == status)
        if generation_id is not None:
            query = query.where(delivery.c.generation_id == generation_id)
        if before is not None:
            query = query.where(delivery.c.id < before)
        rows = tx.execute(query.order_by(delivery.c.id.desc()).limit(limit))
        return [_delivery(row) for row in rows]

    def history(self, tx: Connection, delivery_id: int) -> list[Try]:
        """Every try, oldest first. The caller has checked whose delivery it is."""
        rows = tx.execute(
            select(delivery_try)
            .where(delivery_try.c.delivery_id == delivery_id)
            .order_by(delivery_try.c.id)
        )
        return [Try(row.answer, row.detail, row.milliseconds, row.at) for row in rows]

    def forget(self, tx: Connection, generation_ids: Sequence[GenerationId]) -> None:
        """Remove everything about the callbacks of generations that are gone."""
        theirs = select(delivery.c.id).where(delivery.c.generation_id.in_(generation_ids))
        tx.execute(delete(delivery_try).where(delivery_try.c.delivery_id.in_(theirs)))
        tx.execute(delete(delivery).where(delivery.c.generation_id.in_(generation_ids)))
        tx.execute(delete(callback).where(callback.c.generation_id.in_(generation_ids)))

    def _settle(
        self,
        tx: Connection,
        errand: Errand,
        tried: Try,
        status: DeliveryStatus,
        *,
        due_at: int | None,
    ) -> None:
        """Write down a try. Nothing changes when the lease ran out and another has tried since."""
        values: dict[str, object] = {"status": status, "leased_until": None}
        if due_at is not None:
            values |= {"due_at": due_at}
        else:
            values |= {"ended_at": tried.at}
        if tx.execute(update(delivery).where(_held(errand)).values(values)).rowcount != 1:
            return
        tx.execute(
            insert(delivery_try).values(
                delivery_id=errand.delivery.id,
                answer=tried.answer,
                detail=tried.detail,
                milliseconds=tried.milliseconds,
                at=tried.at,
            )
        )

    def _due(self) -> ColumnElement[bool]:
        """Pending, due, in nobody's hands, and with nothing of its generation in front of it."""
        now = self._clock.now()
        earlier = delivery.alias()
        in_front = exists().where(
            (earlier.c.generation_id == delivery.c.generation_id)
            & (earlier.c.id < delivery.c.id)
            & (earlier.c.status == DeliveryStatus.PENDING)
        )
        free = delivery.c.leased_until.is_(None) | (delivery.c.leased_until < now)
        return _pending() & (delivery.c.due_at <= now) & free & ~in_front


# Built once: every move of every job asks it.
@cache
def _subscription() -> Select[Any]:
    return select(callback).where(callback.c.generation_id == bindparam("generation_id"))


def _pending() -> ColumnElement[bool]:
    return delivery.c.status == DeliveryStatus.PENDING


def _held(errand: Errand) -> ColumnElement[bool]:
    return (delivery.c.id == errand.delivery.id) & (delivery.c.leased_until == errand.leased_until)


def _all() -> Select[Any]:
    return select(delivery, callback.c.url, callback.c.base_url).join_from(
        delivery, callback, callback.c.generation_id == delivery.c.generation_id
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        message_id=row.message_id,
        generation_id=row.generation_id,
        organization_id=row.organization_id,
        url=row.url,
        base_url=row.base_url,
        state=JobState(row.state),
        status=DeliveryStatus(row.status),
        tries=row.tries,
        due_at=row.due_at,
        body=row.body,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
