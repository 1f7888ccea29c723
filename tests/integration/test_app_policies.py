from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from jsonschema import Draft202012Validator

from inventory.accounts.policies import public, require
from inventory.accounts.rules import Action
from inventory.app import Parts, create_app, routes_without_policy
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import open_database


def whole_app() -> FastAPI:
    return create_app(Parts(open_database("sqlite://"), MemoryLiveBenches()))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return whole_app().openapi()


def nothing() -> None:
    pass


def test_every_route_says_who_may_call_it() -> None:
    assert routes_without_policy(whole_app().routes) == []


def test_a_route_without_a_policy_is_found() -> None:
    app = whole_app()
    app.get("/api/v1/forgotten")(nothing)
    assert routes_without_policy(app.routes) == ["/api/v1/forgotten"]


def test_a_route_without_a_policy_is_found_in_a_router_too() -> None:
    app = whole_app()
    router = APIRouter()
    router.get("/forgotten")(nothing)
    router.get("/kept", dependencies=[Depends(require(Action.READ_SELF))])(nothing)
    router.get("/open", dependencies=[Depends(public())])(nothing)
    app.include_router(router, prefix="/api/v1/more")
    assert routes_without_policy(app.routes) == ["/api/v1/more/forgotten"]


def test_the_description_promises_problems_and_not_the_frameworks_errors(
    document: dict[str, Any],
) -> None:
    text = str(document)
    assert "HTTPValidationError" not in text
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["500"]["content"], path
            if "security" in operation:
                assert {"401", "403"} <= operation["responses"].keys()


def test_every_example_is_a_valid_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    checked = 0
    for schema in schemas.values():
        for example in schema.get("examples", []):
            whole = {**schema, "components": {"schemas": schemas}}
            Draft202012Validator(whole).validate(example)
            checked += 1
    assert checked >= 9


def test_only_login_health_and_checking_of_papers_are_public(document: dict[str, Any]) -> None:
    public_paths = {
        path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if "security" not in operation
    }
    # whoever holds a paper has its code
    verifying = "/api/v1/verify/{code}"
    assert public_paths == {"/api/v1/login", "/healthz", "/readyz", verifying}
