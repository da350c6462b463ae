"""Credits: what there is, and every line that moved it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.ledger import Balance, Kind, Transfer
from mutoscope.studio.visit import Member
from mutoscope.studio.words import Words

router = APIRouter()

PAGE_LENGTH = 50
CURSOR_MAX = 2**62


@dataclass(frozen=True)
class StatementLine:
    """A transfer, seen from the wallet. `sign` is +, − or · for what moved nothing yet."""

    at: Milliseconds
    text: str
    generation_id: str
    amount: Millicredits
    sign: str


@dataclass(frozen=True)
class CreditsPage:
    """Everything templates/pages/credits.html may use."""

    balance: Balance
    lines: list[StatementLine]
    more: str


@router.get("/credits")
def credits_page(
    visit: Member, before: Annotated[int | None, Query(ge=1, le=CURSOR_MAX)] = None
) -> Response:
    """The balance and the statement."""
    organization = visit.owner.organization_id
    with visit.rooms.database.snapshot() as tx:
        balance = visit.rooms.ledger.balance(tx, organization)
        found = visit.rooms.ledger.statement(tx, organization, before=before, limit=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    more = f"/credits?before={shown[-1].id}" if len(found) > PAGE_LENGTH else ""
    lines = [_line(transfer, visit.words) for transfer in shown]
    return visit.show("pages/credits.html", CreditsPage(balance, lines, more))


def _line(transfer: Transfer, say: Words) -> StatementLine:
    is_out = transfer.debit_account.startswith("wallet:")
    match transfer.kind:
        case Kind.HOLD:
            text, sign = say("Set aside for a generation"), "·"
        case Kind.POST_HOLD:
            text, sign = say("Charged for a generation"), "−"
        case Kind.VOID_HOLD:
            text, sign = say("Returned in full"), "·"
        case Kind.POSTED:
            text, sign = _grant(transfer.code, say), "−" if is_out else "+"
    return StatementLine(transfer.created_at, text, transfer.subject, transfer.amount, sign)


def _grant(code: str, say: Words) -> str:
    return say("Welcome credits") if code == "welcome" else say("Credits added")
