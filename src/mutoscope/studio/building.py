"""Builds the studio as an app of its own, with its own errors and headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from mutoscope.core.errors import (
    InvalidRequest,
    MutoscopeError,
    NotAuthenticated,
    NotFound,
    NotPermitted,
)
from mutoscope.studio import statics
from mutoscope.studio.doorkeeper import Doorkeeper
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.guard import Guard
from mutoscope.studio.house import House
from mutoscope.studio.statics import Statics
from mutoscope.studio.templating import Templates
from mutoscope.studio.views import (
    compare,
    create,
    deliveries,
    developers,
    films,
    generation,
    invoices,
    library,
    media,
    preferences,
    progress,
    review,
    sign_in,
    team,
    wallet,
)
from mutoscope.studio.views.admin import ROUTERS as ADMIN_ROUTERS
from mutoscope.studio.visit import Visit, door, visit_of

log = structlog.get_logger()

ROUTERS = (
    create.router,
    progress.router,
    generation.router,
    library.router,
    compare.router,
    review.router,
    films.router,
    team.router,
    wallet.router,
    invoices.router,
    developers.router,
    *ADMIN_ROUTERS,
    deliveries.router,
    media.router,
    preferences.router,
    sign_in.router,
    statics.router,
)
FRAMEWORK: Mapping[int, type[MutoscopeError]] = {
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: NotFound,
    HTTPStatus.FORBIDDEN: NotPermitted,
}


@dataclass(frozen=True)
class ErrorPage:
    """Everything templates/pages/error.html may use."""

    status: int
    complaint: Complaint


def build(house: House) -> ASGIApp:
    """The studio, ready to be given the paths of `OWNED_PATHS`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.statics = Statics.read()
    app.state.doorkeeper = Doorkeeper(house.rooms.clock)
    app.state.templates = Templates(app.state.statics)
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(MutoscopeError, _refused)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_exception_handler(RequestValidationError, _refused_by_framework)
    app.add_exception_handler(Exception, _unexpected)
    return Guard(app, house.public_url)


def _refused(request: Request, error: Exception) -> Response:
    """A page that says it, or for scripts the words alone."""
    assert isinstance(error, MutoscopeError)
    visit = visit_of(request)
    if isinstance(error, NotAuthenticated):
        return visit.leads_to(door(request))
    return _say(visit, error, visit.house.status_of(error))


def _refused_by_framework(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        kind = FRAMEWORK.get(error.status_code, InvalidRequest)
        return _say(visit_of(request), kind(str(error.detail)), error.status_code)
    return _refused(request, InvalidRequest("the address or the form is malformed"))


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("page failed", path=request.url.path, exc_info=error)
    return _refused(request, MutoscopeError())


def _say(visit: Visit, error: MutoscopeError, status: int) -> Response:
    page = ErrorPage(int(status), complaint(error, visit.words))
    if visit.is_partial:
        return visit.show("partials/toast.html", page, status, HX_Retarget="#toasts")
    return visit.show("pages/error.html", page, status)
