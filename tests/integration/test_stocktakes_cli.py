from pathlib import Path

import pypdfium2
import pytest
from typer.testing import CliRunner

from inventory.database import open_database
from stationmaster.__main__ import command_line
from tests.databases import Databases
from tests.stocktake_steps import REGISTER, register

APP = command_line(("labels", "stocktake"))


@pytest.fixture(autouse=True)
def _school(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
        database = open_database(url)
        # brackets are no markup of the table that shows them
        named = [*REGISTER, ["A-7", "表 [/red]", "1", "BJ01-T", "[103", "in_service"]]
        register(database, "BJ01", named)
        database.close()
        yield


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(APP, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_a_stocktake_goes_its_way_on_the_command_line(tmp_path: Path) -> None:
    by = ("--as", "bj-master")
    assert "/stocktake/1" in run("stocktake", "start", "BJ01-T", *by, "--title", "年终")
    run("stocktake", "start", "BJ01-T", *by, code=1)
    assert "1 / 1" in run("stocktake", "list", "--as", "evaluator")
    assert "0 / 0" in run("stocktake", "list", "--as", "gx-master")
    run("stocktake", "show", "1", "--as", "gx-master", code=1)
    run("stocktake", "close", "1", "--as", "bj-teacher", code=1)
    run("stocktake", "apply", "1", *by, code=1)
    told = run("stocktake", "close", "1", *by, "--text", "属实")
    assert "signed expected=0 found=0 wrong_place=0 missing=4 unknown=0" in told
    assert "open mark_missing A-1 绝缘电阻测试仪: in_service → missing" in told
    shown = run("stocktake", "show", "1", *by)
    assert "[/red]" in shown
    digest = shown.rsplit("SHA-256 ", 1)[1].strip()
    saved = tmp_path / "record.json"
    assert f"{digest} intact" in run("stocktake", "record", "1", "-o", str(saved), *by)
    assert '"note":"属实"' in saved.read_text("utf-8")
    assert "applied mark_missing A-1" in run("stocktake", "apply", "1", *by)
    assert run("stocktake", "apply", "1", *by).strip() == "0"


def test_labels_are_printed_into_a_file(tmp_path: Path) -> None:
    sheet = tmp_path / "labels.pdf"
    words = ("labels", "BJ01-T", "--as", "bj-master", "-o", str(sheet), "--sheet", "5x13")
    told = run(*words, "--asset", "A-1")
    assert "STATIONMASTER_PUBLIC_URL" in told, "no phone reaches 127.0.0.1"
    (page,) = pypdfium2.PdfDocument(sheet)
    assert "绝缘电阻测试仪" in page.get_textpage().get_text_range()
    run(*words, "--asset", "A-6", code=1)
    run("labels", "BJ01-T", "--as", "bj-master", "-o", str(tmp_path / "no" / "l.pdf"), code=1)
