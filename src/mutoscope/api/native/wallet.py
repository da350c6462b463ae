"""The wallet, what it is made of, and its statements."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from mutoscope.api.access import ActorHere, CreditsManager, CreditsReader, HouseHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.money import amount_of, in_days
from mutoscope.api.native.wire import BalanceReply, TransferList, TransferReply, time_text
from mutoscope.api.native.wire_credits import (
    GrantBody,
    LotList,
    MovedReply,
    RedeemBody,
    RedeemReply,
    RefundBody,
    StatementReply,
    lot_reply,
    statement_reply,
)
from mutoscope.core.credits import credits_text
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.ids import OrganizationId, PersonId, ProjectId, new_opaque_id
from mutoscope.generations import Owner, Rooms
from mutoscope.ledger import (
    Period,
    Statement,
    Transfer,
    month,
    statement_csv,
    statement_of,
    window,
)

router = APIRouter(prefix="/credits", tags=["credits"], responses=REFUSALS)


@router.get("")
def get_balance(rooms: RoomsHere, owner: CreditsReader) -> BalanceReply:
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
    owner: CreditsReader,
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


@router.get("/lots")
def list_lots(rooms: RoomsHere, owner: CreditsReader) -> LotList:
    """What the wallet is made of, in the order in which it is spent."""
    with rooms.database.snapshot() as tx:
        found = rooms.ledger.lots(tx, owner.organization_id)
    return LotList(items=[lot_reply(lot) for lot in found])


MonthText = Annotated[
    str | None,
    Query(max_length=7, description="As in 2026-11, in the organization's time zone; else this."),
]
IdText = Annotated[str | None, Query(max_length=100)]


@router.get("/statement")
def get_statement(
    rooms: RoomsHere,
    owner: CreditsReader,
    month: MonthText = None,
    project_id: IdText = None,
    person_id: IdText = None,
) -> StatementReply:
    """A month of the wallet, or of what a project or a person spent."""
    return statement_reply(_statement(rooms, owner, month, project_id, person_id))


@router.get("/statement.csv", response_class=StreamingResponse)
def get_statement_csv(
    rooms: RoomsHere,
    owner: CreditsReader,
    month: MonthText = None,
    project_id: IdText = None,
    person_id: IdText = None,
) -> StreamingResponse:
    """The same as a table: the opening, every line, the closing."""
    statement = _statement(rooms, owner, month, project_id, person_id)
    return StreamingResponse(statement_csv(statement), media_type="text/csv; charset=utf-8")


@router.post("/redeem")
def redeem_code(
    body: RedeemBody, rooms: RoomsHere, owner: CreditsManager, actor: ActorHere
) -> RedeemReply:
    """Put what a code is worth into the wallet. Each works once."""
    codes = rooms.billing.codes
    codes.count_try(owner.organization_id)
    with rooms.database.transaction() as tx:
        brought = codes.redeem(tx, body.code, owner.organization_id, owner.person_id)
        available = rooms.ledger.balance(tx, owner.organization_id).available
        text = credits_text(brought)
        verb = "credits.code.redeemed"
        rooms.trail.record(tx, actor, verb, "wallet", owner.organization_id, credits=text)
    return RedeemReply(credits=credits_text(brought), available=credits_text(available))


KeyHeader = Annotated[str | None, Header(max_length=255)]


@router.post("/grants", status_code=HTTPStatus.CREATED)
def grant_credits(
    body: GrantBody,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
    idempotency_key: KeyHeader = None,
) -> MovedReply:
    """For the house: give credits. The same `Idempotency-Key` gives once."""
    amount = amount_of(body.amount, "amount")
    whom = OrganizationId(body.organization_id or house.organization_id)
    with rooms.database.transaction() as tx:
        done = rooms.ledger.grant(
            tx,
            whom,
            amount,
            cause=_cause("grant", idempotency_key),
            expires_at=in_days(rooms.clock.now(), body.expires_in_days),
        )
        rooms.trail.record(tx, actor, "credits.lot.granted", done.id, whom, credits=body.amount)
    return _moved(done)


@router.post("/corrections", status_code=HTTPStatus.CREATED)
def correct_credits(
    body: GrantBody,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
    idempotency_key: KeyHeader = None,
) -> MovedReply:
    """For the house: take back what should not be there. What is held stays."""
    amount = amount_of(body.amount, "amount")
    whom = OrganizationId(body.organization_id or house.organization_id)
    with rooms.database.transaction() as tx:
        done = rooms.ledger.correct(tx, whom, amount, cause=_cause("api", idempotency_key))
        verb = "credits.wallet.corrected"
        rooms.trail.record(tx, actor, verb, done.id, whom, credits=body.amount)
    return _moved(done)


@router.post("/refunds", status_code=HTTPStatus.CREATED)
def refund_credits(
    body: RefundBody,
    rooms: RoomsHere,
    house: HouseHere,
    actor: ActorHere,
    idempotency_key: KeyHeader = None,
) -> MovedReply:
    """For the house: give back what a generation was charged, or a part of it."""
    amount = amount_of(body.amount, "amount")
    with rooms.database.transaction() as tx:
        cause = _cause("api", idempotency_key)
        done = rooms.ledger.refund(tx, body.generation_id, amount, cause=cause)
        rooms.trail.record(
            tx,
            actor,
            "credits.charge.refunded",
            body.generation_id,
            house.organization_id,
            credits=body.amount,
        )
    return _moved(done)


def _moved(done: Transfer) -> MovedReply:
    return MovedReply(transfer_id=str(done.id), amount=credits_text(done.amount))


def _cause(prefix: str, key: str | None) -> str:
    return f"{prefix}:{key or new_opaque_id()}"


def _statement(
    rooms: Rooms, owner: Owner, name: str | None, project_id: str | None, person_id: str | None
) -> Statement:
    with rooms.database.snapshot() as tx:
        # Another organization's project or person is not there, as everywhere.
        if project_id:
            rooms.projects.find(tx, owner.organization_id, ProjectId(project_id))
        if person_id:
            rooms.people.find(tx, owner.organization_id, PersonId(person_id))
        zone = rooms.ledger.time_zone(tx, owner.organization_id)
        span = month(name or window(Period.MONTH, rooms.clock.now(), zone), zone)
        return statement_of(
            tx,
            owner.organization_id,
            span,
            project_id=ProjectId(project_id) if project_id else None,
            person_id=PersonId(person_id) if person_id else None,
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
