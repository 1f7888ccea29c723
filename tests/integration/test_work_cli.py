import csv
import json
from io import StringIO
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from inventory.database import open_database
from inventory.requirements.use_cases import import_list
from stationmaster.cli_evidence import documents_app
from stationmaster.cli_work import rectify_app, review_app
from tests.schools import NOW
from tests.short_list import short_list


@pytest.fixture
def row_id(school_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A row of the list of which the school has nothing."""
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", school_url)
    database = open_database(school_url)
    import_list(database, short_list(), who="test", now=NOW)
    database.close()
    return next(csv.DictReader(StringIO(short_list().content.decode())))["row_id"]


def run(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_rectifications_go_their_way_on_the_command_line(row_id: str, tmp_path: Path) -> None:
    finding = ("--station", "BJ01-E", "--row", row_id, "--kind", "missing")
    opened = run(rectify_app, "open", "--as", "bj-master", *finding)
    assert "open" in opened
    given = ("--owner", "bj-teacher", "--due", "2027-01-31")
    run(rectify_app, "assign", "1", "--as", "bj-master", *given)
    run(rectify_app, "start", "1", "--as", "bj-teacher")
    (tmp_path / "photo.pdf").write_bytes(b"%PDF-1.7")
    photo = run(documents_app, "add", str(tmp_path / "photo.pdf"), "--as", "bj-teacher").split()[0]
    run(rectify_app, "submit", "1", "--as", "bj-teacher", "--document", photo)
    run(rectify_app, "return", "1", "--as", "evaluator", "--text", "缺铭牌照片")
    assert "returned" in run(rectify_app, "list", "--as", "evaluator")
    run(rectify_app, "submit", "1", "--as", "bj-teacher")
    run(rectify_app, "accept", "1", "--as", "bj-teacher", code=1)
    assert "accepted" in run(rectify_app, "accept", "1", "--as", "bj-master")
    assert "0 / 0" in run(rectify_app, "list", "--as", "gx-master")
    run(rectify_app, "list", "--as", "nobody", code=1)
    run(rectify_app, "submit", "1", "--as", "bj-teacher", "--document", "../x", code=1)


def test_a_review_goes_its_way_on_the_command_line(row_id: str) -> None:
    assert row_id
    run(review_app, "apply", "--as", "bj-master", "--station", "BJ01-E")
    shown = json.loads(run(review_app, "show", "1", "--as", "evaluator"))
    assert (shown["state"], len(shown["history"])) == ("applied", 1)
    run(review_app, "step", "1", "pass_application", "--as", "bj-master", code=1)
    told = run(review_app, "step", "1", "pass_application", "--as", "evaluator")
    assert "application_passed" in told
    assert "1 / 1" in run(review_app, "list", "--as", "evaluator")
