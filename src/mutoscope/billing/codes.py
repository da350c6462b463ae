"""Redeem codes: a hundred random bits each, known to us by their hash, good for one use."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from mutoscope.billing.plans import lasts_until
from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import AMOUNT_MAX, Millicredits
from mutoscope.core.errors import Conflict, InvalidRequest, NotFound, RateLimited
from mutoscope.core.ids import OrganizationId, PersonId, new_opaque_id
from mutoscope.core.quota import Quota
from mutoscope.db.schema import code_batch, redeem_code
from mutoscope.ledger import Ledger, LotKind

# Without the letters that are read as digits, or spell words with them.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
GROUP = 5
BATCH_MAX = 100_000
TRIES_A_MINUTE = 10


@dataclass(frozen=True)
class Batch:
    """Codes that were made together."""

    id: str
    name: str
    credits: Millicredits
    credits_last_days: int | None
    expires_at: Milliseconds | None
    created_at: Milliseconds
    ended_at: Milliseconds | None
    count: int
    redeemed: int


class Codes:
    """Makes codes and honours them."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._tries = Quota(TRIES_A_MINUTE)

    def make(
        self,
        tx: Connection,
        *,
        name: str,
        count: int,
        amount: Millicredits,
        credits_last_days: int | None = None,
        valid_days: int | None = None,
    ) -> tuple[str, list[str]]:
        """A batch's id and its codes, which are told this once."""
        if not 1 <= count <= BATCH_MAX:
            raise InvalidRequest(f"a batch has 1 to {BATCH_MAX} codes", field="count")
        if not 0 < amount <= AMOUNT_MAX:
            raise InvalidRequest("a code brings more than nothing", field="credits")
        now = self._clock.now()
        batch_id = new_opaque_id()
        new = {
            "id": batch_id,
            "name": name,
            "credits": amount,
            "credits_last_days": credits_last_days,
            "expires_at": lasts_until(now, valid_days),
            "created_at": now,
        }
        tx.execute(insert(code_batch), new)
        codes = [_draw() for _ in range(count)]
        rows = [{"code_hash": _hash(code), "batch_id": batch_id} for code in codes]
        tx.execute(insert(redeem_code), rows)
        return batch_id, codes

    def end(self, tx: Connection, batch_id: str) -> None:
        """Honour what is left of a batch no more."""
        mine = (code_batch.c.id == batch_id) & code_batch.c.ended_at.is_(None)
        ended = tx.execute(update(code_batch).where(mine).values(ended_at=self._clock.now()))
        if ended.rowcount != 1:
            raise NotFound("there is no such batch")

    def batches(self, tx: Connection) -> list[Batch]:
        """Every batch, the latest first."""
        counts = (
            select(
                redeem_code.c.batch_id,
                func.count().label("count"),
                func.count(redeem_code.c.redeemed_at).label("redeemed"),
            )
            .group_by(redeem_code.c.batch_id)
            .subquery()
        )
        query = select(code_batch, counts.c.count, counts.c.redeemed).join_from(
            code_batch, counts, counts.c.batch_id == code_batch.c.id
        )
        rows = tx.execute(query.order_by(code_batch.c.created_at.desc(), code_batch.c.id))
        return [Batch(**row._mapping) for row in rows]

    def count_try(self, organization_id: OrganizationId) -> None:
        """RateLimited when somebody guesses. Asked before the transaction begins."""
        wait = self._tries.take(organization_id)
        if wait is not None:
            raise RateLimited(
                f"more than {TRIES_A_MINUTE} codes were tried within a minute",
                fix=f"wait {wait} seconds",
                wait_seconds=wait,
            )

    def redeem(
        self,
        tx: Connection,
        code: str,
        organization_id: OrganizationId,
        person_id: PersonId | None = None,
    ) -> Millicredits:
        """Put a code's credits into the wallet; returns how many.

        NotFound for a code that is none of ours, Conflict for one that was used or is over.
        """
        now = self._clock.now()
        key = _hash(code)
        row = self._find(tx, key)
        if row is None:
            raise NotFound("this code is none of ours", field="code", fix="look for a typing error")
        if row.redeemed_at is not None:
            raise Conflict("this code was redeemed before", field="code")
        if row.ended_at is not None or (row.expires_at is not None and row.expires_at <= now):
            raise Conflict("this code is honoured no more", field="code")
        unused = (redeem_code.c.code_hash == key) & redeem_code.c.redeemed_at.is_(None)
        values = {"redeemed_at": now, "organization_id": organization_id, "person_id": person_id}
        if tx.execute(update(redeem_code).where(unused).values(values)).rowcount != 1:
            raise Conflict("this code was redeemed before", field="code")
        self._ledger.grant(
            tx,
            organization_id,
            row.credits,
            code=LotKind.REDEEM,
            cause=f"code:{key}",
            expires_at=lasts_until(now, row.credits_last_days),
        )
        return Millicredits(row.credits)

    def _find(self, tx: Connection, key: str) -> Any:
        query = select(code_batch, redeem_code.c.redeemed_at).join_from(
            redeem_code, code_batch, code_batch.c.id == redeem_code.c.batch_id
        )
        return tx.execute(query.where(redeem_code.c.code_hash == key)).first()


def _draw() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def _hash(code: str) -> str:
    """However it was typed. Random as it is, a plain hash keeps it secret."""
    letters = code.upper().translate(str.maketrans("OIL", "011"))
    plain = "".join(letter for letter in letters if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
