"""What may be done with credits: grant, reserve, post, void, refund, correct, let expire.

Every one is safe to repeat: what caused it finds the transfer that it wrote before.
"""

from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import AMOUNT_MAX, Millicredits, credits_text
from mutoscope.core.errors import Conflict, InsufficientCredits, InvalidRequest
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId
from mutoscope.db.schema import organization, transfer
from mutoscope.ledger import budgets, closings, high_water, lots, transfers
from mutoscope.ledger.accounts import (
    CORRECTIONS,
    EXPIRED,
    ISSUED,
    REVENUE,
    AccountKind,
    Balance,
    balance,
    open_account,
    wallet,
)
from mutoscope.ledger.high_water import EXPIRY_IS_FINAL_AFTER_MS, TimeMark
from mutoscope.ledger.lots import Lot, LotKind, Use
from mutoscope.ledger.transfers import Draft, Kind, Transfer

# What is given back can be spent for a week, even where the lot it came from is over.
REFUND_LASTS_MS = 7 * 24 * 3_600_000
LOTS_AT_ONCE = 100


class Ledger:
    """Double entry: every transfer debits one account and credits another by the same amount."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open_books(self, tx: Connection) -> None:
        """Make the accounts that belong to no organization."""
        open_account(tx, REVENUE, AccountKind.REVENUE)
        open_account(tx, ISSUED, AccountKind.ISSUED, may_overdraw=True)
        open_account(tx, EXPIRED, AccountKind.EXPIRED)
        open_account(tx, CORRECTIONS, AccountKind.CORRECTIONS, may_overdraw=True)

    def open_wallet(self, tx: Connection, organization: OrganizationId) -> None:
        """Make an organization's wallet unless it has one."""
        open_account(tx, wallet(organization), AccountKind.WALLET)

    def balance(self, tx: Connection, organization: OrganizationId) -> Balance:
        """What the organization's wallet holds."""
        lapsed = lots.lapsed_sum(tx, organization, self._clock.now())
        return balance(tx, wallet(organization), lapsed=lapsed)

    def lots(self, tx: Connection, organization: OrganizationId) -> list[Lot]:
        """The lots that the wallet is made of, in the order in which they are spent."""
        return lots.open_lots(tx, organization)

    def grant(
        self,
        tx: Connection,
        organization: OrganizationId,
        amount: Millicredits,
        *,
        code: str = LotKind.MANUAL,
        cause: str,
        expires_at: Milliseconds | None = None,
    ) -> Transfer:
        """Put a new lot into a wallet; `code` is its kind. The same `cause` grants once."""
        if not 0 < amount <= AMOUNT_MAX:
            raise InvalidRequest("a grant is more than nothing", field="amount")
        return self._fill(
            tx,
            Draft(
                cause=cause,
                kind=Kind.POSTED,
                code=LotKind(code),
                debit_account=ISSUED,
                credit_account=wallet(organization),
                amount=amount,
                subject="",
            ),
            organization,
            expires_at,
        )

    def reserve(
        self,
        tx: Connection,
        subject: str,
        organization: OrganizationId,
        amount: Millicredits,
        *,
        project_id: ProjectId | None = None,
        person_id: PersonId | None = None,
    ) -> Transfer:
        """Set credits aside for `subject`, from the lots that end soonest.

        InsufficientCredits when the wallet holds fewer, BudgetExceeded when the project or the
        person may not spend them; nothing is written then.
        """
        earlier = transfers.by_cause(tx, f"hold:{subject}")
        if earlier is not None:
            return earlier
        now = self._clock.now()
        uses = lots.divided(lots.usable(tx, organization, now), amount)
        if uses is None:
            raise self._too_little(tx, organization, amount)
        counted = budgets.fitting(tx, amount, now, project_id=project_id, person_id=person_id)
        draft = Draft(
            cause=f"hold:{subject}",
            kind=Kind.HOLD,
            code="generation",
            debit_account=wallet(organization),
            credit_account=REVENUE,
            amount=amount,
            subject=subject,
            project_id=project_id,
            person_id=person_id,
        )
        transfers.move(tx, draft, pending=amount, posted=0)
        hold = transfers.write(tx, draft, now)
        lots.hold(tx, hold.id, uses)
        budgets.hold(tx, hold.id, counted, amount)
        return hold

    def post(self, tx: Connection, subject: str, *, amount: Millicredits) -> Transfer:
        """Charge `amount` of the hold for `subject` and return the rest. Repeating changes nothing.

        Raises InvalidRequest for more than was held, Conflict when the hold was returned before.
        """
        hold = self._hold(tx, subject)
        if not 0 <= amount <= hold.amount:
            raise InvalidRequest(
                f"a charge of {amount} does not fit a hold of {hold.amount}", field="amount"
            )
        return self._resolve(tx, hold, Kind.POST_HOLD, amount)

    def void(self, tx: Connection, subject: str) -> Transfer:
        """Return all of the hold for `subject`. Repeating changes nothing."""
        return self._resolve(tx, self._hold(tx, subject), Kind.VOID_HOLD, Millicredits(0))

    def refund(self, tx: Connection, subject: str, amount: Millicredits, *, cause: str) -> Transfer:
        """Give back what was charged for `subject`, or a part of it, as a new lot.

        Conflict when nothing was charged; InvalidRequest for more than is left of it.
        """
        earlier = transfers.by_cause(tx, f"refund:{cause}")
        if earlier is not None:
            return earlier
        charge = transfers.by_cause(tx, f"{Kind.POST_HOLD}:{subject}")
        if charge is None:
            raise Conflict(f"nothing was charged for {subject}")
        mine = (transfer.c.subject == subject) & (transfer.c.code == LotKind.REFUND)
        given = tx.scalar(
            select(func.sum(transfer.c.amount)).where(
                mine & (transfer.c.credit_account == charge.debit_account)
            )
        )
        left = charge.amount - (given or 0)
        if not 0 < amount <= left:
            raise InvalidRequest(
                f"{credits_text(Millicredits(left))} of the charge for {subject} can be given back",
                field="amount",
            )
        organization = OrganizationId(charge.debit_account.removeprefix("wallet:"))
        end = lots.last_expiry(tx, charge.id)
        draft = Draft(
            cause=f"refund:{cause}",
            kind=Kind.POSTED,
            code=LotKind.REFUND,
            debit_account=REVENUE,
            credit_account=charge.debit_account,
            amount=amount,
            subject=subject,
            project_id=charge.project_id,
            person_id=charge.person_id,
        )
        lasts = Milliseconds(self._clock.now() + REFUND_LASTS_MS)
        done = self._fill(tx, draft, organization, None if end is None else max(end, lasts))
        budgets.refund(tx, charge_id=charge.id, transfer_id=done.id, amount=amount)
        return done

    def correct(
        self, tx: Connection, organization: OrganizationId, amount: Millicredits, *, cause: str
    ) -> Transfer:
        """Take credits out of a wallet that should not be there. What is missing is granted."""
        earlier = transfers.by_cause(tx, f"correction:{cause}")
        if earlier is not None:
            return earlier
        if amount <= 0:
            raise InvalidRequest("a correction is more than nothing", field="amount")
        now = self._clock.now()
        uses = lots.divided(lots.usable(tx, organization, now), amount)
        if uses is None:
            raise self._too_little(tx, organization, amount)
        return self._correct(tx, organization, uses, amount, cause)

    def take_back(
        self,
        tx: Connection,
        organization: OrganizationId,
        amount: Millicredits,
        *,
        cause: str,
        lot_causes: tuple[str, ...],
    ) -> Millicredits:
        """Correct by up to `amount`, from the lots of those causes first; returns what was there.

        What is held or spent can't be taken: a wallet is never overdrawn.
        """
        earlier = transfers.by_cause(tx, f"correction:{cause}")
        if earlier is not None:
            return earlier.amount
        now = self._clock.now()
        first = lots.ids_of(tx, lot_causes)
        usable = sorted(lots.usable(tx, organization, now), key=lambda each: each.id not in first)
        taken = Millicredits(min(amount, sum(each.free for each in usable)))
        if taken:
            uses = lots.divided(usable, taken)
            assert uses is not None, "no more than there is"
            self._correct(tx, organization, uses, taken, cause)
        return taken

    def _correct(
        self,
        tx: Connection,
        organization: OrganizationId,
        uses: list[Use],
        amount: Millicredits,
        cause: str,
    ) -> Transfer:
        draft = Draft(
            cause=f"correction:{cause}",
            kind=Kind.POSTED,
            code="correction",
            debit_account=wallet(organization),
            credit_account=CORRECTIONS,
            amount=amount,
            subject="",
        )
        transfers.move(tx, draft, pending=0, posted=amount)
        done = transfers.write(tx, draft, self._clock.now())
        lots.spend(tx, done.id, uses)
        return done

    def expire(self, tx: Connection) -> int:
        """Let go what is left of lots that have been over for long enough; returns how many.

        A clock that jumped ahead makes lots unusable while it is wrong, and takes nothing: a lot is
        let go a day and two hours after its time, and while the clock is believed.
        """
        now = self._clock.now()
        believed = high_water.note(tx, now)
        final = Milliseconds(min(now, believed) - EXPIRY_IS_FINAL_AFTER_MS)
        over = lots.lapsed(tx, final, limit=LOTS_AT_ONCE)
        for whose, each in over:
            draft = Draft(
                # What a hold returns later expires later: the sum so far tells the two apart.
                cause=f"expiry:{each.id}:{each.expired}",
                kind=Kind.POSTED,
                code="expiry",
                debit_account=wallet(whose),
                credit_account=EXPIRED,
                amount=each.free,
                subject="",
            )
            transfers.move(tx, draft, pending=0, posted=each.free)
            done = transfers.write(tx, draft, now)
            lots.expire(tx, done.id, Use(each.id, each.free))
        return len(over)

    def closings_due(self, tx: Connection) -> list[closings.Draft]:
        """Months that are over and not yet summed up: of each wallet the oldest. Reads only."""
        return list(closings.due(tx, self._clock.now()))

    def close(self, tx: Connection, draft: closings.Draft) -> bool:
        """Write the sums of a month, so that statements need not read it again."""
        return closings.write(tx, draft, self._clock.now())

    def time_mark(self, tx: Connection) -> TimeMark | None:
        """The latest time that the books believe; a clock behind it makes no lot usable again."""
        return high_water.read(tx)

    def accept_clock(self, tx: Connection) -> None:
        """Believe the clock as it is: it was far ahead for long, and is right now."""
        high_water.accept(tx, self._clock.now())

    def time_zone(self, tx: Connection, organization_id: OrganizationId) -> str:
        """Where an organization's midnights are."""
        mine = organization.c.id == organization_id
        return str(tx.execute(select(organization.c.time_zone).where(mine)).scalar_one())

    def statement(
        self,
        tx: Connection,
        organization: OrganizationId,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Transfer]:
        """The wallet's transfers, newest first, starting below id `before`."""
        found: list[Row[Any]] = []
        # One side after the other: asked for both at once, SQLite sorts the whole history.
        for side in (transfer.c.debit_account, transfer.c.credit_account):
            query = select(transfer).where(side == wallet(organization))
            if before is not None:
                query = query.where(transfer.c.id < before)
            found += tx.execute(query.order_by(transfer.c.id.desc()).limit(limit)).all()
        found.sort(key=lambda row: row.id, reverse=True)
        return [transfers.from_row(row) for row in found[:limit]]

    def first_grant_at(self, tx: Connection, organization: OrganizationId) -> Milliseconds | None:
        """When the wallet was first filled; None while it never was."""
        mine = transfer.c.credit_account == wallet(organization)
        first = tx.scalar(select(func.min(transfer.c.created_at)).where(mine))
        return None if first is None else Milliseconds(first)

    def _fill(
        self,
        tx: Connection,
        draft: Draft,
        organization: OrganizationId,
        expires_at: Milliseconds | None,
    ) -> Transfer:
        earlier = transfers.by_cause(tx, draft.cause)
        if earlier is not None:
            return earlier
        now = self._clock.now()
        transfers.move(tx, draft, pending=0, posted=draft.amount)
        done = transfers.write(tx, draft, now)
        lots.add(
            tx,
            organization,
            LotKind(draft.code),
            cause=draft.cause,
            amount=draft.amount,
            expires_at=expires_at,
            now=now,
        )
        return done

    def _hold(self, tx: Connection, subject: str) -> Transfer:
        hold = transfers.by_cause(tx, f"hold:{subject}")
        if hold is None:
            raise Conflict(f"nothing is held for {subject}")
        return hold

    def _resolve(
        self, tx: Connection, hold: Transfer, kind: Kind, amount: Millicredits
    ) -> Transfer:
        earlier = transfers.resolution(tx, hold.id)
        if earlier is not None:
            if (earlier.kind, earlier.amount) != (kind, amount):
                raise Conflict(f"the hold for {hold.subject} was settled as {earlier.kind} before")
            return earlier
        draft = Draft(
            cause=f"{kind}:{hold.subject}",
            kind=kind,
            code=hold.code,
            debit_account=hold.debit_account,
            credit_account=hold.credit_account,
            amount=amount,
            subject=hold.subject,
            hold_id=hold.id,
            project_id=hold.project_id,
            person_id=hold.person_id,
        )
        now = self._clock.now()
        transfers.move(tx, draft, pending=-hold.amount, posted=amount)
        done = transfers.write(tx, draft, now)
        lots.settle(tx, hold_id=hold.id, transfer_id=done.id, charged=amount)
        budgets.settle(tx, hold_id=hold.id, transfer_id=done.id, charged=amount, now=now)
        return done

    def _too_little(
        self, tx: Connection, organization: OrganizationId, amount: Millicredits
    ) -> InsufficientCredits:
        here = credits_text(self.balance(tx, organization).available)
        return InsufficientCredits(
            f"this may cost {credits_text(amount)} credits and {here} are available",
            fix="add credits (mutoscope credits grant), or ask for less",
        )
