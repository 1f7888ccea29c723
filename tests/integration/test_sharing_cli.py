"""Sharing, calendars and timetables on the command line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from inventory.accounts.logins import principal_of
from inventory.accounts.use_cases import user
from inventory.database import open_database
from inventory.requirements.writing import write_rows
from inventory.sharing.offers import write_offer
from inventory.sharing.schema import OfferOrder
from stationmaster.cli_calendars import calendars_app, timetable_app
from stationmaster.cli_sharing import sharing_app
from tests.databases import Databases
from tests.schools import NOW


@pytest.fixture
def url(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    with databases.fresh("sqlite", "furnished", tmp_path) as found:
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", found)
        yield found


def run(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_an_offer_is_published_and_withdrawn_by_its_owner_alone(url: str) -> None:
    database = open_database(url)
    with database.read() as db:
        master = principal_of(user(db, "bj-master"))
    order = OfferOrder.model_validate(
        {
            "station_code": "BJ01-T",
            "title_zh": "电池台架",
            "resources": ["bench:BJ01/battery-01"],
            "hours": [{"weekday": 0, "opens": "08:00", "closes": "17:00"}],
        }
    )
    write_offer(database, master, order, now=NOW)
    database.close()
    run(sharing_app, "publish", "1", "--as", "gx-master", code=1)
    assert "published" in run(sharing_app, "publish", "1", "--as", "bj-master")
    assert "/open-sharing/1" in run(sharing_app, "offers", "--as", "bj-master")
    run(sharing_app, "place", "BJ01-T", "39.9", "116.4", "--as", "bj-teacher", code=1)
    assert "39.9" in run(sharing_app, "place", "BJ01-T", "39.9", "116.4", "--as", "bj-master")
    assert "0 / 0" in run(sharing_app, "requests", "--as", "visitor")
    run(sharing_app, "step", "9", "withdraw", "--as", "visitor", code=1)
    assert "withdrawn" in run(sharing_app, "withdraw", "1", "--as", "bj-master")


def test_a_calendar_is_made_listed_and_ended(url: str) -> None:
    made = run(calendars_app, "add", "我的", "--as", "bj-teacher")
    assert re.search(r"/calendars/[\w-]{43}\.ics", made)
    assert url
    run(calendars_app, "add", "x", "--as", "visitor", "--station", "BJ01-T", code=1)
    assert "mine" in run(calendars_app, "list", "--as", "bj-teacher")
    run(calendars_app, "end", "1", "--as", "bj-master", code=1)
    assert "ended" in run(calendars_app, "end", "1", "--as", "bj-teacher")


def test_a_timetable_is_tried_before_it_is_booked(url: str, tmp_path: Path) -> None:
    assert url
    run(timetable_app, "template", str(tmp_path / "empty.xlsx"))
    header = ["课程", "星期", "节次", "周次", "设备"]
    file = tmp_path / "t.csv"
    file.write_bytes(write_rows("t.csv", [header, ["电池", "周二", "1-2", "1-20周", "none"]]))
    tried = run(timetable_app, "import", str(file), "--as", "bj-master", "--dry-run", code=2)
    assert "none" in tried
    run(timetable_app, "import", str(file), "--as", "bj-master", "--columns", "[", code=2)
    grid = tmp_path / "grid.xlsx"
    run(timetable_app, "template", str(grid), "--as", "bj-master")
    empty = run(timetable_app, "import", str(grid), "--as", "bj-master")
    assert "0 rows" in empty
