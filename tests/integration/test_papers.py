import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
import pytest
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.conditions.lists import bundled_conditions, import_conditions
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.papers.table import Paper
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.paper_reading import (
    pages_of_pdf,
    rows_of_sheet,
    tables_of_word,
    without_blanks,
)
from tests.schools import WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/papers"
HOSTILE = '<w:t>{nb} &amp; {{ title }} </w:t>"&P'
FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schools]:
    folder = tmp_path_factory.mktemp("papers")
    with databases.fresh("sqlite", "furnished", folder) as url, schools(url) as built:
        import_list(built.database, short_list(), who="test", now=built.clock())
        conditions = bundled_conditions()
        import_conditions(built.database, conditions, who="test", now=built.clock())
        rows = [
            ["asset_number", "item_zh", "quantity", "station_codes", "model", "location"],
            ["A1", "绝缘电阻测试仪", "2", "BJ01-E", "1508", "实训楼 101"],
            ["A2", HOSTILE, "1", "BJ01-E", FORMULA, "@SUM(1)"],
            ["A3", "别站的设备", "1", "BJ01-T", "", ""],
        ]
        upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
        import_register(built.database, upload, who="test")
        yield built


def made(house: Schools, kind: str, username: str = "bj-master", **order: object) -> str:
    """Code of a new paper."""
    body = {"kind": kind} | (order or {"station": "BJ01-E"})
    answer = house.client(username).post(PATH, json=body, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def fetched(house: Schools, code: str, form: str, username: str = "bj-master") -> bytes:
    answer = house.client(username).get(f"{PATH}/{code}/file", params={"format": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; ")
    return answer.content


def findings(house: Schools) -> list[dict[str, Any]]:
    """Each finding of the station once, whichever module and level reports it."""
    client, seen = house.client("bj-master"), {}
    for module in ("2-1", "2-2", "2-3", "2-4", "2-5"):
        for level in ("elementary", "intermediate", "advanced"):
            asked = {"module": module, "level": level}
            answer = client.get("/api/v1/stations/BJ01-E/readiness", params=asked).json()
            kinds = {one["kind"] for one in answer["findings"]}
            if not kinds & {"not_offered", "no_requirement"}:
                for one in answer["findings"]:
                    seen[one["row_id"], one["kind"], one["required"]["zh"]] = one
    return list(seen.values())


@pytest.fixture(scope="module")
def code(house: Schools) -> str:
    """Of an equipment table that nobody spoils."""
    return made(house, "equipment_table")


@pytest.fixture(scope="module")
def printed(house: Schools, code: str) -> list[str]:
    """The pages of its PDF, which takes most of a second."""
    return pages_of_pdf(fetched(house, code, "pdf"))


def test_the_self_check_says_in_word_what_the_check_says(house: Schools) -> None:
    tables = tables_of_word(fetched(house, made(house, "self_check"), "docx"))
    heads = [table[0] for table in tables]
    told = {
        (row[1], row[4]): row
        for table, head in zip(tables, heads, strict=True)
        for row in table[1:]
        if "类型" in head
    }
    expected = findings(house)
    assert len(expected) > 3
    assert {key[0] for key in told} == {one["row_id"] for one in expected}
    for one in expected:
        row = told[one["row_id"], one["required"]["zh"]]
        assert (row[2], row[6]) == (one["item"]["zh"], one["remedy"]["zh"])
    counted = dict(row for table in tables for row in table if len(row) == 2)
    assert int(counted["不符合项"]) == len(
        {(o["row_id"], o["kind"]) for o in expected if o["is_binding"]}
    )


def test_the_self_check_tells_every_condition_beyond_equipment(house: Schools) -> None:
    tables = tables_of_word(fetched(house, made(house, "self_check"), "docx"))
    (told,) = [table[1:] for table in tables if "判断依据" in table[0]]
    asked = house.client("bj-master").get("/api/v1/stations/BJ01-E/conditions").json()
    assert len(asked["conditions"]) > 10
    words = {"met": "符合", "not_met": "不符合", "unknown": "无法判断"}
    assert [(row[1], row[2], row[5]) for row in told] == [
        (one["condition_id"], one["text"]["zh"], words[one["outcome"]])
        for one in asked["conditions"]
    ]


def test_word_pdf_and_excel_say_the_same(house: Schools, code: str, printed: list[str]) -> None:
    (_, table) = tables_of_word(fetched(house, code, "docx"))
    sheet = rows_of_sheet(fetched(house, code, "xlsx"))
    assert [row[1] for row in table[1:]] == ["A1", "A2"]
    for row in table:
        assert row in sheet
        assert all(without_blanks(cell) in "".join(printed) for cell in row)
    assert [table[1][place] for place in (3, 4, 7)] == ["1508", "2", "实训楼 101"]


def test_what_people_wrote_is_text_whatever_it_looks_like(
    house: Schools, code: str, printed: list[str]
) -> None:
    content = fetched(house, code, "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    row = next(row for row in rows_of_sheet(content) if row[1] == "A2")
    assert (row[2], row[3], row[7]) == (HOSTILE, FORMULA, "@SUM(1)")
    (_, table) = tables_of_word(fetched(house, code, "docx"))
    assert table[2][2] == HOSTILE
    assert without_blanks(HOSTILE) in "".join(printed)


def test_every_page_carries_code_and_number(house: Schools) -> None:
    code = made(house, "self_check")
    pages = pages_of_pdf(fetched(house, code, "pdf"))
    shown = f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}"
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"验证码{shown}" in page
        assert f"/verify/{shown}第{number}页，共{len(pages)}页" in page
    book = docx.Document(io.BytesIO(fetched(house, code, "docx")))
    assert shown in book.sections[0].footer.paragraphs[0].text
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(house, code, "xlsx"))).worksheets[0]
    assert sheet.oddFooter is not None
    assert shown in str(sheet.oddFooter.center.text)


def test_a_paper_stays_as_it_was_made(house: Schools, code: str) -> None:
    before = tables_of_word(fetched(house, code, "docx"))
    rows = [["asset_number", "item_zh", "location"], ["A1", "绝缘电阻测试仪", "已搬走"]]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")
    assert before == tables_of_word(fetched(house, code, "docx"))
    later = tables_of_word(fetched(house, made(house, "equipment_table"), "docx"))
    assert later[1][1][7] == "已搬走"
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "paper")
        entries = db.exec(query.order_by(col(AuditEntry.id))).all()
    assert (entries[-1].who, entries[-1].action) == ("bj-master", "made")


def test_anybody_with_the_code_can_check_a_paper_and_learns_of_no_person(house: Schools) -> None:
    code = made(house, "self_check")
    stranger = house.client()
    told = stranger.get(f"/api/v1/verify/{code.lower()}")
    assert told.status_code == 200
    assert (told.json()["kind"], told.json()["station_code"]) == ("self_check", "BJ01-E")
    assert told.json()["is_intact"] is True
    assert told.json()["list_version"]
    page = stranger.get(f"/verify/{code}")
    assert "系统中有此文件" in page.text
    assert told.json()["sha256"] in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "self-check report" in stranger.get("/verify", params={"code": code, "lang": "en"}).text
    for answer in (told, page):
        assert "bj-master" not in answer.text
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    assert stranger.get(f"/api/v1/verify/{wrong}").status_code == 404
    unknown = stranger.get("/verify", params={"code": "<script>alert(1)</script>"})
    assert unknown.status_code == 404
    assert "<script>" not in unknown.text
    assert "请输入页脚的验证码" in stranger.get("/verify").text


def test_a_paper_whose_record_was_changed_is_not_printed_and_says_so(house: Schools) -> None:
    code = made(house, "equipment_table")
    with house.database.begin() as db:
        row = db.get_one(Paper, code)
        row.content = row.content.replace("绝缘电阻测试仪", "没有的东西")
        db.add(row)
    assert house.client().get(f"/api/v1/verify/{code}").json()["is_intact"] is False
    assert "请勿采信" in house.client().get(f"/verify/{code}").text
    assert house.client("bj-master").get(f"{PATH}/{code}/file").status_code == 409
    with house.database.begin() as db:
        db.get_one(Paper, code).content = "{"
    assert house.client().get(f"/api/v1/verify/{code}").status_code == 409
    assert "请勿采信" in house.client().get(f"/verify/{code}").text
    assert house.client("bj-master").get(f"{PATH}/{code}/file").status_code == 409


def test_papers_are_made_and_seen_by_whose_they_are(house: Schools) -> None:
    code = made(house, "self_check")
    order = {"kind": "self_check", "station": "BJ01-E"}

    def tried(username: str) -> tuple[int, int, int]:
        client = house.client(username)
        return (
            client.post(PATH, json=order, headers=WRITES).status_code,
            client.get(f"{PATH}/{code}").status_code,
            client.get(PATH).json().get("total", -1),
        )

    assert tried("gx-master") == (404, 404, 0)
    assert tried("visitor") == (403, 403, -1)
    assert tried("bj-teacher")[:2] == (403, 200)
    assert tried("evaluator")[:2] == (201, 200)
    assert house.client("bj-admin").get(PATH, params={"station": "BJ01-T"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("order", "field"),
    [({"kind": "self_check"}, "station"), ({"kind": "annual_report"}, "year")],
)
def test_an_order_that_does_not_say_of_what_is_refused(
    house: Schools, order: dict[str, str], field: str
) -> None:
    refused = house.client("bj-master").post(PATH, json=order, headers=WRITES)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_the_rectification_report_tells_every_step(house: Schools) -> None:
    finding = next(one for one in findings(house) if one["kind"] == "missing")
    client = house.client("bj-master")
    task = {"station": "BJ01-E", "row_id": finding["row_id"], "kind": "missing"}
    opened = client.post("/api/v1/rectifications", json=task | {"text": "请采购"}, headers=WRITES)
    steps = f"/api/v1/rectifications/{opened.json()['id']}/steps"
    photo = {"file": ("铭牌.pdf", b"%PDF-1.7 a name plate")}
    document = client.post("/api/v1/documents", files=photo, headers=WRITES).json()["id"]
    done = {"step": "submit", "text": "已到货", "document_ids": [document]}
    assert client.post(steps, json=done, headers=WRITES).status_code == 200
    tables = tables_of_word(fetched(house, made(house, "rectification_report"), "docx"))
    (task_row,) = tables[2][1:]
    assert (task_row[2], task_row[3]) == (finding["row_id"], finding["item"]["zh"])
    assert [(row[3], row[6], row[7]) for row in tables[3][1:]] == [
        ("bj-master", "请采购", ""),
        ("bj-master", "已到货", "铭牌.pdf"),
    ]
    assert dict(tables[1])["未完成"] == "1"
