import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from openpyxl import Workbook

from inventory.errors import Invalid
from inventory.requirements.mapping import Because, ListMapping, propose
from inventory.requirements.reading import ListReading, read_list
from inventory.requirements.sheets import read_grids
from inventory.requirements.unreadable import UnreadableFile
from inventory.stations.rules import Level
from tests.schools import WRITES, Schools, schools


def mangled() -> bytes:
    """A list as schools send them: title above, merged cells, group headings, totals, remarks."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "模块2-1"
    rows: list[list[object]] = [
        ["附件1：设备与工具清单"],
        ["序号", "设备类别", "设备名称", "技术参数及要求", "额定电压(V)", "数量（套）", "单位",
         "等级", "备注"],
        ["一、安全防护"],
        [1, "防护", "绝缘手套", "进口橡胶", "≥1000", "２", "双", "初、中级", "每人一双"],
        [2, None, "护目镜", "防冲击", None, "两", "副", "初级", None],
        ["二、仪表 2-3"],
        [3, "仪表", "数字万用表", "1）CAT III 1000V；2）精度±0.5%", None, "≥2", "块", "同上",
         "=1+1"],
        ["合计", None, None, None, None, 6],
        ["填表人：张三"],
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    for area in ("A1:I1", "A3:I3", "B4:B5", "A6:I6"):
        sheet.merge_cells(area)
    book.create_sheet("说明").append(["填表说明"])
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def proposed(content: bytes, name: str = "list.xlsx") -> ListMapping:
    return propose(read_grids(name, content), lambda _: None)


def read_as_proposed(content: bytes, name: str = "list.xlsx") -> ListReading:
    return read_list(name, content, proposed(content, name))


def test_a_header_is_found_below_a_title_and_its_columns_by_their_names() -> None:
    first, second = proposed(mangled()).sheets
    assert (first.header_row, first.is_used, second.is_used) == (2, True, False)
    targets = {one.header: (one.target, one.because) for one in first.columns}
    assert targets["设备名称"] == ("item_zh", Because.HEADING)
    assert targets["技术参数及要求"] == ("technical_parameters", Because.HEADING)
    assert targets["额定电压(V)"] == ("technical_parameters", Because.HEADING)
    assert targets["序号"] == ("", Because.SERIAL)
    assert targets["备注"] == ("", Because.NONE)
    assert first.constants["module_code"] == "2-1"
    assert "module_code" not in first.guessed
    assert first.constants["authority_item"] == "inference"
    assert "authority_item" in first.guessed


def test_rows_become_requirements_and_all_else_is_told() -> None:
    reading = read_as_proposed(mangled())
    assert reading.problems == ()
    gloves, goggles, meter = reading.requirements
    assert gloves.technical_parameters == "进口橡胶; rated_voltage >= 1000 V"
    assert gloves.levels == {Level.ELEMENTARY, Level.INTERMEDIATE}
    assert (goggles.category, goggles.quantity_n, goggles.row_id) == ("防护", 2.0, "2-1-002")
    assert (meter.module_code, meter.levels) == ("2-3", frozenset({Level.ELEMENTARY}))
    assert meter.technical_parameters == "cat >= CAT III 1000 V; accuracy <= 0.5 %"
    assert reading.extras[0]["备注"] == "每人一双"
    told = [(one.sheet, one.row, one.why) for one in reading.passed_over]
    assert told == [
        ("说明", 0, "sheet"),
        ("模块2-1", 1, "above"),
        ("模块2-1", 3, "heading"),
        ("模块2-1", 6, "heading"),
        ("模块2-1", 8, "total"),
        ("模块2-1", 9, "heading"),
    ]


def test_columns_without_a_name_are_known_by_what_they_hold() -> None:
    text = "设备名称,甲,乙,丙,数量\n手套,2-1,初级,≥1000V,2\n表,2-2,中、高级,0~10MPa,1\n"
    (sheet,) = proposed(text.encode("gb18030"), "list.csv").sheets
    found = [(one.target, one.because) for one in sheet.columns[1:4]]
    assert found == [
        ("module_code", Because.CONTENT),
        ("level", Because.CONTENT),
        ("technical_parameters", Because.CONTENT),
    ]


def test_a_repeated_header_is_no_row_and_a_repeated_id_is_a_problem() -> None:
    text = "编号,设备名称,数量\nA-1,表,1\n编号,设备名称,数量\nA-1,钳,1\n"
    reading = read_as_proposed(text.encode(), "list.csv")
    assert [one.why for one in reading.passed_over] == ["header"]
    (problem,) = reading.problems
    assert (problem.row, problem.column, len(reading.requirements)) == (4, "row_id", 1)


def test_the_same_id_on_two_sheets_is_a_problem_and_its_sheet_is_named() -> None:
    book = Workbook()
    for title in ("甲", "乙"):
        sheet = book.create_sheet(title)
        sheet.append(["编号", "设备名称", "数量"])
        sheet.append(["A-1", "表", 1])
    (problem,) = read_as_proposed(saved(book)).problems
    assert (problem.sheet, problem.row) == ("乙", 2)


def test_a_mapping_that_does_not_fit_is_refused_by_place() -> None:
    content = mangled()
    mapping = proposed(content)
    sheet = mapping.sheets[0]
    for bad, place in (
        (replace(sheet, title="没有"), "sheets[没有]"),
        (replace(sheet, header_row=99), "sheets[模块2-1].header_row"),
        (replace(sheet, columns=()), "sheets[模块2-1].item_zh"),
        (replace(sheet, constants={"colour": "red"}), "sheets[模块2-1].colour"),
        (replace(sheet, is_used=False), "sheets"),
    ):
        with pytest.raises(Invalid) as caught:
            read_list("list.xlsx", content, ListMapping((bad,)))
        assert caught.value.field == place


def test_merged_cells_beyond_all_measure_are_refused_quickly() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["设备名称", "数量"])
    content = saved(book)
    cells = "".join(f'<mergeCell ref="A1:B{2 + n}"/>' for n in range(20_001))
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(hostile := io.BytesIO(), "w") as target,
    ):
        for part in source.namelist():
            data = source.read(part)
            if part.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", f"</sheetData>{cells}".encode())
            target.writestr(part, data)
    with pytest.raises(UnreadableFile):
        read_grids("list.xlsx", hostile.getvalue())


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        yield found


def test_an_evaluator_maps_a_list_once_and_the_next_edition_knows_it(house: Schools) -> None:
    desk = house.client("evaluator")
    files = {"file": ("清单.xlsx", mangled(), "application/octet-stream")}
    proposal = desk.post("/api/v1/lists/proposals", files=files, headers=WRITES).json()
    sheet = proposal["sheets"][0]
    sheet["constants"] |= {f"authority_{what}": "official" for what in ("item", "quantity")}
    note = next(one for one in sheet["columns"] if one["header"] == "备注")
    note["target"] = "source_address"
    form = {"version": "2026-1", "mapping": json.dumps(proposal)}
    done = desk.post("/api/v1/lists", files=files, data=form, headers=WRITES)
    assert done.status_code == 201, done.text
    assert (done.json()["row_count"], done.json()["ignored_columns"]) == (3, ["序号"])
    assert len(done.json()["passed_over"]) == 6
    again = desk.post("/api/v1/lists", files=files, data=form, headers=WRITES)
    assert (again.status_code, again.json()["was_known"]) == (200, True)
    rows = desk.get("/api/v1/lists/2026-1/requirements").json()["items"]
    assert rows[0]["extra_cells"] == {"序号": "1"}
    assert (rows[0]["source_address"], rows[0]["authority_item"]) == ("每人一双", "official")
    second = desk.post("/api/v1/lists/proposals", files=files, headers=WRITES).json()["sheets"][0]
    recalled = next(one for one in second["columns"] if one["header"] == "备注")
    assert (recalled["target"], recalled["because"]) == ("source_address", "remembered")
    assert second["constants"]["authority_item"] == "official"
    assert second["guessed"] == []


def test_what_is_no_mapping_is_a_plain_problem(house: Schools) -> None:
    files = {"file": ("清单.xlsx", mangled(), "application/octet-stream")}
    for text in ("{}", "no json", '{"sheets": [{"title": "x", "header_row": "y"}]}'):
        answer = house.client("evaluator").post(
            "/api/v1/lists", files=files, data={"version": "1", "mapping": text}, headers=WRITES
        )
        assert (answer.status_code, answer.json()["expected"][:14]) == (422, "a list mapping")
    refused = house.client("visitor").post("/api/v1/lists/proposals", files=files, headers=WRITES)
    assert refused.status_code == 403


def test_a_person_may_say_where_the_header_is(house: Schools) -> None:
    text = "说明,,\n器材,要求,多少\n手套,≥1000V,2\n"
    files = {"file": ("list.csv", text.encode(), "text/csv")}
    path, desk = "/api/v1/lists/proposals", house.client("bj-master")
    (unknown,) = desk.post(path, files=files, headers=WRITES).json()["sheets"]
    assert (unknown["header_row"], unknown["is_used"]) == (0, False)
    told = {"header_rows": json.dumps({unknown["title"]: 2})}
    (sheet,) = desk.post(path, files=files, data=told, headers=WRITES).json()["sheets"]
    assert [one["header"] for one in sheet["columns"]] == ["器材", "要求", "多少"]
    assert sheet["columns"][1]["target"] == "technical_parameters"
    wrong = desk.post(path, files=files, data={"header_rows": "[]"}, headers=WRITES)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "header_rows")


def test_a_preview_shows_rows_and_what_is_left_over_and_stores_nothing(house: Schools) -> None:
    desk = house.client("bj-master")
    files = {"file": ("清单.xlsx", mangled(), "application/octet-stream")}
    proposal = desk.post("/api/v1/lists/proposals", files=files, headers=WRITES).json()
    form = {"mapping": json.dumps(proposal)}
    answer = desk.post("/api/v1/lists/previews", files=files, data=form, headers=WRITES)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert [one["item_zh"] for one in shown["rows"]] == ["绝缘手套", "护目镜", "数字万用表"]
    assert shown["rows"][0]["extra_cells"]["备注"] == "每人一双"
    # 进口橡胶 and 防冲击 are words that only a person can settle
    assert (shown["row_count"], shown["open_pieces"], len(shown["passed_over"])) == (3, 2, 6)
    assert desk.get("/api/v1/lists").json()["total"] == 0
