"""Errors -> Kling's envelope, codes and HTTP statuses."""

import uuid
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from mutoscope.api.access import CredentialsMissing
from mutoscope.api.problems import MethodUnknown
from mutoscope.core import errors
from mutoscope.identity import TokenExpired, TokenNotYetValid, UnknownAccessKey


class NotOffered(errors.MutoscopeError):
    """No installed model offers this."""

    code = "not_offered"


class Backlog(errors.MutoscopeError):
    """The workers are busy with other things."""

    code = "backlog"
    retryable = True


# The code says what happened, the status how a client should take it.
CODES: dict[type[errors.MutoscopeError], tuple[HTTPStatus, int]] = {
    errors.MutoscopeError: (HTTPStatus.INTERNAL_SERVER_ERROR, 5000),
    errors.NotAuthenticated: (HTTPStatus.UNAUTHORIZED, 1002),
    UnknownAccessKey: (HTTPStatus.UNAUTHORIZED, 1000),
    CredentialsMissing: (HTTPStatus.UNAUTHORIZED, 1001),
    TokenNotYetValid: (HTTPStatus.UNAUTHORIZED, 1003),
    TokenExpired: (HTTPStatus.UNAUTHORIZED, 1004),
    errors.InArrears: (HTTPStatus.TOO_MANY_REQUESTS, 1101),
    errors.InsufficientCredits: (HTTPStatus.TOO_MANY_REQUESTS, 1102),
    errors.NotPermitted: (HTTPStatus.FORBIDDEN, 1103),
    errors.AddressNotAllowed: (HTTPStatus.TOO_MANY_REQUESTS, 1304),
    errors.ContentRefused: (HTTPStatus.BAD_REQUEST, 1301),
    errors.InvalidRequest: (HTTPStatus.BAD_REQUEST, 1201),
    errors.Conflict: (HTTPStatus.BAD_REQUEST, 1201),
    MethodUnknown: (HTTPStatus.NOT_FOUND, 1202),
    errors.NotFound: (HTTPStatus.NOT_FOUND, 1203),
    errors.UnknownModel: (HTTPStatus.NOT_FOUND, 1203),
    NotOffered: (HTTPStatus.NOT_FOUND, 1203),
    errors.TooManyRequests: (HTTPStatus.TOO_MANY_REQUESTS, 1302),
    errors.TooManyJobs: (HTTPStatus.TOO_MANY_REQUESTS, 1303),
    Backlog: (HTTPStatus.GATEWAY_TIMEOUT, 5002),
    errors.VoiceMissing: (HTTPStatus.NOT_FOUND, 1203),
    errors.StorageFull: (HTTPStatus.SERVICE_UNAVAILABLE, 5001),
    errors.ModelUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, 5001),
}


class ErrorReply(BaseModel):
    """What Kling answers when it refuses: no `data`."""

    code: int
    message: str
    request_id: str


def new_request_id() -> str:
    """An id for one request and its answer."""
    return str(uuid.uuid4())


def shape(_: Request, error: errors.MutoscopeError, status: HTTPStatus) -> Response:
    """Write an error down as Kling does; `status` is what our own API would answer."""
    status, code = code_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    reply = ErrorReply(code=code, message=message_of(error), request_id=new_request_id())
    return JSONResponse(reply.model_dump(), status_code=status, headers=headers)


def code_of(error: errors.MutoscopeError) -> tuple[HTTPStatus, int]:
    """Kling's status and code for an error: its own, or the nearest ancestor's."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)


def message_of(error: errors.MutoscopeError) -> str:
    """One line that names the field, what is wrong with it and what would help."""
    text = error.detail
    if error.field and not text.lower().startswith(error.field.lower()):
        text = f"{error.field}: {text}"
    if error.fix:
        text = f"{text}; {error.fix}"
    # A lone surrogate, echoed from the request, can't be written as UTF-8.
    return text.encode("utf-8", "replace").decode()
