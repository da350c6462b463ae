"""For whoever watches over the service: does it live, is it ready?"""

from fastapi import APIRouter, Response
from sqlalchemy.exc import OperationalError

from mutoscope import __version__
from mutoscope.api.access import RoomsHere
from mutoscope.api.native.wire import HealthReply
from mutoscope.db import is_current

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> HealthReply:
    """The process answers. Needs no key."""
    return HealthReply(status="ok", version=__version__)


@router.get("/ready", responses={503: {"model": HealthReply}})
def ready(rooms: RoomsHere, response: Response) -> HealthReply:
    """The database answers and is at this version. Needs no key."""
    try:
        with rooms.database.snapshot() as tx:
            current = is_current(tx)
    except OperationalError as error:
        response.status_code = 503
        return HealthReply(status="not_ready", version=__version__, detail=str(error.orig))
    if not current:
        response.status_code = 503
        return HealthReply(
            status="not_ready", version=__version__, detail="the database is at another version"
        )
    return HealthReply(status="ok", version=__version__)
