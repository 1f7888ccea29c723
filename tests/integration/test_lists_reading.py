import contextlib
import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.requirements.reading import COLUMNS, read_list
from inventory.requirements.rules import (
    Authority,
    CalibrationDuty,
    Obligation,
    QuantityBasis,
    Sourced,
)
from inventory.requirements.tabular import harmless, read_table
from inventory.requirements.template import LIST_COLUMNS
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.writing import template, write_rows
from inventory.stations.rules import Level, StationUse

GOOD = {
    "row_id": "R1",
    "module_code": "2-1",
    "level": "初级|高级",
    "station_use": "考核",
    "item_zh": "万用表",
    "technical_parameters": "cat = CAT III 1000 V",
    "quantity_basis": "per_workstation 工位",
    "quantity_n": "2",
    "obligation": "mandatory",
    "calibration_required": "calibration 校准",
    "interval_months": "12",
    "authority_item": "official",
    "authority_parameters": "vendor (part)",
    "authority_quantity": "inference",
    "list_version": "T-1",
}


def content(*rows: dict[str, str], name: str = "list.csv") -> bytes:
    columns = list(GOOD)
    return write_rows(name, [columns, *([row.get(c, "") for c in columns] for row in rows)])


def test_a_row_becomes_a_typed_requirement() -> None:
    (row,) = read_list("list.csv", content(GOOD)).requirements
    assert row.levels == {Level.ELEMENTARY, Level.ADVANCED}
    assert row.uses == {StationUse.EXAM}
    assert row.quantity_basis is QuantityBasis.PER_WORKSTATION
    assert (row.quantity_n, row.quantity_unit) == (2, "")
    assert row.obligation is Obligation.MANDATORY
    assert (row.duty, row.interval_months) == (CalibrationDuty.CALIBRATION, 12)
    assert row.authority_item == Sourced(Authority.OFFICIAL)
    assert row.authority_parameters == Sourced(Authority.VENDOR, "part")


def test_the_bundled_draft_is_valid_and_never_official(root: Path) -> None:
    draft = (root / "inventory/data/requirements_draft.csv").read_bytes()
    reading = read_list("requirements_draft.csv", draft)
    assert (len(reading.requirements), reading.problems) == (286, ())
    assert reading.version == "DRAFT-0.1"
    assert "not the official list" in reading.stated_version
    official = [r for r in reading.requirements if r.authority_item.authority == "official"]
    assert official == []


def test_a_quantity_may_carry_a_unit() -> None:
    (row,) = read_list("list.csv", content(GOOD | {"quantity_n": "10 L"})).requirements
    assert (row.quantity_n, row.quantity_unit) == (10, "L")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("row_id", ""),
        ("row_id", "=1+1"),
        ("module_code", "电池"),
        ("level", "初级|特级"),
        ("station_use", "sometimes"),
        ("item_zh", ""),
        ("quantity_basis", "per_wheel"),
        ("quantity_n", "two"),
        ("quantity_n", "-1"),
        ("quantity_n", "0"),
        ("obligation", "maybe"),
        ("calibration_required", "sometimes"),
        ("interval_months", "1.5"),
        ("interval_months", "0"),
        ("authority_item", "hearsay"),
        ("authority_quantity", "official and more"),
    ],
)
def test_a_bad_cell_is_named_with_row_column_value_and_what_was_expected(
    column: str, value: str
) -> None:
    reading = read_list("list.csv", content(GOOD, GOOD | {"row_id": "R2", column: value}))
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.value) == (3, column, value)
    assert problem.expected_zh
    assert problem.expected_en
    assert [row.row_id for row in reading.requirements] == ["R1"]


def test_every_problem_of_a_row_is_reported_at_once() -> None:
    bad = GOOD | {"level": "x", "quantity_n": "y", "calibration_required": "z"}
    columns = [problem.column for problem in read_list("list.csv", content(bad)).problems]
    assert sorted(columns) == ["calibration_required", "level", "quantity_n"]


def test_a_repeated_row_id_names_the_first_row() -> None:
    (problem,) = read_list("list.csv", content(GOOD, GOOD)).problems
    assert (problem.row, problem.column) == (3, "row_id")
    assert "row 2" in problem.expected_en


def test_two_versions_in_one_file_are_refused() -> None:
    other = GOOD | {"row_id": "R2", "list_version": "T-2"}
    (problem,) = read_list("list.csv", content(GOOD, other)).problems
    assert (problem.row, problem.column, problem.value) == (3, "list_version", "T-2")


def test_n_examinees_and_functional_checks_need_their_numbers() -> None:
    per_n = GOOD | {"quantity_basis": "per_N_examinees"}
    check = GOOD | {
        "row_id": "R2",
        "calibration_required": "functional self-check 点检",
        "interval_months": "",
    }
    columns = [p.column for p in read_list("list.csv", content(per_n, check)).problems]
    assert columns == ["per_n_examinees", "interval_months"]


def test_a_row_with_too_many_cells_is_a_problem_of_that_row() -> None:
    raw = content(GOOD).decode("utf-8-sig").rstrip() + ",one,more\r\n"
    (problem,) = read_list("list.csv", raw.encode()).problems
    assert (problem.row, problem.value) == (2, "one | more")


def test_missing_columns_are_named() -> None:
    with pytest.raises(UnreadableFile, match="row_id"):
        read_list("list.csv", b"item_zh,quantity_n\r\na,1\r\n")


def test_gb18030_and_xlsx_read_like_utf8() -> None:
    plain = content(GOOD)
    chinese = plain.decode("utf-8-sig").encode("gb18030")
    sheet = content(GOOD, name="list.xlsx")
    expected = read_list("list.csv", plain).requirements
    assert read_list("list.csv", chinese).requirements == expected
    assert read_list("list.xlsx", sheet).requirements == expected


def test_numbers_and_dates_of_a_sheet_read_as_text() -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b", "c", "d"])
    sheet.append([2.0, 0.5, datetime(2026, 12, 1), True])  # noqa: DTZ001 - sheets know no zone
    buffer = io.BytesIO()
    book.save(buffer)
    (row,) = read_table("x.xlsx", buffer.getvalue()).rows
    assert list(row.cells.values()) == ["2", "0.5", "2026-12-01", "true"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.pdf", b"%PDF"),
        ("x", b""),
        ("x.csv", b""),
        ("x.csv", b"a\x00\x01"),
        ("x.csv", b"a,a\r\n1,2\r\n"),
        ("x.xlsx", b"PK\x03\x04 broken"),
        ("x.xlsx", b"not a zip"),
        ("x.csv", b"a\r\n" + b"x" * 20_000 + b"\r\n"),
        ("x.csv", b"a\r\n" + b"x\r\n" * 20_002),
        ("x.csv", b"x" * (20 * 1024 * 1024 + 1)),
    ],
    ids=["pdf", "no ending", "empty", "binary", "twice", "broken", "no zip", "cell", "rows", "big"],
)
def test_an_unfit_file_is_refused_in_plain_words(name: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_table(name, data)
    assert caught.value.zh
    assert caught.value.en


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("flags", [0x01, 0x20], ids=["encrypted", "patched"])
def test_a_sheet_that_cannot_be_unpacked_is_refused(flags: int) -> None:
    sheet = bytearray(content(GOOD, name="x.xlsx"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = sheet.find(signature)
        while place >= 0:
            sheet[place + offset] |= flags
            place = sheet.find(signature, place + 1)
    with pytest.raises(UnreadableFile):
        read_table("x.xlsx", bytes(sheet))


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_sheet_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable damage
    for _ in range(25):
        sheet = bytearray(content(GOOD, name="x.xlsx"))
        for _ in range(4):
            sheet[chance.randrange(len(sheet))] = chance.randrange(256)
        with contextlib.suppress(UnreadableFile):
            read_table("x.xlsx", bytes(sheet))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadableFile, match="compression"):
        read_table("x.xlsx", _zipped({"xl/worksheets/sheet1.xml": b" " * 20_000_000}))


def test_entities_in_a_sheet_are_refused() -> None:
    good = content(GOOD, name="x.xlsx")
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in parts if "worksheets/" in name)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    body = parts[sheet].partition(b"?>")
    parts[sheet] = bomb + (body[2] or body[0])
    with pytest.raises(UnreadableFile):
        read_table("x.xlsx", _zipped(parts))


def test_templates_name_every_column_and_import_as_an_empty_table() -> None:
    assert tuple(column.name for column in LIST_COLUMNS) == COLUMNS
    for name in ("t.csv", "t.xlsx"):
        table = read_table(name, template(name, LIST_COLUMNS))
        assert (table.columns, table.rows) == (COLUMNS, ())


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_exported_cell_is_a_formula(cells: list[str]) -> None:
    printable = ["".join(c for c in cell if c.isprintable()) for cell in cells]
    sheet = openpyxl.load_workbook(io.BytesIO(write_rows("x.xlsx", [printable]))).worksheets[0]
    for (cell,), text in zip(sheet.iter_cols(max_row=1), printable, strict=False):
        assert cell.data_type != "f"
        assert (cell.value or "") == harmless(text)
    assert not any(harmless(text).startswith(("=", "+", "-", "@", "\t", "\r")) for text in cells)


def test_an_exported_table_reads_back_the_same() -> None:
    cells = ["=1+1", "-", "+x", "plain", "'quoted"]
    for name in ("x.csv", "x.xlsx"):
        (row,) = read_table(name, write_rows(name, [list("abcde"), cells])).rows
        assert list(row.cells.values()) == cells
