import json
from collections.abc import Callable
from datetime import date

import httpx2
import pytest

from dashboard.api_client import (
    ApiClient,
    ApiRefused,
    ApiUnreachable,
    NotLoggedIn,
    Question,
)
from inventory.stations.rules import Level, StationUse

STATION = {
    "code": "BJ01-T",
    "organisation_code": "BJ01",
    "organisation_name_zh": "北京示范学校",
    "organisation_name_en": "Beijing School",
    "use": "training",
    "name_zh": "培训站",
    "name_en": "Training station",
    "is_shared": True,
    "modules": ["2-1"],
    "levels": ["elementary"],
    "facts": None,
    "exams": None,
    "place": {},
}


def client(
    answer: Callable[[httpx2.Request], httpx2.Response], *, has_cookie: bool = True
) -> ApiClient:
    token = "t0ken" if has_cookie else None
    return ApiClient("http://api", token, httpx2.MockTransport(answer))


def always(status: int, body: object) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda _request: httpx2.Response(status, json=body)


def test_the_visitors_own_cookie_goes_with_every_question() -> None:
    seen: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers.get("cookie"))
        return httpx2.Response(200, json={"items": [], "total": 0, "next": None})

    client(answer).stations()
    client(answer, has_cookie=False).stations()
    assert seen == ["stationmaster_session=t0ken", None]


def test_all_pages_of_a_listing_are_read() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params["offset"])
        code = f"BJ0{offset + 1}-T"
        upcoming = offset + 1 if offset < 2 else None
        items = [STATION | {"code": code}]
        return httpx2.Response(200, json={"items": items, "total": 3, "next": upcoming})

    assert [one.code for one in client(answer).stations()] == ["BJ01-T", "BJ02-T", "BJ03-T"]


def test_a_code_from_the_address_cannot_lead_to_another_route() -> None:
    paths: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.raw_path)
        return httpx2.Response(404, json={"status": 404})

    with pytest.raises(ApiRefused):
        client(answer).bench("../me?x")
    assert paths == [b"/api/v1/benches/..%2Fme%3Fx"]


def test_a_question_names_only_what_differs_from_the_apis_own_choice() -> None:
    plain = Question("BJ01-T", "2-1", Level.ELEMENTARY)
    full = Question("BJ01-T", "2-1", Level.ELEMENTARY, StationUse.EXAM, date(2026, 12, 1))
    assert plain.parameters() == {"module": "2-1", "level": "elementary"}
    assert full.parameters() == plain.parameters() | {"use": "exam", "date": "2026-12-01"}


def test_an_ended_login_is_told_apart_from_a_refusal() -> None:
    problem = {"type": "urn:stationmaster:problem:unknown-bench", "detail": "x", "status": 404}
    with pytest.raises(NotLoggedIn):
        client(always(401, {})).me()
    with pytest.raises(ApiRefused) as refused:
        client(always(404, problem)).bench("battery-99")
    assert not isinstance(refused.value, NotLoggedIn)
    assert refused.value.status == 404
    assert refused.value.kind == problem["type"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_server_is_no_answer(status: int) -> None:
    with pytest.raises(ApiUnreachable):
        client(always(status, {"status": status})).matrix()


def test_a_server_that_is_not_there_is_no_answer() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    with pytest.raises(ApiUnreachable, match="refused"):
        client(refuse).me()


@pytest.mark.parametrize("body", [b"<html>", json.dumps({"items": 3}).encode()])
def test_an_answer_of_another_shape_is_no_answer(body: bytes) -> None:
    with pytest.raises(ApiUnreachable):
        client(lambda _request: httpx2.Response(200, content=body)).stations()


def test_a_refusal_without_problem_details_is_still_a_refusal() -> None:
    with pytest.raises(ApiRefused) as refused:
        client(lambda _request: httpx2.Response(403, content=b"no")).matrix()
    assert refused.value.kind == "about:blank"
