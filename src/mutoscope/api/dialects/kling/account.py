"""The account: what the wallet holds, as a resource pack."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_token_or_key
from mutoscope.api.dialects.kling.replies import CREDITS_PER_UNIT, Reply
from mutoscope.api.dialects.kling.tasks import REFUSALS, CallHere
from mutoscope.core.credits import PER_CREDIT

router = APIRouter(route_class=route_for(by_token_or_key), tags=["account"], responses=REFUSALS)

PACK_NAME = "Mutoscope credits"
TIME_MAX = 10**14
# For credits that have no end; clients compare it with today.
NEVER_MS = 4_102_444_800_000

Time = Annotated[int, Query(ge=0, le=TIME_MAX, description="Milliseconds since 1970.")]


class Pack(BaseModel):
    """A wallet, in units of ten credits."""

    resource_pack_name: str
    resource_pack_id: str
    resource_pack_type: str
    total_quantity: float
    remaining_quantity: float
    purchase_time: int
    effective_time: int
    invalid_time: int
    status: str


class Costs(BaseModel):
    """Kling puts an envelope into the envelope here."""

    code: int = 0
    msg: str = "SUCCEED"
    resource_pack_subscribe_infos: list[Pack]


@router.get("/account/costs")
def costs(
    call: CallHere,
    start_time: Time,
    end_time: Time,
    resource_pack_name: Annotated[str | None, Query(max_length=200)] = None,
) -> Reply[Costs]:
    """The wallet as one pack, if it was there within the span of time."""
    with call.rooms.database.snapshot() as tx:
        organization = call.owner.organization_id
        balance = call.rooms.ledger.balance(tx, organization)
        ends = [lot.expires_at for lot in call.rooms.ledger.lots(tx, organization)]
        since = call.rooms.ledger.first_grant_at(tx, organization) or 0
    per_unit = PER_CREDIT * CREDITS_PER_UNIT
    pack = Pack(
        resource_pack_name=PACK_NAME,
        resource_pack_id=organization,
        resource_pack_type="decreasing_total",
        total_quantity=balance.granted / per_unit,
        remaining_quantity=balance.available / per_unit,
        purchase_time=since,
        effective_time=since,
        # As long as the last of the credits in it.
        invalid_time=max((NEVER_MS if end is None else end for end in ends), default=NEVER_MS),
        status="online" if balance.available > 0 else "runOut",
    )
    shown = since <= end_time and start_time <= end_time and resource_pack_name in (None, PACK_NAME)
    return Reply(data=Costs(resource_pack_subscribe_infos=[pack] if shown else []))
