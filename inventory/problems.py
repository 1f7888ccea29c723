"""How errors become answers: RFC 9457 problem details, one table from fact to status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from inventory.database import UNAVAILABLE
from inventory.errors import (
    ForeignRequest,
    Invalid,
    InventoryError,
    NotAllowed,
    NotLoggedIn,
    PaperChanged,
    PaperNotPrintable,
    SlotTaken,
    SourceUnavailable,
    StepNotPossible,
    Taken,
    TooBusy,
    TooManyAttempts,
    TooManyOpen,
    Unknown,
    WrongCredentials,
)

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
STATUS_OF: Mapping[type[InventoryError], HTTPStatus] = {
    Unknown: HTTPStatus.NOT_FOUND,
    Taken: HTTPStatus.CONFLICT,
    SlotTaken: HTTPStatus.CONFLICT,
    StepNotPossible: HTTPStatus.CONFLICT,
    PaperChanged: HTTPStatus.CONFLICT,
    PaperNotPrintable: HTTPStatus.NOT_IMPLEMENTED,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotLoggedIn: HTTPStatus.UNAUTHORIZED,
    WrongCredentials: HTTPStatus.UNAUTHORIZED,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyOpen: HTTPStatus.TOO_MANY_REQUESTS,
    NotAllowed: HTTPStatus.FORBIDDEN,
    ForeignRequest: HTTPStatus.FORBIDDEN,
    SourceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The nearest class of an error counts; a family without a line here is a refused value."""
RETRY_AFTER_S = 2


class FieldProblem(BaseModel):
    """What is wrong with one value of a request; the value itself is not repeated."""

    location: list[str | int]
    message: str
    kind: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:stationmaster:problem:unknown-bench",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "bench 'battery-99' is not known",
                    "instance": "/api/v1/benches/battery-99",
                    "request_id": "7f3c2a9d0b1e4c58",
                    "code": "battery-99",
                }
            ]
        },
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    request_id: str = ""
    errors: list[FieldProblem] | None = Field(default=None, description="of a refused request")


def install_problems(app: FastAPI) -> None:
    """Let every error of the app answer as a problem."""
    app.add_exception_handler(InventoryError, _of_inventory)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    for unavailable in UNAVAILABLE:
        app.add_exception_handler(unavailable, _of_database)
    app.add_exception_handler(Exception, _of_defect)


def problem_response(
    request: Request,
    status: HTTPStatus,
    detail: str,
    *,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
    facts: Mapping[str, object] | None = None,
) -> JSONResponse:
    """A problem as an answer; `facts` become members of their own beside the standard ones."""
    problem = Problem(
        type=kind,
        title=status.phrase,
        status=status.value,
        detail=detail,
        instance=request.url.path,
        request_id=request.scope.get("request_id", ""),
    )
    content = dict(facts or {}) | problem.model_dump(exclude_none=True)
    return JSONResponse(
        _plain(content), status.value, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def status_of(error: InventoryError) -> HTTPStatus:
    """HTTP status of an error by its nearest family."""
    for family in type(error).__mro__:
        if family in STATUS_OF:
            return STATUS_OF[family]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def kind_of(error: InventoryError) -> str:
    """Problem type of an error: its class name, spelled for a URN."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(error).__name__).lower()
    return f"urn:stationmaster:problem:{words}"


async def _of_inventory(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, InventoryError):
        raise error
    status = status_of(error)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after_s)
    elif status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return problem_response(
        request, status, str(error), kind=kind_of(error), headers=headers, facts=error.facts()
    )


async def _of_validation(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        FieldProblem(location=list(e["loc"]), message=e["msg"], kind=e["type"])
        for e in error.errors()
    ]
    places = ", ".join(".".join(str(part) for part in f.location) for f in fields[:5])
    return problem_response(
        request,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"the request has values that are not acceptable: {places}",
        kind="urn:stationmaster:problem:invalid-request",
        facts={"errors": [f.model_dump() for f in fields]},
    )


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    detail = "" if str(error.detail) == status.phrase else str(error.detail)
    return problem_response(request, status, detail, headers=error.headers)


async def _of_database(request: Request, error: Exception) -> JSONResponse:
    log.error("database_unavailable", error=str(error).splitlines()[0])
    return await _of_inventory(request, SourceUnavailable("the database"))


async def _of_defect(request: Request, error: Exception) -> JSONResponse:
    log.error(
        "defect", request_id=request.scope.get("request_id"), path=request.url.path, exc_info=error
    )
    return problem_response(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "a defect of the server; the log has it under the request id",
        headers={"X-Request-Id": request.scope.get("request_id", "")},
    )


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
