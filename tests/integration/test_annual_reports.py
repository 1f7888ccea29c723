import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from inventory.audit.table import AuditEntry
from inventory.requirements.writing import write_rows
from inventory.usage_sessions.table import UsageSession
from stationmaster.cli_papers import report_app
from tests.databases import Databases
from tests.paper_reading import rows_of_sheet, tables_of_word
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/organisations/BJ01/annual-reports/2022"
HEADING = [
    "序号",
    "批次",
    "证书名称",
    "覆盖专业",
    "等级",
    "已培训人数",
    "已考核人数",
    "获证人数",
    "面向社会培训人数",
]
BATCHES = [
    ["1", "2022年沿用批次", "1+X 工业机器人操作", "机电", "初,中级", "169", "169", "69", "0"],
    ["2", "2022年沿用批次", "1+X 工业机器人应用编程", "机电", "初级", "17", "17", "17", "17"],
    ["3", "2022年批次", "=1+1", "会计", "初、中级", "446", "446", "255", "0"],
    ["合计", "", "", "", "", "632", "632", "341", "93"],
]
SUMS = {"trained": 632, "assessed": 632, "certified": 341, "social": 17}


@pytest.fixture(scope="module")
def url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("annual")
    with databases.fresh("sqlite", "furnished", folder) as url:
        yield url


@pytest.fixture(scope="module")
def house(url: str) -> Iterator[Schools]:
    with schools(url) as built:
        files = {"file": ("b.xlsx", write_rows("b.xlsx", [HEADING, *BATCHES]))}
        sent = built.client("bj-master").post(f"{PATH}/batches/import", files=files, headers=WRITES)
        assert sent.status_code == 200, sent.text
        assert (sent.json()["created"], sent.json()["problems"]) == (3, [])
        # the sample report that circulates among schools has this very mistake
        wrong = [{"column": "social", "stated": 93, "counted": 17}]
        assert sent.json()["wrong_totals"] == wrong
        yield built


def test_totals_are_the_sums_whatever_a_file_says(house: Schools) -> None:
    told = house.client("evaluator").get(PATH).json()
    assert told["totals"] == SUMS
    assert told["batches"][0]["levels"] == ["elementary", "intermediate"]


def test_the_same_file_again_changes_nothing(house: Schools) -> None:
    files = {"file": ("b.xlsx", write_rows("b.xlsx", [HEADING, *BATCHES]))}
    done = house.client("bj-admin").post(f"{PATH}/batches/import", files=files, headers=WRITES)
    assert [done.json()[word] for word in ("created", "updated", "unchanged")] == [0, 0, 3]


def test_a_bad_row_stops_an_import_and_is_named(house: Schools) -> None:
    bad = [HEADING, ["1", "一批", "证书", "专业", "初级", "1", "1", "2", "0"]]
    files = {"file": ("b.csv", write_rows("b.csv", bad))}
    refused = house.client("bj-master").post(f"{PATH}/batches/import", files=files, headers=WRITES)
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["column"] == "certified"
    assert house.client("bj-master").get(PATH).json()["totals"] == SUMS


def test_the_paper_has_the_schools_words_and_the_sums(house: Schools) -> None:
    client = house.client("bj-master")
    words = {"sections": {"mechanism": "成立领导小组。\n定期例会。", "sites": "{{7*7}}"}}
    assert client.patch(f"{PATH}/sections", json=words, headers=WRITES).status_code == 200
    order = {"kind": "annual_report", "year": 2022}
    began = datetime(2022, 3, 1, 1, tzinfo=UTC)
    with house.database.begin() as db:
        until = began + timedelta(hours=2)
        db.add(
            UsageSession(
                bench_code="motor-01",
                usage_id="u",
                started_at=began,
                observed_at=until,
                ended_at=until,
            )
        )
    code = client.post("/api/v1/papers", json=order, headers=WRITES).json()["code"]
    word = client.get(f"/api/v1/papers/{code}/file", params={"format": "docx"}).content
    stations, batches = tables_of_word(word)
    assert [row[5:] for row in stations[1:]] == [["0", "0", "否"], ["2", "1", "是"]]
    assert batches[-1] == ["合计", "", "", "", "", "632", "632", "341", "17"]
    assert [row[2] for row in batches[1:-1]] == [row[2] for row in BATCHES[:-1]]
    excel = client.get(f"/api/v1/papers/{code}/file", params={"format": "xlsx"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(excel)).worksheets[0]
    (total,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "合计"]
    assert total[5:9] == (632, 632, 341, 17)
    lines = [row[0] for row in rows_of_sheet(excel)]
    assert {"成立领导小组。", "定期例会。", "{{7*7}}", "（本节未填写）"} <= set(lines)
    assert any("有效机时 2.0 小时，其中校外机时 0.0 小时" in str(line) for line in lines)
    told = client.get(f"/api/v1/verify/{code}").json()
    assert (told["year"], told["station_code"], told["summary"][-1]["value"]) == (2022, None, "17")


def test_a_batch_is_entered_corrected_and_taken_out_with_a_trail(house: Schools) -> None:
    client, path = house.client("bj-master"), PATH.replace("2022", "2023")
    batch = {
        "batch": "一批",
        "certificate": "证书",
        "profession": "专业",
        "levels": ["advanced"],
        "trained": 3,
    }
    made = client.post(f"{path}/batches", json=batch, headers=WRITES)
    assert made.status_code == 201
    assert client.post(f"{path}/batches", json=batch, headers=WRITES).status_code == 409
    one = f"/api/v1/training-batches/{made.json()['id']}"
    more = batch | {"certified": 1}
    assert client.put(one, json=more, headers=WRITES).status_code == 422
    assert client.put(one, json=more | {"assessed": 2}, headers=WRITES).json()["assessed"] == 2
    assert house.client("gx-master").put(one, json=batch, headers=WRITES).status_code == 404
    assert client.delete(one, headers=WRITES).status_code == 204
    assert client.delete(one, headers=WRITES).status_code == 404
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "annual_report")
        entries = db.exec(query.order_by(col(AuditEntry.id).desc()).limit(3)).all()
    assert [one.action for one in entries] == ["removed", "changed", "created"]


def test_a_report_is_its_schools_affair(house: Schools) -> None:
    words = {"sections": {"publicity": "x"}}
    tried = {
        name: (
            house.client(name).get(PATH).status_code,
            house.client(name).patch(f"{PATH}/sections", json=words, headers=WRITES).status_code,
        )
        for name in ("gx-master", "visitor", "bj-teacher", "evaluator")
    }
    assert tried == {
        "gx-master": (404, 404),
        "visitor": (403, 403),
        "bj-teacher": (200, 403),
        "evaluator": (200, 403),
    }


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(report_app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_papers_are_made_on_the_command_line(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
    batches, words, paper = (tmp_path / name for name in ("b.csv", "words.txt", "报告.docx"))
    batches.write_bytes(write_rows("b.csv", [HEADING, *BATCHES]))
    words.write_text("宣传推广", "gb18030")
    told = run("batches", str(batches), "--year", "2021", "--as", "bj-master")
    assert ("新增 3" in told, "93" in told) == (True, True)
    run("section", "2021", "publicity", str(words), "--as", "bj-master")
    code = run("annual", "2021", "-o", str(paper), "--as", "bj-master").strip()
    assert tables_of_word(paper.read_bytes())[1][-1][-1] == "17"
    assert '"is_intact": true' in run("verify", code)
    for kind in ("self-check", "equipment-table", "rectification"):
        run(kind, "BJ01-E", "-o", str(tmp_path / f"{kind}.xlsx"), "--as", "evaluator")
    run("print", code, "-o", str(tmp_path / "again.xlsx"), "--as", "bj-teacher")
    assert code.replace("-", "") in run("list", "--as", "bj-master")
    run("self-check", "GX02-T", "-o", str(paper), "--as", "bj-master", code=2)
    run("self-check", "BJ01-E", "-o", str(tmp_path / "a.txt"), "--as", "bj-master", code=2)
    run("verify", "nothing", code=2)
