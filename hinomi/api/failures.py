"""Every error, ours or the framework's, as the one envelope: {"error": {"code", "message", ...}}."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from hinomi.api.reply import failure
from hinomi.errors import (
    Conflict,
    DiskFull,
    Forbidden,
    HinomiError,
    InputError,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthorised,
    Unavailable,
)
from hinomi.query.refusal import QueryError

log = logging.getLogger("hinomi.api")

# The nearest class decides: a TooLarge is an InputError too.
STATUS: dict[type[HinomiError], int] = {
    TooLarge: 413,
    InputError: 400,
    NotFound: 404,
    Conflict: 412,
    Refused: 409,
    Unauthorised: 401,
    Forbidden: 403,
    TooMany: 429,
    DiskFull: 507,
    Unavailable: 503,
}

_CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "AccessDenied",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    429: "TooManyRequests",
    504: "RequestTimeout",
}

# Numbers that the public Workbench API gives beside the code. Source: docs/reference/routes.md
_WORKBENCH = "/v3.0/workbench/"
_CONSOLE = "/console/"
_NUMBERS = {400: 3090003, 404: 3090007, 412: 3090018, 500: 3090999}


def install(app: FastAPI) -> None:
    app.add_exception_handler(HinomiError, _on_hinomi_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)


def status_of(error: HinomiError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def on_crash(path: str, trace_id: str, error: BaseException) -> Response:
    """500 with the trace id to look up in the log; the error itself stays in the log."""
    log.error("request failed: %s trace %s", path, trace_id, exc_info=error)
    message = f"Something went wrong in Hinomi. The log has it under the trace id {trace_id}."
    return failure(500, "InternalServerError", message, **_number(path, 500), traceId=trace_id)


def _on_hinomi_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HinomiError)  # noqa: S101  (registered for this class)
    status = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(max(1, error.retry_after_s))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    more: dict[str, Any] = _number(request.url.path, status) | error.details
    message = str(error)
    if isinstance(error, QueryError) and request.url.path.startswith(_CONSOLE):
        more |= {"text": {"en": error.text.en, "ja": error.text.ja}, "column": error.column}
        more["details"] = {"at": error.column} | ({"suggestion": error.suggestion} if error.suggestion else {})
    told = more.get("text")
    if isinstance(told, dict) and request.url.path.startswith(_CONSOLE):
        message = told["ja"] if request.headers.get("accept-language", "").startswith("ja") else message
    return failure(status, error.code, message, headers, **more)


def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    told = "; ".join(_told(each) for each in error.errors()[:5])
    return failure(400, "BadRequest", told, **_number(request.url.path, 400))


def _told(each: dict[str, Any]) -> str:
    where: Sequence[Any] = each.get("loc", ())
    place = ".".join(str(part) for part in where if part != "body") or "body"
    return f"{place}: {each.get('msg', 'is wrong')}"


def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _CODES.get(error.status_code, "BadRequest" if error.status_code < 500 else "InternalServerError")
    message = {404: "There is nothing at this address.", 405: f"{request.method} is not possible here."}.get(
        error.status_code, str(error.detail)
    )
    number = _number(request.url.path, error.status_code)
    return failure(error.status_code, code, message, error.headers, **number)


def _number(path: str, status: int) -> dict[str, Any]:
    return {"number": _NUMBERS[status]} if path.startswith(_WORKBENCH) and status in _NUMBERS else {}
