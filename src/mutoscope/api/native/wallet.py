"""The wallet and its statement."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from mutoscope.api.access import OwnerHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire import BalanceReply, TransferList, TransferReply, time_text
from mutoscope.core.credits import credits_text
from mutoscope.core.errors import InvalidRequest
from mutoscope.ledger import Transfer

router = APIRouter(prefix="/credits", tags=["credits"], responses=REFUSALS)


@router.get("")
def get_balance(rooms: RoomsHere, owner: OwnerHere) -> BalanceReply:
    """What the organization may spend."""
    with rooms.database.snapshot() as tx:
        balance = rooms.ledger.balance(tx, owner.organization_id)
    return BalanceReply(
        available=credits_text(balance.available),
        held=credits_text(balance.held),
        posted=credits_text(balance.posted),
    )


@router.get("/transfers")
def list_transfers(
    rooms: RoomsHere,
    owner: OwnerHere,
    cursor: Annotated[str | None, Query(max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TransferList:
    """Every line that touched the wallet, newest first."""
    with rooms.database.snapshot() as tx:
        lines = rooms.ledger.statement(
            tx, owner.organization_id, before=_cursor(cursor), limit=limit + 1
        )
    shown = lines[:limit]
    return TransferList(
        items=[_reply(line) for line in shown],
        cursor=str(shown[-1].id) if len(lines) > limit else None,
    )


def _reply(line: Transfer) -> TransferReply:
    direction: Literal["in", "out"] = "out" if line.debit_account.startswith("wallet:") else "in"
    return TransferReply(
        id=str(line.id),
        kind=line.kind.value,
        code=line.code,
        amount=credits_text(line.amount),
        direction=direction,
        generation_id=line.subject or None,
        created_at=time_text(line.created_at),
    )


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidRequest("this cursor is none of ours", field="cursor")
    return int(text)
