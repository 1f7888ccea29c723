from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from inventory.app import Parts, create_app
from inventory.errors import SourceUnavailable
from tests.schools import Schools, schools


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def test_an_unknown_path_is_a_problem(house: Schools) -> None:
    answer = house.client().get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == "/api/v1/nothing-here"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_an_unknown_bench_is_named(house: Schools) -> None:
    problem = house.client("bj-master").get("/api/v1/benches/battery-99").json()
    assert problem["type"] == "urn:stationmaster:problem:unknown-bench"
    assert problem["code"] == "battery-99"


def test_a_refused_value_is_named_but_not_repeated(house: Schools) -> None:
    body = {"username": "x", "password": "very secret" * 100}
    answer = house.client().post("/api/v1/login", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == ["body", "password"]
    assert "very secret" not in answer.text


def test_fields_nobody_asked_for_are_refused(house: Schools) -> None:
    body = {"username": "x", "password": "y", "role": "administrator"}
    assert house.client().post("/api/v1/login", json=body).status_code == 422


def test_a_defect_tells_no_internals(house: Schools) -> None:
    def broken() -> None:
        raise RuntimeError("the secret path is here")

    house.app.get("/api/v1/broken", dependencies=[])(broken)
    answer = house.client().get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    figures = house.client("bj-admin").get("/metrics").text
    assert 'route="/api/v1/broken",status="500"} 1.0' in figures


def test_a_store_without_answer_is_a_503_with_a_time_to_retry(house: Schools) -> None:
    def unavailable() -> None:
        raise SourceUnavailable("the telemetry store")

    house.app.get("/api/v1/away")(unavailable)
    answer = house.client().get("/api/v1/away")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


def test_a_wrong_method_is_a_problem(house: Schools) -> None:
    answer = house.client("bj-master").delete("/api/v1/stations")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_huge_body_is_refused(house: Schools) -> None:
    answer = house.client().post(
        "/api/v1/login",
        content=b" " * (17 * 1024 * 1024),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_huge_body_that_does_not_say_so_is_refused_too(house: Schools) -> None:
    answer = house.client().post(
        "/api/v1/login",
        content=(b" " * 1024 * 1024 for _ in range(17)),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_answers_carry_security_headers(house: Schools) -> None:
    headers = house.client().get("/api/v1/me").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_only_known_hosts_are_answered_when_they_are_known(house: Schools) -> None:
    app = create_app(Parts(house.database, house.live, public_url="https://station.example.org"))
    known = TestClient(app, base_url="http://station.example.org")
    foreign = TestClient(app, base_url="http://evil.example.org")
    assert known.get("/healthz").status_code == 200
    answer = foreign.get("/healthz")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_tells_how_fresh_ingest_is(house: Schools) -> None:
    client = house.client()
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["ingest"] == "never"
    house.live.put_ingest_seen(house.clock())
    assert client.get("/readyz").json()["ingest"] == "ok"
    house.clock.move(seconds=60)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ingest"]) == (200, "late")


def test_figures_are_for_administrators_not_for_all_on_this_machine(house: Schools) -> None:
    assert house.client().get("/metrics").status_code == 401
    assert house.client("bj-master").get("/metrics").status_code == 403
    local = TestClient(house.app, client=("127.0.0.1", 50_000))
    assert local.get("/metrics").status_code == 401
    admin = house.client("bj-admin")
    admin.get("/api/v1/stations/BJ01-T")
    text = admin.get("/metrics").text
    assert 'route="/stations/{code}",status="200"' in text
    assert "BJ01" not in text


def test_the_description_is_served(house: Schools) -> None:
    document = house.client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
