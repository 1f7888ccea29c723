from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from inventory.database import open_database
from inventory.equipment.use_cases import RegisterUpload, import_register
from stationmaster.__main__ import command_line
from tests.databases import Databases

REGISTER = """asset_number,item_zh,owner,borrowed_until,calibration_valid_until
A1,万用表,,,2099-12-31
A2,车,borrowed,2099-12-31,
"""
SCHOOL = ("--organisation", "BJ01")


@pytest.fixture
def folder(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
        database = open_database(url)
        import_register(database, RegisterUpload("r.csv", REGISTER.encode(), "BJ01"), who="test")
        database.close()
        return tmp_path


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    return command_line(["documents", "proofs", "due", "register export"])


def run(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_documents_are_handed_in_linked_fetched_and_checked(app: typer.Typer, folder: Path) -> None:
    paper, forged = folder / "证书.pdf", folder / "tool.pdf"
    paper.write_bytes(b"%PDF-1.7 CAL")
    forged.write_bytes(b"MZ no paper")
    key = run(app, "documents", "add", str(paper), "--as", "bj-teacher").split()[0]
    run(app, "documents", "add", str(forged), "--as", "bj-teacher", code=1)
    run(app, "documents", "add", str(folder / "absent.pdf"), "--as", "bj-teacher", code=2)
    run(app, "documents", "add", str(paper), "--as", "visitor", code=1)
    run(app, "documents", "attach", key, "--asset", "A1", "--as", "bj-master")
    assert "证书.pdf" in run(app, "documents", "list", "--asset", "A1", "--as", "bj-teacher")
    assert "0 / 0" in run(app, "documents", "list", "--asset", "A2", "--as", "bj-teacher")
    copy = folder / "copy.pdf"
    run(app, "documents", "get", key, "-o", str(copy), "--as", "evaluator")
    assert copy.read_bytes() == paper.read_bytes()
    run(app, "documents", "get", key, "-o", str(copy), "--as", "gx-master", code=1)
    assert "完好 1" in run(app, "documents", "check")
    (kept,) = (folder / "var" / "documents").glob("??/*")
    kept.write_bytes(b"%PDF-1.7 CAT")
    assert "证书.pdf" in run(app, "documents", "check", code=1)


def test_proofs_are_recorded_carried_in_files_and_become_due(
    app: typer.Typer, folder: Path
) -> None:
    words = ("A1", "calibration", "--as", "bj-master", "--done", "2026-01-10", "--by", "计量院")
    run(app, "proofs", "add", *words, "--until", "2027-01-09", "--certificate", "C-1")
    run(app, "proofs", "add", "A1", "calibration", "--as", "bj-master", code=1)
    loan = ("A2", "--as", "bj-master", "--partner", "某公司", "--until", "2099-12-31")
    run(app, "proofs", "borrow", *loan)
    assert "proof_added" in run(app, "proofs", "history", "A1", "--as", "bj-teacher")
    proofs, register = folder / "p.csv", folder / "r.csv"
    assert ": 2" in run(app, "proofs", "export", str(proofs), *SCHOOL)
    assert "未变 2" in run(app, "proofs", "import", str(proofs), *SCHOOL)
    assert ": 2" in run(app, "register", "export", str(register), *SCHOOL)
    assert "2026-01-10" in register.read_text("utf-8-sig")
    more = "A1,calibration,2020-01-01,,,fail,,\nA9,calibration,2020-01-01,,,,,\n"
    proofs.write_text(proofs.read_text("utf-8-sig") + more, "utf-8")
    run(app, "proofs", "import", str(proofs), *SCHOOL, code=2)
    assert "新增 1" in run(app, "proofs", "import", str(proofs), *SCHOOL, "--partial")
    run(app, "proofs", "template", str(folder / "t.xlsx"))


def test_a_calendar_with_something_overdue_ends_with_1(app: typer.Typer, folder: Path) -> None:
    assert folder.exists()
    shown = run(app, "due", "--as", "bj-teacher", "--all", "--lang", "en")
    assert ("agreement" in shown, "later 2" in shown) == (True, True)
    run(app, "proofs", "add", "A1", "safety_test", "--as", "bj-master", "--until", "2020-01-01")
    assert "已到期 1" in run(app, "due", "--as", "bj-teacher", code=1)
