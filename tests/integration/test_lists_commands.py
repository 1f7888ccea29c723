import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inventory.requirements.tabular import read_table
from inventory.requirements.writing import write_rows
from stationmaster.__main__ import command_line
from tests.short_list import LIST_HEADER, list_row

LIST = """学校设备清单 2-1,,,
序号,设备名称,技术参数,数量
1,绝缘手套,耐压≥1000V；进口橡胶,２
2,压力表,0~10MPa,1
"""


@pytest.fixture(autouse=True)
def _var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))


def run(*words: object) -> Result:
    own = ("propose", "parameters", "settle", "diff", "substitutes", "decide")
    commands = ["lists", *(f"lists {name}" for name in own)]
    return CliRunner().invoke(
        command_line(commands), ["lists", *(str(word) for word in words)], catch_exceptions=False
    )


def done(*words: object) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def imported(folder: Path, text: str, version: str) -> str:
    file, mapping = folder / "list.csv", folder / "mapping.json"
    file.write_bytes(text.encode("gb18030"))
    done("propose", file, mapping)
    return done("import", file, "--map", mapping, "--version", version)


def test_a_list_goes_from_foreign_columns_to_settled_clauses(tmp_path: Path) -> None:
    file, mapping = tmp_path / "list.csv", tmp_path / "mapping.json"
    file.write_bytes(LIST.encode("gb18030"))
    proposal = done("propose", file, mapping)
    assert "设备名称 → item_zh" in proposal
    assert "authority_item = inference  (推测，请核对)" in proposal
    told = json.loads(mapping.read_bytes())
    told["sheets"][0]["constants"]["authority_item"] = "official"
    mapping.write_text(json.dumps(told), "utf-8")
    output = done("import", file, "--map", mapping, "--version", "V-1", "--valid-to", "2027-12-31")
    assert "V-1: 2 行" in output
    assert "#1 above: 学校设备清单 2-1" in output

    table = tmp_path / "pieces.xlsx"
    assert "[建议] 压力表: 0~10MPa  → range >= 0-10 MPa" in done(
        "parameters", "V-1", "--write", table
    )
    rows = read_table(table.name, table.read_bytes()).rows
    filled = [dict(row.cells) for row in rows]
    filled[0] |= {"outcome": "words_only", "note": "见实物"}
    table.write_bytes(write_rows(table.name, [list(filled[0]), *map(_values, filled)]))
    settled = done("settle", "V-1", table, "--accept-proposals")
    assert settled.strip() == "确认 2, 行改变 2, 仍待确认 0"
    assert "0 条" in done("parameters", "V-1")
    assert "[已确认] 绝缘手套: 进口橡胶" in done("parameters", "V-1", "--all")


def _values(row: dict[str, str]) -> list[str]:
    return list(row.values())


def test_the_difference_of_two_editions_is_printed(tmp_path: Path) -> None:
    imported(tmp_path, LIST, "V-1")
    later = LIST.replace("1000V", "1500V").replace("压力表", "示波器")
    imported(tmp_path, later, "V-2")
    output = done("diff", "V-1", "V-2", "--pair", "2-1-002:")
    assert "~ 2-1-001 绝缘手套  [row_id]" in output
    assert "    + withstand_voltage >= 1500 V" in output
    assert "- 2-1-002 压力表" in output
    assert "新增 1, 删除 1, 修改 1, 未变 0" in output
    for command, words in (
        ("organisation", ["add", "BJ01", "--kind", "school", "--name", "校"]),
        ("station", ["add", "E", "--organisation", "BJ01", "--use", "exam", "--name", "站"]),
    ):
        asked = [command, *words]
        told = CliRunner().invoke(command_line([command]), asked, catch_exceptions=False)
        assert told.exit_code == 0, told.output
    effects = done("diff", "V-1", "V-2", "--pair", "2-1-002:", "--station", "E", "--lang", "en")
    assert "2-1 elementary: ◐ ready, with advice → ◐ ready, with advice" in effects
    assert "  - [advice] 2-1-002 压力表: nothing in the register serves this row" in effects


def test_a_substitute_that_the_list_leaves_open_is_decided_on_the_command_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "l.csv"
    rows = [
        LIST_HEADER,
        list_row("A", "2-1", "台架", "as agreed"),
        list_row("B", "2-1", "车", "no"),
    ]
    file.write_bytes(write_rows(file.name, rows))
    done("import", file, "--version", "V")
    assert "A 台架: as agreed" in done("substitutes", "V")
    done("decide", "V", "A", "整车", "--may", "--reason", "功能相同")
    assert "整车 可替代" in done("substitutes", "V")
    assert run("decide", "V", "B", "整车", "--may", "--reason", "x").exit_code == 2


def test_what_cannot_be_done_is_said_plainly(tmp_path: Path) -> None:
    imported(tmp_path, LIST, "V-1")
    (tmp_path / "bad.json").write_text("{}", "utf-8")
    table = tmp_path / "pieces.csv"
    table.write_text("item_zh,text,outcome\n压力表,0~10MPa,maybe\n", "utf-8")
    for words, text in (
        (["import", tmp_path / "list.csv", "--map", tmp_path / "bad.json"], "mapping.sheets"),
        (["settle", "V-1"], "outcome"),
        (["settle", "V-1", table], "2: outcome"),
        (["parameters", "V-9"], "V-9"),
        (["diff", "V-1", "V-9"], "V-9"),
    ):
        result = run(*words)
        assert (result.exit_code, text in result.output) == (2, True), result.output
