"""The API's description, with problems instead of the framework's own error shape."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from inventory.problems import MEDIA_TYPE, Problem

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_ALWAYS = {"500": "A defect of the server", "503": "A store gives no answer now"}
_SECURED = {"401": "Not logged in", "403": "Not allowed"}
DESCRIPTION = (
    "Readiness of EV training and exam stations, with its evidence. Log in for a session cookie, "
    "or send an API key as a bearer token. Writes by cookie need the header `X-Stationmaster`. "
    "Errors are RFC 9457 problem details. What another organisation owns answers 404."
)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 document of the app's routes."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=DESCRIPTION,
        routes=app.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                _describe_problems(path, operation)
    return document


def _describe_problems(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    expected = dict(_ALWAYS)
    if operation.get("security"):
        expected |= _SECURED
    if "{" in path:
        expected["404"] = "Not known, or not for you to know"
    if "422" in responses:
        expected["422"] = "A value is not acceptable"
        del responses["422"]
    if path == "/api/v1/login":
        expected |= {"401": "User name or password is wrong", "429": "Too many failed logins"}
    if path.endswith(("/live", "/changes", "/exports")):
        expected["429"] = "One caller has as many of these as one may have"
    for status, description in sorted(expected.items()):
        responses.setdefault(
            status,
            {
                "description": description,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
