"""Lots: credits that came together and expire together. The wallet's sub-ledger.

Spent soonest-expiring first, those that never expire last. A lot past its time can't be held any
more; its rest leaves the wallet later, when no clock that jumped can have been wrong about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NewType

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId
from mutoscope.db import run_prepared
from mutoscope.db.schema import lot, lot_use
from mutoscope.ledger.high_water import at_least

LotId = NewType("LotId", int)


class LotKind(StrEnum):
    """Where the credits of a lot came from."""

    DAILY = "daily"
    GIFT = "gift"
    PLAN = "plan"
    TOPUP = "topup"
    REDEEM = "redeem"
    MANUAL = "manual"
    WELCOME = "welcome"
    REFUND = "refund"


@dataclass(frozen=True)
class Lot:
    """Credits that came together: how many, what became of them, and until when they last."""

    id: LotId
    kind: LotKind
    amount: Millicredits
    held: Millicredits
    spent: Millicredits
    expired: Millicredits
    expires_at: Milliseconds | None
    created_at: Milliseconds

    @property
    def free(self) -> Millicredits:
        """What is neither held nor gone."""
        return Millicredits(self.amount - self.held - self.spent - self.expired)


@dataclass(frozen=True)
class Use:
    """How much of a lot."""

    lot_id: LotId
    amount: Millicredits


def add(
    tx: Connection,
    organization: OrganizationId,
    kind: LotKind,
    *,
    cause: str,
    amount: Millicredits,
    expires_at: Milliseconds | None,
    now: Milliseconds,
) -> None:
    """Write a new lot."""
    new = {
        "organization_id": organization,
        "kind": kind,
        "cause": cause,
        "amount": amount,
        "expires_at": expires_at,
        "created_at": now,
    }
    tx.execute(_NEW_LOT, new)


def usable(tx: Connection, organization: OrganizationId, now: Milliseconds) -> list[Lot]:
    """What a hold may take from, in the order in which it does."""
    rows = run_prepared(tx, _usable(), {"organization": organization, "now": now})
    return [_lot(row) for row in rows]


def ids_of(tx: Connection, causes: Sequence[str]) -> set[LotId]:
    """The lots that these causes have filled."""
    return set(tx.scalars(select(lot.c.id).where(lot.c.cause.in_(causes))))


def lapsed_sum(tx: Connection, organization: OrganizationId, now: Milliseconds) -> Millicredits:
    """What is still in the wallet, but past its time."""
    found = tx.scalar(_lapsed_sum(), {"organization": organization, "now": now})
    return Millicredits(found or 0)


def lapsed(tx: Connection, moment: Milliseconds, *, limit: int) -> list[tuple[OrganizationId, Lot]]:
    """Lots of anybody's that ended by then and still have something left."""
    rows = tx.execute(_lapsed(), {"moment": moment, "most": limit})
    return [(OrganizationId(row.organization_id), _lot(row)) for row in rows]


def divided(lots: Iterable[Lot], amount: Millicredits) -> list[Use] | None:
    """Which lots make up the amount, in their order; None when they don't reach."""
    uses, left = [], int(amount)
    for each in lots:
        if not left:
            break
        taken = min(left, each.free)
        uses.append(Use(each.id, Millicredits(taken)))
        left -= taken
    return None if left else uses


def hold(tx: Connection, transfer_id: int, uses: Sequence[Use]) -> None:
    """Set aside parts of lots."""
    _move(tx, ((use, use.amount, 0, 0) for use in uses))
    write_uses(tx, transfer_id, uses)


def settle(tx: Connection, *, hold_id: int, transfer_id: int, charged: Millicredits) -> None:
    """Charge what a hold took, in the same order, and free the rest of it."""
    moves, charges, left = [], [], int(charged)
    for use in uses_of(tx, hold_id):
        part = Millicredits(min(left, use.amount))
        left -= part
        moves.append((use, -use.amount, part, 0))
        if part:
            charges.append(Use(use.lot_id, part))
    _move(tx, moves)
    write_uses(tx, transfer_id, charges)


def spend(tx: Connection, transfer_id: int, uses: Sequence[Use]) -> None:
    """Take parts of lots away at once."""
    _move(tx, ((use, 0, use.amount, 0) for use in uses))
    write_uses(tx, transfer_id, uses)


def expire(tx: Connection, transfer_id: int, use: Use) -> None:
    """Let what is left of a lot go."""
    _move(tx, [(use, 0, 0, use.amount)])
    write_uses(tx, transfer_id, [use])


def uses_of(tx: Connection, transfer_id: int) -> list[Use]:
    """Which lots a transfer concerns, in the order of spending."""
    rows = tx.execute(_uses_of(), {"transfer": transfer_id})
    return [Use(row.lot_id, row.amount) for row in rows]


def last_expiry(tx: Connection, transfer_id: int) -> Milliseconds | None:
    """When the longest-lived of a transfer's lots ends; None when one never does."""
    query = select(lot.c.expires_at).join_from(lot_use, lot, lot.c.id == lot_use.c.lot_id)
    ends = list(tx.scalars(query.where(lot_use.c.transfer_id == transfer_id)))
    return None if None in ends or not ends else Milliseconds(max(ends))


def open_lots(tx: Connection, organization: OrganizationId) -> list[Lot]:
    """Lots that have not been used up, in the order of spending."""
    query = select(lot).where((lot.c.organization_id == organization) & _HAS_REST)
    return [_lot(row) for row in tx.execute(query.order_by(*_ORDER))]


def write_uses(tx: Connection, transfer_id: int, uses: Sequence[Use]) -> None:
    """Write which lots a transfer concerns."""
    for use in uses:
        run_prepared(tx, _NEW_USE, {"transfer_id": transfer_id, **use.__dict__})


# Spelled as the partial index spells it, or SQLite would not use that.
_HAS_REST: ColumnElement[bool] = literal_column("spent + expired < amount")
_HAS_FREE: ColumnElement[bool] = _HAS_REST & literal_column("held + spent + expired < amount")
_ORDER = (lot.c.expires_at.is_(None), lot.c.expires_at, lot.c.id)
_NEW_LOT = insert(lot)
_NEW_USE = insert(lot_use)
_FREE = lot.c.amount - lot.c.held - lot.c.spent - lot.c.expired


def _move(tx: Connection, moves: Iterable[tuple[Use, int, int, int]]) -> None:
    for use, held, spent, expired in moves:
        moved = {"lot_id": use.lot_id, "by_held": held, "by_spent": spent, "by_expired": expired}
        run_prepared(tx, _moved(), moved)


@cache
def _moved() -> Update:
    return (
        update(lot)
        .where(lot.c.id == bindparam("lot_id"))
        .values(
            held=lot.c.held + bindparam("by_held"),
            spent=lot.c.spent + bindparam("by_spent"),
            expired=lot.c.expired + bindparam("by_expired"),
        )
    )


@cache
def _usable() -> Select[Any]:
    lives = lot.c.expires_at.is_(None) | (lot.c.expires_at > at_least(bindparam("now")))
    mine = (lot.c.organization_id == bindparam("organization")) & _HAS_FREE
    return select(lot).where(mine & lives).order_by(*_ORDER)


@cache
def _lapsed_sum() -> Select[Any]:
    mine = (lot.c.organization_id == bindparam("organization")) & _HAS_FREE
    return select(func.sum(_FREE)).where(mine & (lot.c.expires_at <= at_least(bindparam("now"))))


@cache
def _lapsed() -> Select[Any]:
    over = _HAS_FREE & (lot.c.expires_at <= bindparam("moment"))
    return select(lot).where(over).order_by(lot.c.id).limit(bindparam("most"))


@cache
def _uses_of() -> Select[Any]:
    return (
        select(lot_use.c.lot_id, lot_use.c.amount)
        .join_from(lot_use, lot, lot.c.id == lot_use.c.lot_id)
        .where(lot_use.c.transfer_id == bindparam("transfer"))
        .order_by(*_ORDER)
    )


def _lot(row: Row[Any]) -> Lot:
    return Lot(
        id=row.id,
        kind=LotKind(row.kind),
        amount=row.amount,
        held=row.held,
        spent=row.spent,
        expired=row.expired,
        expires_at=row.expires_at,
        created_at=row.created_at,
    )
