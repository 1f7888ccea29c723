import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stationmaster.__main__ import COMMANDS, command_line
from tests.databases import Databases


@pytest.fixture
def house(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
        yield


def run(group: str, *words: str, code: int = 0) -> str:
    entries = [entry for entry in COMMANDS if entry.split(" ")[0] == group]
    result = CliRunner().invoke(command_line(entries), [group, *words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.usefixtures("house")
def test_work_orders_go_their_way_on_the_command_line() -> None:
    told = ("--bench", "motor-01", "--text", "漏液", "--blocking")
    assert "motor-01 reported" in run("work-orders", "open", "--as", "bj-teacher", *told)
    given = ("--owner", "bj-teacher", "--due", "2027-01-31")
    run("work-orders", "assign", "1", "--as", "bj-master", *given)
    run("work-orders", "triage", "1", "--as", "bj-master", "--usable")
    run("work-orders", "start", "1", "--as", "bj-teacher")
    run("work-orders", "comment", "1", "--as", "bj-teacher", "--text", "等配件")
    run("work-orders", "reject", "1", "--as", "bj-teacher", "--text", "x", code=1)
    run("work-orders", "done", "1", "--as", "bj-teacher", "--text", "更换密封圈")
    run("work-orders", "reopen", "1", "--as", "bj-teacher")
    run("work-orders", "reject", "1", "--as", "bj-master", "--text", "并入 2 号")
    shown = json.loads(run("work-orders", "show", "1", "--as", "evaluator"))
    assert (shown["state"], shown["times"], len(shown["history"])) == ("rejected", 2, 8)
    assert "1 / 1" in run("work-orders", "list", "--as", "bj-master")
    assert "0 / 0" in run("work-orders", "list", "--as", "bj-master", "--unfinished")
    assert "0 / 0" in run("work-orders", "list", "--as", "gx-master")


@pytest.mark.usefixtures("house")
def test_codes_to_report_by_are_printed_renewed_and_ended(tmp_path: Path) -> None:
    sheet = tmp_path / "codes.pdf"
    told = run("report-links", "print", "BJ01-T", "-o", str(sheet), "--as", "bj-master")
    assert f"2 → {sheet}" in told
    assert "STATIONMASTER_PUBLIC_URL" in told
    assert sheet.read_bytes().startswith(b"%PDF")
    listed = run("report-links", "list", "--as", "bj-master")
    assert "2 / 2" in listed
    (first, _) = re.findall(r"/report/\S{22}", listed)
    assert first not in run("report-links", "renew", "1", "--as", "bj-master")
    run("report-links", "end", "2", "--as", "bj-master")
    run("report-links", "end", "2", "--as", "gx-master", code=1)
    assert "1 / 1" in run("report-links", "list", "--as", "bj-master")
    assert "3 / 3" in run("report-links", "list", "--as", "bj-master", "--ended")
    run("report-links", "list", "--as", "bj-teacher", code=1)


@pytest.mark.usefixtures("house")
def test_many_pieces_are_edited_and_given_back_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("asset_number,item_zh,location\nA1,万用表,101\nA2,万用表,101\n", "utf-8")
    run("register", "import", str(file), "--organisation", "BJ01")
    wanted = ("--located-in", "101", "--location", "102", "--status", "lent_out")
    shown = run("register", "edit", "--as", "bj-master", *wanted)
    assert "to change 2" in shown
    assert "0 / 0" in run("register", "edits", "--as", "bj-master")
    assert "2 已修改" in run("register", "edit", "--as", "bj-master", *wanted, "--apply")
    assert "1 / 1" in run("register", "edits", "--as", "bj-master")
    run("register", "undo", "1", "--as", "bj-teacher", code=1)
    assert "2 已恢复" in run("register", "undo", "1", "--as", "bj-master")
    run("register", "edit", "--as", "bj-master", "--located-in", "102", "--model", "x", code=2)
    run("register", "edit", "--as", "bj-master", "--asset", "A1", code=1)
    told = run(
        "register", "edit", "--as", "bj-master", "--asset", "A1", "--original-value", "1.2万"
    )
    assert "12000.00" in told
    odd = ("--asset", "A1", "--original-value", "much")
    run("register", "edit", "--as", "bj-master", *odd, code=2)
