"""Plan, what-if and capacity over the API, and how often a check asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import select

from inventory.accounts.rules import Principal, Role
from inventory.audit.use_cases import record
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.requirements.use_cases import ListUpload, import_list
from inventory.requirements.writing import write_rows
from inventory.stations.rules import Level
from inventory.stations.table import Station
from tests.schools import NOW, Schools, schools

LIST = [
    [
        "row_id", "module_code", "level", "station_use", "item_zh", "quantity_basis", "quantity_n",
        "obligation", "authority_item", "authority_parameters", "authority_quantity",
        "substitute_allowed",
    ],
    ["V-1", "2-1", "*", "both", "教学车(整车)", "per_station", "1", "mandatory",
     "official", "official", "official", "no"],
    ["V-2", "2-1", "*", "both", "电机台架", "per_station", "2", "mandatory",
     "official", "official", "official", "整车"],
]  # fmt: skip
ASKED = {"module": "2-1", "level": "intermediate"}


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        upload = ListUpload("l.csv", write_rows("l.csv", LIST), version="V")
        import_list(found.database, upload, who="test", now=NOW)
        rows = [["asset_number", "item_zh", "quantity"], ["A-1", "教学车(整车)", "2"]]
        register = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
        import_register(found.database, register, who="test")
        yield found


def path_of(house: Schools, what: str = "") -> str:
    stations = house.client("bj-master").get("/api/v1/readiness").json()["stations"]
    return f"/api/v1/stations/{stations[0]['station']}/readiness{what}"


def test_the_plan_names_what_is_to_be_bought(house: Schools) -> None:
    client = house.client("bj-master")
    checked = client.get(path_of(house), params=ASKED).json()
    # one of two cars is spare and stands in for one of two benches
    (bench,) = [row for row in checked["rows"] if row["row_id"] == "V-2"]
    (serving,) = bench["serving"]
    assert (serving["asset_number"], serving["amount"]) == ("A-1", 1)
    assert (serving["stands_in_as"], serving["shared_with"]) == ("整车", [])
    found = client.get(path_of(house, "/plan"), params=ASKED).json()
    (action,) = found["actions"]
    assert (action["step"], action["amount"], action["row_ids"]) == ("buy", 1, ["V-2"])
    assert (found["is_possible"], found["is_certain"]) == (True, True)


def test_what_a_station_does_not_offer_is_said_and_still_checked(house: Schools) -> None:
    client = house.client("bj-master")
    path = path_of(house)
    with house.database.begin() as db:
        for one in db.exec(select(Station)).all():
            one.levels = [Level.ELEMENTARY]
            db.add(one)
            record(db, who="test", action="changed", entity="station", entity_id=one.code)
    answer = client.get(path, params=ASKED).json()
    (said,) = [one for one in answer["findings"] if one["kind"] == "not_offered"]
    assert (said["is_binding"], answer["status"]) == (False, "not_ready")
    elementary = client.get(path, params=ASKED | {"level": "elementary"}).json()
    assert "not_offered" not in {one["kind"] for one in elementary["findings"]}
    matrix = client.get("/api/v1/readiness", params={"module": "2-1"}).json()
    offered = {cell["level"]: cell["is_offered"] for cell in matrix["stations"][0]["cells"]}
    assert offered == {"elementary": True, "intermediate": False, "advanced": False}


def test_what_if_and_capacity_answer(house: Schools) -> None:
    client = house.client("bj-master")
    worse = client.get(path_of(house, "/what-if"), params=ASKED).json()
    # already not ready; a car less leaves the bench's row with nothing at all
    assert worse["status"] == "not_ready"
    day = client.get(path_of(house, "/capacity"), params=ASKED | {"examinees": 10}).json()
    assert day["capacity"]["exam_minutes"] == 120
    refused = client.get(path_of(house, "/capacity"), params=ASKED | {"exam_minutes": 0})
    assert refused.status_code == 422


@pytest.mark.parametrize("what", ["/plan", "/what-if", "/capacity"])
def test_only_those_who_may_read_findings_may_ask(house: Schools, what: str) -> None:
    path = path_of(house, what)
    assert house.client("gx-master").get(path, params=ASKED).status_code == 404
    assert house.client("visitor").get(path, params=ASKED).status_code in {403, 404}


def test_a_desk_that_remembers_nothing_asks_the_database_at_most_eight_times(
    house: Schools,
) -> None:
    master = Principal(1, "bj-master", Role.STATIONMASTER, "BJ01")
    asked = Asked("2-1", Level.INTERMEDIATE)
    with statements(house) as one_module:
        cold(house).check(master, "BJ01-E", asked, NOW)
    with statements(house) as everything:
        answered = cold(house).overview(master, None, ["2-1", "2-2"], NOW)
    # neither has stated all that rooms can tell, so those are among what is read
    assert {row.station.code for row in answered.stations} == {"BJ01-E", "BJ01-T"}
    assert any("FROM room" in one for one in everything)
    assert max(len(one_module), len(everything)) <= 8, (one_module, everything)


def cold(house: Schools) -> ReadinessDesk:
    return ReadinessDesk(house.database, house.live, ReadinessMemory())


@contextmanager
def statements(house: Schools) -> Iterator[list[str]]:
    """What the database is told meanwhile, the transaction's beginning included."""
    said: list[str] = []

    def note(*about: object) -> None:
        said.append(str(about[2]))

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield said
    event.remove(house.database.engine, "before_cursor_execute", note)
