"""The chart of accounts, and the sums that the database keeps honest."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NewType

from sqlalchemy import Connection, Select, bindparam, insert, select

from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import account

AccountId = NewType("AccountId", str)


class AccountKind(StrEnum):
    """What an account stands for."""

    WALLET = "wallet"  # an organization's credits
    REVENUE = "revenue"  # what generations were charged
    ISSUED = "issued"  # where credits come from; its debit is all that was ever granted
    EXPIRED = "expired"  # what nobody spent in time
    CORRECTIONS = "corrections"  # what was taken back by hand


REVENUE = AccountId("revenue")
ISSUED = AccountId("issued")
EXPIRED = AccountId("expired")
CORRECTIONS = AccountId("corrections")


def wallet(organization: OrganizationId) -> AccountId:
    """The account of an organization's credits."""
    return AccountId(f"wallet:{organization}")


@dataclass(frozen=True)
class Balance:
    """A wallet at a moment: what it holds, what of that is set aside, what may be spent."""

    posted: Millicredits
    held: Millicredits
    # All that was ever put in.
    granted: Millicredits
    # Past its time, and about to leave.
    lapsed: Millicredits

    @property
    def available(self) -> Millicredits:
        """What a new hold may take."""
        return Millicredits(self.posted - self.held - self.lapsed)


def open_account(
    tx: Connection, account_id: AccountId, kind: AccountKind, *, may_overdraw: bool = False
) -> None:
    """Make the account unless it is there."""
    if tx.scalar(select(account.c.id).where(account.c.id == account_id)) is None:
        tx.execute(insert(account).values(id=account_id, kind=kind, may_overdraw=may_overdraw))


def balance(tx: Connection, account_id: AccountId, *, lapsed: Millicredits) -> Balance:
    """What an account holds. NotFound when there is no such account."""
    row = tx.execute(_one(), {"account": account_id}).first()
    if row is None:
        raise NotFound(f"no account {account_id}")
    return Balance(
        posted=Millicredits(row.credits_posted - row.debits_posted),
        held=Millicredits(row.debits_pending),
        granted=Millicredits(row.credits_posted),
        lapsed=lapsed,
    )


@cache
def _one() -> Select[Any]:
    return select(account).where(account.c.id == bindparam("account"))
