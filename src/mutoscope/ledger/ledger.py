"""What may be done with credits: grant, reserve, post, void. Every one is safe to repeat."""

from sqlalchemy import Connection, func, or_, select

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.errors import Conflict, InsufficientCredits, InvalidRequest
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import transfer
from mutoscope.ledger import transfers
from mutoscope.ledger.accounts import (
    ISSUED,
    REVENUE,
    AccountKind,
    Balance,
    balance,
    open_account,
    wallet,
)
from mutoscope.ledger.transfers import Draft, Kind, Transfer


class Ledger:
    """Double entry: every transfer debits one account and credits another by the same amount."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open_books(self, tx: Connection) -> None:
        """Make the accounts that belong to no organization."""
        open_account(tx, REVENUE, AccountKind.REVENUE)
        open_account(tx, ISSUED, AccountKind.ISSUED, may_overdraw=True)

    def open_wallet(self, tx: Connection, organization: OrganizationId) -> None:
        """Make an organization's wallet unless it has one."""
        open_account(tx, wallet(organization), AccountKind.WALLET)

    def balance(self, tx: Connection, organization: OrganizationId) -> Balance:
        """What the organization's wallet holds."""
        return balance(tx, wallet(organization))

    def grant(
        self,
        tx: Connection,
        organization: OrganizationId,
        amount: Millicredits,
        *,
        code: str,
        cause: str,
    ) -> Transfer:
        """Put new credits into a wallet; the same `cause` grants once."""
        if amount <= 0:
            raise InvalidRequest("a grant must be more than nothing", field="amount")
        earlier = transfers.by_cause(tx, cause)
        if earlier is not None:
            return earlier
        draft = Draft(
            cause=cause,
            kind=Kind.POSTED,
            code=code,
            debit_account=ISSUED,
            credit_account=wallet(organization),
            amount=amount,
            subject="",
        )
        transfers.move(tx, draft, pending=0, posted=amount)
        return transfers.write(tx, draft, self._clock.now())

    def reserve(
        self, tx: Connection, subject: str, organization: OrganizationId, amount: Millicredits
    ) -> Transfer:
        """Set credits aside for `subject`; InsufficientCredits when the wallet holds fewer."""
        earlier = transfers.by_cause(tx, f"hold:{subject}")
        if earlier is not None:
            return earlier
        draft = Draft(
            cause=f"hold:{subject}",
            kind=Kind.HOLD,
            code="generation",
            debit_account=wallet(organization),
            credit_account=REVENUE,
            amount=amount,
            subject=subject,
        )
        try:
            transfers.move(tx, draft, pending=amount, posted=0)
        except InsufficientCredits as error:
            here = credits_text(self.balance(tx, organization).available)
            raise InsufficientCredits(
                f"this may cost {credits_text(amount)} credits and {here} are available",
                fix="add credits (mutoscope credits grant), or ask for less",
            ) from error
        return transfers.write(tx, draft, self._clock.now())

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

    def statement(
        self,
        tx: Connection,
        organization: OrganizationId,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Transfer]:
        """The wallet's transfers, newest first, starting below id `before`."""
        mine = wallet(organization)
        query = select(transfer).where(
            or_(transfer.c.debit_account == mine, transfer.c.credit_account == mine)
        )
        if before is not None:
            query = query.where(transfer.c.id < before)
        rows = tx.execute(query.order_by(transfer.c.id.desc()).limit(limit))
        return [transfers.from_row(row) for row in rows]

    def first_grant_at(self, tx: Connection, organization: OrganizationId) -> Milliseconds | None:
        """When the wallet was first filled; None while it never was."""
        mine = transfer.c.credit_account == wallet(organization)
        first = tx.scalar(select(func.min(transfer.c.created_at)).where(mine))
        return None if first is None else Milliseconds(first)

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
        )
        transfers.move(tx, draft, pending=-hold.amount, posted=amount)
        return transfers.write(tx, draft, self._clock.now())
