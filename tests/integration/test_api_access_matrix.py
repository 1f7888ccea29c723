import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database
from inventory.faults.use_cases import apply_fault
from inventory.usage_sessions.use_cases import apply_usage
from telemetry.contract.payloads import (
    Birth,
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    UsageEvent,
    UsageReport,
)
from tests.schools import NOW, USERS, WRITES, Schools, schools

SECRETS = {"BJ01": "SECRET-OF-BJ", "GX02": "SECRET-OF-GX"}
MAY_SEE = {
    "bj-admin": {"BJ01"},
    "bj-master": {"BJ01"},
    "bj-teacher": {"BJ01"},
    "gx-master": {"GX02"},
    "evaluator": {"BJ01"},
    "visitor": set[str](),
}
CODES = {
    "BJ01": ["BJ01-E", "motor-01"],
    "GX02": ["GX02-T", "battery-02"],
}
STREAMS = ("/live", "/changes")


def report_something(database: Database, live: MemoryLiveBenches, bench: str, secret: str) -> None:
    at_ms = int(NOW.timestamp() * 1000)
    with database.begin() as db:
        apply_fault(
            db,
            bench,
            FaultReport(
                observed_at_ms=at_ms,
                epoch=1,
                seq=1,
                fault_id=f"{secret}-1",
                dtc="P0AA6",
                severity=3,
                state=FaultState.CONFIRMED,
                first_at_ms=at_ms,
                text_zh=secret,
                text_en=secret,
            ),
        )
        usage = UsageReport(
            observed_at_ms=at_ms,
            epoch=1,
            seq=2,
            usage_id=f"{secret}-2",
            event=UsageEvent.STARTED,
            started_at_ms=at_ms,
        )
        apply_usage(db, bench, usage)
    identity = Identity(kind=IdentityKind.SIMULATOR, vin=secret)
    birth = Birth(
        observed_at_ms=at_ms,
        epoch=1,
        profile="x",
        identity=identity,
        signals=[],
        publish_period_ms=100,
    )
    live.put_birth(bench, birth, NOW)
    live.put_row(bench, {"note": secret}, NOW - timedelta(seconds=1))


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    with schools(shared_school_url) as built:
        for bench, owner in (("battery-01", "BJ01"), ("motor-01", "BJ01"), ("battery-02", "GX02")):
            report_something(built.database, built.live, bench, SECRETS[owner])
        yield built


def reading_paths(house: Schools) -> list[str]:
    paths = house.app.openapi()["paths"]
    return [p for p, operations in paths.items() if "get" in operations and p.startswith("/api/")]


def filled(path: str, code: str) -> str:
    return re.sub(r"\{[^}]+\}", code, path)


@pytest.mark.parametrize("username", sorted(USERS))
def test_nothing_of_another_organisation_is_ever_shown(house: Schools, username: str) -> None:
    client = house.client(username)
    foreign = [school for school in SECRETS if school not in MAY_SEE[username]]
    asked = 0
    for path in reading_paths(house):
        codes = [code for school in foreign for code in CODES[school]] if "{" in path else [""]
        for code in codes:
            if path.endswith(STREAMS) and not code:
                continue
            answer = client.get(filled(path, code))
            asked += 1
            for school in foreign:
                assert SECRETS[school] not in answer.text, (path, code)
            if "{" in path:
                assert answer.status_code in {403, 404, 422}, (path, code, answer.text)
    assert asked >= 10


@pytest.mark.parametrize("username", sorted(USERS))
def test_a_foreign_code_answers_exactly_like_one_that_does_not_exist(
    house: Schools, username: str
) -> None:
    client = house.client(username)
    foreign = [school for school in SECRETS if school not in MAY_SEE[username]]
    for path in (p for p in reading_paths(house) if "{" in p):
        for code in (code for school in foreign for code in CODES[school]):
            unknown = "zz99-x" if code.islower() else "ZZ99-X"
            got, expected = client.get(filled(path, code)), client.get(filled(path, unknown))
            assert got.status_code == expected.status_code, (path, code)
            body = got.text.replace(code, unknown)
            strip = r'"request_id":"[^"]*"'
            assert re.sub(strip, "", body) == re.sub(strip, "", expected.text), path


def test_members_do_see_their_own(house: Schools) -> None:
    client = house.client("bj-teacher")
    assert SECRETS["BJ01"] in client.get("/api/v1/benches/motor-01").text
    assert SECRETS["BJ01"] in client.get("/api/v1/benches/motor-01/faults").text
    assert SECRETS["BJ01"] in client.get("/api/v1/benches/motor-01/usage-sessions").text
    assert SECRETS["BJ01"] in client.get("/api/v1/benches/motor-01/signals").text


def test_an_evaluator_sees_the_schools_it_evaluates(house: Schools) -> None:
    listed = house.client("evaluator").get("/api/v1/benches").json()
    assert [bench["code"] for bench in listed["items"]] == ["battery-01", "motor-01"]


def test_a_visitor_sees_what_is_shared_and_no_details(house: Schools) -> None:
    client = house.client("visitor")
    stations = client.get("/api/v1/stations").json()["items"]
    assert [s["code"] for s in stations] == ["BJ01-T"]
    assert stations[0]["facts"] is None
    (bench,) = client.get("/api/v1/benches").json()["items"]
    assert bench["code"] == "battery-01"
    assert bench["open_faults"] is None
    page = client.get("/api/v1/benches/battery-01")
    assert page.json()["details"] is None
    assert SECRETS["BJ01"] not in page.text
    assert client.get("/api/v1/benches/battery-01/faults").status_code == 403


def test_writes_name_no_foreign_thing(house: Schools) -> None:
    client = house.client("gx-master")
    paths = house.app.openapi()["paths"]
    for path, operations in paths.items():
        for method in operations.keys() & {"put", "patch", "delete"}:
            for code in CODES["BJ01"]:
                answer = client.request(method.upper(), filled(path, code), headers=WRITES)
                assert answer.status_code in {403, 404, 422}, (method, path)
