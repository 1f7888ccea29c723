import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from inventory.database import open_database
from inventory.requirements.use_cases import import_list
from stationmaster.__main__ import command_line
from tests.databases import Databases
from tests.schools import NOW
from tests.short_list import short_list


@pytest.fixture
def app(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
        monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
        monkeypatch.setenv("COLUMNS", "200")
        database = open_database(url)
        import_list(database, short_list(), who="test", now=NOW)
        database.close()
        words = ("staff", "rooms", "stock", "conditions", "state-condition", "lists conditions")
        return command_line(words)


def run(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_people_rooms_and_stock_are_kept_on_the_command_line(
    app: typer.Typer, tmp_path: Path
) -> None:
    for group, columns in (("staff", 20), ("rooms", 13), ("stock", 8)):
        empty = tmp_path / f"{group}.csv"
        run(app, group, "template", str(empty))
        lines = empty.read_text("utf-8-sig").splitlines()
        assert lines[0].count(",") == columns - 1
        example = lines[3].removeprefix("#例：").replace("BJ01-0001", "")
        empty.write_text(f"{lines[0]}\n{example}\n")
        told = run(app, group, "import", str(empty), "--organisation", "BJ01")
        assert told.startswith("新增 1, 更新 0, 未变 0")
        out = tmp_path / f"out-{group}.xlsx"
        run(app, group, "export", str(out), "--as", "bj-master")
        again = run(app, group, "import", str(out), "--organisation", "BJ01", "--lang", "en")
        assert again.startswith("created 0, updated 0, unchanged 1")
        run(app, group, "export", str(out), "--as", "gx-master", "--organisation", "BJ01", code=2)
    assert "T-017" in run(app, "staff", "list", "--as", "bj-master", "--role", "trainer")
    judged = run(app, "staff", "check", "BJ01-T", "--as", "bj-master")
    assert "✕ 王老师" in judged
    assert "缺有效的评价组织师资证书" in judged
    ended = run(app, "staff", "end", "T-017", "--as", "bj-master", "--on", "2026-01-31")
    assert "2026-01-31" in ended
    run(app, "staff", "end", "T-018", "--as", "bj-master", code=1)
    shown = run(app, "rooms", "show", "BJ01-E", "--as", "bj-teacher")
    assert "workstations: 填报 4, 实有 1  ≠" in shown
    assert "12.5" in run(app, "stock", "list", "--as", "bj-teacher", "--low")
    moved = run(app, "stock", "move", "COOLANT", "received", "7.5", "--as", "bj-teacher")
    assert moved.strip() == "COOLANT: 20 L (enough)"
    run(app, "stock", "move", "COOLANT", "used", "21", "--as", "bj-teacher", code=1)
    run(app, "stock", "move", "COOLANT", "used", "many", "--as", "bj-teacher", code=2)


def test_conditions_are_asked_and_stated_on_the_command_line(app: typer.Typer) -> None:
    run(app, "conditions", "BJ01-T", code=3)
    assert "40 行，自动计算 24 行" in run(app, "lists", "conditions")
    told = run(app, "conditions", "BJ01-T", "--lang", "en", code=1)
    assert "? COND-005 complete rule set and management" in told
    assert "[advice]" in told
    word = ("state-condition", "BJ01-T", "COND-005", "--as", "bj-master")
    run(app, *word, "--met", code=1)
    run(app, *word, "--met", "--note", "档案柜 3", "--until", "2999-12-31")
    assert "● COND-005" in run(app, "conditions", "BJ01-T", code=1)
    assert "COND-005" not in run(app, "conditions", "BJ01-T", "--open", code=1)
    found = json.loads(run(app, "conditions", "BJ01-T", "--json", code=1))
    row = next(one for one in found["conditions"] if one["condition_id"] == "COND-005")
    assert (row["basis"], row["stated_by"]) == ("stated", "bj-master")
    run(app, "conditions", "ZZ99-T", code=2)
