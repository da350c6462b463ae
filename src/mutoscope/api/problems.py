"""Errors -> HTTP. Our own API answers with problem details (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from mutoscope.core import errors

log = structlog.get_logger()

STATUS: dict[type[errors.MutoscopeError], HTTPStatus] = {
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.UnknownModel: HTTPStatus.NOT_FOUND,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.InsufficientCredits: HTTPStatus.PAYMENT_REQUIRED,
    errors.InArrears: HTTPStatus.PAYMENT_REQUIRED,
    errors.PaymentFailed: HTTPStatus.BAD_GATEWAY,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.ModelUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.JobMoved: HTTPStatus.CONFLICT,
}

ErrorShape = Callable[[Request, errors.MutoscopeError, HTTPStatus], Response]
"""How one dialect writes an error down."""


class MethodUnknown(errors.NotFound):
    """This path does not know that method."""


class BodyTooLarge(errors.InvalidRequest):
    """The request body is larger than this service reads."""


def status_of(error: errors.MutoscopeError) -> HTTPStatus:
    """The HTTP status of an error: its own, or the nearest ancestor's."""
    if isinstance(error, BodyTooLarge):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, MethodUnknown):
        return HTTPStatus.METHOD_NOT_ALLOWED
    known = (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(request: Request, error: errors.MutoscopeError, status: HTTPStatus) -> Response:
    """Our own shape: problem details, with the field and the fix where they are known."""
    body = {
        "type": f"urn:mutoscope:problem:{error.code}",
        "title": status.phrase,
        "status": int(status),
        "code": error.code,
        "detail": error.detail,
        "field": error.field,
        "fix": error.fix,
        "instance": request.url.path,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(
        {name: value for name, value in body.items() if value is not None},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def answer_errors(app: FastAPI, shape: ErrorShape) -> None:
    """Have every error of an app, ours and the framework's, answered in one shape."""

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.MutoscopeError)
        answer = shape(request, error, status_of(error))
        if isinstance(error, errors.TooManyRequests) and error.wait_seconds is not None:
            answer.headers["Retry-After"] = str(error.wait_seconds)
        return answer

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return ours(request, from_validation(error))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return ours(request, from_http(request, error))

    def database(request: Request, error: Exception) -> Response:
        full = "disk is full" in str(error) or "disk I/O" in str(error)
        return ours(request, errors.StorageFull()) if full else unexpected(request, error)

    def unexpected(request: Request, error: Exception) -> Response:
        log.error("request failed", path=request.url.path, exc_info=error)
        internal = errors.MutoscopeError("something went wrong here; the log says what")
        return shape(request, internal, HTTPStatus.INTERNAL_SERVER_ERROR)

    app.add_exception_handler(errors.MutoscopeError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(OperationalError, database)
    app.add_exception_handler(RecursionError, lambda r, _: ours(r, nested_too_deep()))
    app.add_exception_handler(Exception, unexpected)


def nested_too_deep() -> errors.InvalidRequest:
    """The answer to JSON that is brackets all the way down."""
    return errors.InvalidRequest("the JSON is nested too deeply", field="body")


def from_validation(error: RequestValidationError) -> errors.InvalidRequest:
    """The first complaint of the framework, with the field's name."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "body"
    if where == "body" and first["type"] in ("model_attributes_type", "dict_type", "missing"):
        return errors.InvalidRequest(
            "the body is no JSON object",
            field="body",
            fix="send a JSON object with Content-Type: application/json",
        )
    if first["type"] == "json_invalid":
        return errors.InvalidRequest("the body is not JSON", field="body", fix="send a JSON object")
    return errors.InvalidRequest(f"{where}: {first['msg']}", field=where, fix=_fix(first))


# What would help, by the kind of complaint (pydantic's names); {} is filled from its context.
FIXES = {
    "string_too_long": "shorten it to {max_length} characters",
    "string_too_short": "write at least {min_length}",
    "greater_than": "send more than {gt}",
    "greater_than_equal": "send {ge} or more",
    "less_than": "send less than {lt}",
    "less_than_equal": "send {le} or less",
    "literal_error": "send {expected}",
    "enum": "send {expected}",
    "finite_number": "send a finite number",
    "extra_forbidden": "leave it out, or see the API's description for the fields there are",
    "missing": "send it",
    "int_type": "send a whole number, without quotes",
    "int_from_float": "send a whole number",
    "int_parsing": "send a whole number",
    "float_type": "send a number, without quotes",
    "float_parsing": "send a number",
    "string_type": "send a text, in quotes",
    "bool_type": "send true or false",
    "dict_type": "send an object",
    "list_type": "send a list",
}


def _fix(complaint: Mapping[str, Any]) -> str | None:
    template = FIXES.get(complaint["type"])
    return None if template is None else template.format(**complaint.get("ctx", {}))


def from_http(request: Request, error: HTTPException) -> errors.MutoscopeError:
    """What the framework itself refuses: unknown paths, wrong methods, broken bodies."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return errors.NotFound(f"there is nothing at {request.url.path}")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodUnknown(f"{request.url.path} does not know {request.method}")
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return BodyTooLarge(str(error.detail), field="body")
    if isinstance(error.__cause__, RecursionError):
        return nested_too_deep()
    return errors.InvalidRequest(str(error.detail), field="body")
