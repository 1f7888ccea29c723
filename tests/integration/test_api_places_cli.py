from pathlib import Path

import pytest
import typer
from sqlmodel import select
from typer.testing import CliRunner

from inventory.audit.table import AuditEntry
from inventory.database import open_database
from inventory.stations.table import Station
from stationmaster.cli_places import bench_app, organisation_app, station_app


@pytest.fixture(autouse=True)
def _house(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", migrated_url)
    monkeypatch.setenv("COLUMNS", "200")


def run(app: typer.Typer, line: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, line.split())
    return result.exit_code, result.output


def test_a_school_with_station_and_bench_is_built_from_the_command_line() -> None:
    assert run(organisation_app, "add EVAL --kind evaluation_organisation --name 评价组织")[0] == 0
    assert run(organisation_app, "add BJ01 --kind school --name 学校 --evaluated-by EVAL")[0] == 0
    line = "add BJ01-T --organisation BJ01 --use training --name 培训站 --fact workstations=4"
    assert run(station_app, line)[0] == 0
    line = "add battery-01 --organisation BJ01 --profile battery --name 台架 --station BJ01-T"
    assert run(bench_app, line)[0] == 0
    assert "EVAL" in run(organisation_app, "list")[1]
    assert "training" in run(station_app, "list")[1]
    assert "BJ01-T" in run(bench_app, "list")[1]


def test_a_stations_facts_are_changed_and_leave_an_entry(migrated_url: str) -> None:
    run(organisation_app, "add BJ01 --kind school --name 学校")
    line = "add BJ01-T --organisation BJ01 --use training --name 站"
    run(station_app, f"{line} --fact workstations=4 --fact vehicles=2")
    assert run(station_app, "set BJ01-T --fact workstations=0 --fact vehicles=")[0] == 0
    assert run(station_app, "set BJ01-T --fact workstations=0")[0] == 0
    database = open_database(migrated_url)
    with database.read() as db:
        found = db.get(Station, "BJ01-T")
        query = select(AuditEntry).where(AuditEntry.entity_id == "BJ01-T")
        created, changed = db.exec(query).all()
    database.close()
    assert found is not None
    assert (found.workstations, found.vehicles, found.exam_tasks) == (0, None, 4)
    assert (created.action, changed.action) == ("created", "changed")
    assert changed.old == {"workstations": 4, "vehicles": 2}
    assert changed.new == {"workstations": 0, "vehicles": None}


def test_what_cannot_be_is_refused_in_one_line() -> None:
    run(organisation_app, "add BJ01 --kind school --name 学校")
    for app, line, code in (
        (organisation_app, "add BJ01 --kind school --name 学校", 1),
        (organisation_app, "add GX02 --kind school --name 学校 --evaluated-by BJ01", 1),
        (organisation_app, "add gx --kind school --name 学校", 1),
        (station_app, "add BJ01-T --organisation XX --use exam --name 站", 1),
        (station_app, "add BJ01-T --organisation BJ01 --use exam --name 站 --fact a=1", 2),
        (station_app, "add BJ01-T --organisation BJ01 --use exam --name 站 --fact vehicles=x", 1),
        (bench_app, "add BATTERY --organisation BJ01 --profile battery --name 台架", 1),
        (station_app, "set NOWHERE --fact workstations=4", 1),
        (station_app, "set NOWHERE --fact workstations=-4", 1),
        (bench_app, "add b-1 --organisation BJ01 --profile battery --name 台架 --station S", 1),
    ):
        got, output = run(app, line)
        assert got == code, (line, output)
        assert "Traceback" not in output
