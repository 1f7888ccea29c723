from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inventory.moments import SCHOOL_ZONE
from stationmaster.cli_bookings import bookings_app
from tests.databases import Databases


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(bookings_app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_bookings_are_placed_listed_and_given_back_on_the_command_line(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = datetime.now(UTC).astimezone(SCHOOL_ZONE) + timedelta(days=2)
    span = ("--start", f"{day:%Y-%m-%d} 10:00", "--end", f"{day:%Y-%m-%d} 11:30")
    bench = "bench:BJ01/battery-01"
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    with databases.fresh("sqlite", "furnished", tmp_path / "data") as url:
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
        assert "1: booked" in run("place", bench, *span, "--as", "bj-teacher", "--title", "2-1")
        run("place", bench, *span, "--as", "bj-master", code=1)
        run("place", "battery-01", *span, "--as", "bj-master", code=2)
        assert "1 / 1" in run("list", "--as", "bj-master", "--resource", bench)
        assert "0 / 0" in run("list", "--as", "gx-master")
        run("cancel", "1", "--as", "gx-master", code=1)
        assert "1: cancelled" in run("cancel", "1", "--as", "bj-teacher", "--reason", "调课")
