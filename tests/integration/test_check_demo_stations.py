"""The demo's two schools: matrix, a live fault there and back, who sees what, and how fast."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from inventory.app import Parts, create_app
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database, open_database
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.faults.use_cases import apply_fault
from inventory.organisations.table import Organisation
from inventory.requirements.use_cases import bundled_draft, import_list
from inventory.requirements.writing import write_rows
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from stationmaster import demo_data
from telemetry.contract.payloads import Birth, FaultReport, FaultState, Identity, IdentityKind
from tests.databases import DEMO_NOW as NOW
from tests.databases import DEMO_PASSWORDS as PASSWORDS
from tests.databases import KINDS, Databases
from tests.schools import schools


def birth_of(kind: IdentityKind) -> Birth:
    return Birth(
        observed_at_ms=1,
        epoch=1,
        profile="demo",
        identity=Identity(kind=kind),
        signals=[],
        publish_period_ms=100,
    )


class Demo:
    """The demo's house in a "demonstrated" database, see `tests.databases`."""

    def __init__(self, url: str) -> None:
        self.database: Database = open_database(url)
        self.live = MemoryLiveBenches()
        for code in demo_data.BENCHES:
            self.live.put_birth(code, birth_of(IdentityKind.SIMULATOR), NOW)
        parts = Parts(self.database, self.live, clock=lambda: NOW)
        self.app = create_app(parts)

    def client(self, username: str) -> TestClient:
        client = TestClient(self.app)
        login = {"username": username, "password": PASSWORDS[username]}
        assert client.post("/api/v1/login", json=login).status_code == 204
        return client

    def fault(self, bench: str, state: FaultState) -> None:
        report = FaultReport(
            observed_at_ms=1_700_000_000_000,
            epoch=1,
            seq=1,
            fault_id=f"{bench}-f",
            dtc="P0AA6",
            severity=3,
            state=state,
            first_at_ms=1_700_000_000_000,
            text_zh="绝缘电阻低",
            text_en="isolation low",
            remedy_zh="检查绝缘",
            remedy_en="check the insulation",
        )
        with self.database.begin() as db:
            apply_fault(db, bench, report)


@pytest.fixture(scope="module", params=KINDS)
def demo(
    databases: Databases, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    with databases.fresh(request.param, "demonstrated", tmp_path_factory.mktemp("demo")) as url:
        made = Demo(url)
        yield made
        made.database.close()


def cells(matrix: dict[str, Any], station: str) -> dict[tuple[str, str], dict[str, Any]]:
    (row,) = [one for one in matrix["stations"] if one["station"] == station]
    return {(cell["module"], cell["level"]): cell for cell in row["cells"]}


def matrix_of(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/v1/readiness")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_demo_shows_every_status(demo: Demo) -> None:
    matrix = matrix_of(demo.client("evaluator"))
    assert [one["station"] for one in matrix["stations"]] == [
        "BJ01-E",
        "BJ01-T",
        "GX02-E",
        "GX02-T",
    ]
    statuses = {
        cell["status"] for row in matrix["stations"] for cell in row["cells"] if cell["is_offered"]
    }
    assert statuses == {"ready", "advice_only", "unknown", "not_ready"}
    offered = cells(matrix, "BJ01-E")
    # 2-4 and 2-5 have no elementary level
    assert not offered["2-4", "elementary"]["is_offered"]
    assert offered["2-4", "intermediate"]["is_offered"]
    assert {one["list_version"] for one in matrix["stations"]} == {"DRAFT-0.1"}
    assert matrix["live_evidence"] == "available"


@pytest.mark.parametrize(
    ("bench", "module", "levels"),
    [
        ("battery-01", "2-1", ["elementary", "intermediate", "advanced"]),
        ("motor-01", "2-1", ["elementary", "intermediate", "advanced"]),
        ("gateway-01", "2-4", ["intermediate", "advanced"]),
    ],
)
def test_a_blocking_fault_turns_its_module_and_clearing_turns_it_back(
    demo: Demo, bench: str, module: str, levels: list[str]
) -> None:
    client = demo.client("bj-master")
    before = matrix_of(client)
    demo.fault(bench, FaultState.PENDING)
    assert matrix_of(client) == before
    demo.fault(bench, FaultState.CONFIRMED)
    during = matrix_of(client)
    for station in ("BJ01-T", "BJ01-E"):
        for key, cell in cells(during, station).items():
            if key[0] == module and key[1] in levels:
                assert cell["status"] == "not_ready"
                (why,) = cell["blocking"]
                assert (why["bench_code"], why["dtc"]) == (bench, "P0AA6")
            else:
                assert cell == cells(before, station)[key]
    demo.fault(bench, FaultState.CLEARED)
    assert matrix_of(client) == before
    with demo.database.begin() as db:
        from inventory.faults.table import Fault

        row = db.get(Fault, (bench, f"{bench}-f"))
        assert row is not None
        db.delete(row)


def test_a_finding_names_dtc_remedy_and_evidence(demo: Demo) -> None:
    demo.fault("battery-02", FaultState.CONFIRMED)
    answer = demo.client("gx-master").get(
        "/api/v1/stations/GX02-E/readiness", params={"module": "2-1", "level": "intermediate"}
    )
    result = answer.json()
    assert (result["status"], result["use"], result["date"]) == ("not_ready", "exam", "2026-11-22")
    (finding,) = [one for one in result["findings"] if one["kind"] == "bench_fault"]
    assert finding["is_binding"]
    assert finding["row_id"] == "C2-1-001"
    assert finding["bench"]["dtc"] == "P0AA6"
    assert finding["remedy"] == {"zh": "检查绝缘", "en": "check the insulation"}
    assert finding["authority"] == "evaluation_org_document"
    expired = [one for one in result["findings"] if one["kind"] == "calibration_expired"]
    assert [(one["row_id"], one["is_binding"]) for one in expired] == [("C2-X-037", False)]
    demo.fault("battery-02", FaultState.CLEARED)


def test_the_question_is_checked(demo: Demo) -> None:
    client = demo.client("bj-master")
    path = "/api/v1/stations/BJ01-E/readiness"
    for wrong in (
        {"module": "2-*", "level": "elementary"},
        {"module": "2-1", "level": "expert"},
        {"module": "2-1", "level": "elementary", "date": "tomorrow"},
        {"module": "2-1"},
    ):
        assert client.get(path, params=wrong).status_code == 422
    asked = {"module": "2-1", "level": "elementary"}
    assert client.get(path, params=asked | {"list": "NOPE"}).status_code == 404
    assert client.get(path, params=asked | {"use": "training"}).json()["use"] == "training"
    unknown = client.get(path, params={"module": "3-1", "level": "elementary"}).json()
    assert (unknown["status"], unknown["findings"][0]["kind"]) == ("unknown", "no_requirement")


def test_the_matrix_bears_few_modules_each_once(demo: Demo) -> None:
    client = demo.client("bj-master")
    twice = client.get("/api/v1/readiness", params={"module": ["2-1", "2-1"]}).json()
    assert twice["modules"] == ["2-1"]
    assert [len(one["cells"]) for one in twice["stations"]] == [3, 3]
    many = {"module": [f"2-{n}" for n in range(1, 22)]}
    assert client.get("/api/v1/readiness", params=many).status_code == 422


def test_the_matrix_leaves_no_station_out(school_url: str) -> None:
    with schools(school_url) as house:
        import_list(house.database, bundled_draft(), who="test", now=NOW)
        for number in range(205):
            fields = {
                "code": f"BJ01-X{number:03}",
                "organisation_code": "BJ01",
                "use": "training",
                "name_zh": "培训站",
            }
            create_station(house.database, StationFields.model_validate(fields), who="test")
        answer = house.client("bj-admin").get("/api/v1/readiness", params={"module": "9-9"})
        assert len(answer.json()["stations"]) == 207


def test_each_sees_the_stations_that_are_theirs_to_see(demo: Demo) -> None:
    def seen(username: str) -> list[str]:
        return [one["station"] for one in matrix_of(demo.client(username))["stations"]]

    assert seen("bj-teacher") == ["BJ01-E", "BJ01-T"]
    assert seen("gx-master") == ["GX02-E", "GX02-T"]
    assert seen("visitor") == ["BJ01-T"]
    asked = {"module": "2-1", "level": "elementary"}
    foreign = demo.client("gx-master").get("/api/v1/stations/BJ01-E/readiness", params=asked)
    nobody = demo.client("gx-master").get("/api/v1/stations/XX99-E/readiness", params=asked)
    assert (foreign.status_code, nobody.status_code) == (404, 404)
    visitor = demo.client("visitor")
    assert visitor.get("/api/v1/stations/BJ01-T/readiness", params=asked).status_code == 403
    (row,) = matrix_of(visitor)["stations"]
    assert {(c["binding"], c["advice"], len(c["blocking"])) for c in row["cells"]} == {
        (None, None, 0)
    }


def test_a_change_of_the_register_shows_at_once(demo: Demo) -> None:
    client = demo.client("gx-master")
    assert cells(matrix_of(client), "GX02-E")["2-4", "intermediate"]["status"] == "not_ready"
    rows = [
        ["asset_number", "item_zh", "quantity"],
        ["NEW-1", "台架电路图与通信矩阵", "4"],
    ]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "GX02")
    import_register(demo.database, upload, who="test")
    assert cells(matrix_of(client), "GX02-E")["2-4", "intermediate"]["status"] != "not_ready"


def test_the_matrix_answers_fast_enough_to_follow_faults(demo: Demo) -> None:
    client = demo.client("evaluator")
    matrix_of(client)
    # of this process alone, so that its neighbours may have the processors
    started = time.process_time()
    matrix_of(client)
    warm_s = time.process_time() - started
    demo.fault("motor-02", FaultState.CONFIRMED)
    started = time.process_time()
    matrix_of(client)
    after_fault_s = time.process_time() - started
    demo.fault("motor-02", FaultState.CLEARED)
    # goal 0.15 s on a free machine; measured 0.01 s warm and 0.04 s after a fault
    assert warm_s < 0.15
    assert after_fault_s < 0.5


def test_a_second_fill_keeps_everything(demo: Demo) -> None:
    before = matrix_of(demo.client("evaluator"))
    logins = demo_data.fill(demo.database, PASSWORDS, now=NOW)
    assert {login["username"]: login["password"] for login in logins} == PASSWORDS
    assert matrix_of(demo.client("evaluator")) == before
    assert demo_data.make_api_key(demo.database).startswith("smk_")


def test_a_bench_that_turns_out_to_be_a_simulator_counts_no_more(
    databases: Databases, database_kind: str, tmp_path: Path
) -> None:
    with databases.fresh(database_kind, "demonstrated", tmp_path) as url:
        made = Demo(url)
        try:
            check_simulators_count_no_more(made)
        finally:
            made.database.close()


def check_simulators_count_no_more(made: Demo) -> None:
    with made.database.begin() as db:
        # a real school, where only hardware counts
        db.get_one(Organisation, "BJ01").is_demonstration = False
    client = made.client("bj-master")

    def kinds() -> set[str]:
        found = cells(matrix_of(client), "BJ01-T")["2-1", "elementary"]
        return {one["kind"] for one in found["blocking"]}

    def say(kind: IdentityKind) -> None:
        for code in demo_data.BENCHES:
            made.live.put_birth(code, birth_of(kind), NOW)

    say(IdentityKind.HARDWARE)
    assert "bench_not_hardware" not in kinds()
    say(IdentityKind.SIMULATOR)
    assert "bench_not_hardware" in kinds()
