from dataclasses import fields
from datetime import date

import pytest

from inventory.equipment.reading import RegisterReading, read_register
from inventory.equipment.rules import (
    EquipmentItem,
    EquipmentStatus,
    Ownership,
    Proof,
    ProofKind,
    ProofState,
    has_ended,
    months_after,
    proof,
    stands_in,
)
from inventory.equipment.template import REGISTER_COLUMNS
from inventory.requirements.tabular import UnreadableFile, read_table
from inventory.requirements.writing import template, write_rows

DAY = date(2026, 12, 1)


def read(cells: dict[str, str], name: str = "register.csv") -> RegisterReading:
    plain = {"asset_number": "A1", "item_zh": "万用表"} | cells
    return read_register(name, write_rows(name, [list(plain), list(plain.values())]))


def calibrated(done_on: date | None, until: date | None, months: int | None = 12) -> Proof:
    item = EquipmentItem("A1", "万用表", calibration_done_on=done_on, calibration_valid_until=until)
    return proof(item, ProofKind.CALIBRATION, DAY, months)


@pytest.mark.parametrize(
    ("done_on", "until", "state"),
    [
        (None, DAY, ProofState.VALID),
        (None, date(2026, 11, 30), ProofState.EXPIRED),
        (date(2025, 12, 1), None, ProofState.VALID),
        (date(2025, 11, 30), None, ProofState.EXPIRED),
        (date(2020, 1, 1), date(2027, 1, 1), ProofState.VALID),
        (date(2026, 12, 2), date(2027, 12, 1), ProofState.NOT_YET),
        (None, None, ProofState.MISSING),
    ],
)
def test_a_proof_is_worth_what_its_last_day_says(
    done_on: date | None, until: date | None, state: ProofState
) -> None:
    assert calibrated(done_on, until).state is state


def test_without_interval_and_last_day_nothing_is_proven() -> None:
    assert calibrated(date(2026, 11, 1), None, months=None).state is ProofState.MISSING


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 6, 30), 24, date(2028, 6, 30)),
        (date(9999, 12, 31), 1, date.max),
        (date(9990, 1, 1), 600, date.max),
    ],
)
def test_months_end_where_the_calendar_says(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_a_loan_counts_through_its_last_day() -> None:
    borrowed = EquipmentItem("A1", "车", owner=Ownership.BORROWED, borrowed_until=DAY)
    assert not has_ended(borrowed, DAY)
    assert has_ended(borrowed, date(2026, 12, 2))
    assert has_ended(EquipmentItem("A1", "车", owner=Ownership.BORROWED), DAY)


def test_a_thing_without_stations_serves_them_all() -> None:
    assert stands_in(EquipmentItem("A1", "车"), "BJ01-T")
    assert not stands_in(EquipmentItem("A1", "车", station_codes=("BJ01-E",)), "BJ01-T")


def test_a_row_becomes_typed_equipment() -> None:
    (item,) = read(
        {
            "quantity": "2",
            "status": "在修",
            "station_codes": "BJ01-T; BJ01-E",
            "serves_rows": "C2-X-035；C1-X-010",
            "calibration_valid_until": "2027/2/28",
            "owner": "借入",
            "borrowed_until": "2027年6月30日",
        }
    ).items
    assert (item.quantity, item.status) == (2, EquipmentStatus.UNDER_REPAIR)
    assert item.station_codes == ("BJ01-T", "BJ01-E")
    assert item.serves_rows == ("C2-X-035", "C1-X-010")
    assert item.calibration_valid_until == date(2027, 2, 28)
    assert (item.owner, item.borrowed_until) == (Ownership.BORROWED, date(2027, 6, 30))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("asset_number", ""),
        ("asset_number", "=cmd"),
        ("asset_number", "a b"),
        ("item_zh", ""),
        ("quantity", "0"),
        ("quantity", "-2"),
        ("quantity", "two"),
        ("quantity_unit", "furlong"),
        ("status", "somewhere"),
        ("station_codes", "BJ01 T; ="),
        ("bench_code", "battery 01"),
        ("calibration_valid_until", "31.02.2026"),
        ("calibration_done_on", "2026-02-30"),
        ("functional_check_on", "yesterday"),
        ("owner", "found"),
    ],
)
def test_a_bad_cell_is_named(column: str, value: str) -> None:
    reading = read({column: value})
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.value) == (2, column, value)
    assert problem.expected_zh
    assert problem.expected_en
    assert reading.rows == ()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"owner": "borrowed"}, "borrowed_until"),
        ({"bench_code": "battery-01", "quantity": "2"}, "quantity"),
        (
            {"calibration_done_on": "2026-05-01", "calibration_valid_until": "2026-04-01"},
            "calibration_valid_until",
        ),
    ],
)
def test_cells_that_contradict_each_other_are_named(cells: dict[str, str], column: str) -> None:
    (problem,) = read(cells).problems
    assert problem.column == column


def test_a_repeated_asset_number_names_the_first_row() -> None:
    rows = [["asset_number", "item_zh"], ["A1", "车"], ["A1", "车"]]
    (problem,) = read_register("r.csv", write_rows("r.csv", rows)).problems
    assert (problem.row, problem.column) == (3, "asset_number")


def test_chinese_headings_are_understood() -> None:
    rows = [["资产编号", "设备/工具名称", "校准有效期至"], ["A1", "万用表", "2027-01-01"]]
    (item,) = read_register("r.xlsx", write_rows("r.xlsx", rows)).items
    assert item.calibration_valid_until == date(2027, 1, 1)


def test_unknown_columns_are_reported_as_ignored() -> None:
    assert read({"colour": "red"}).ignored_columns == ("colour",)


def test_a_register_needs_number_and_name() -> None:
    with pytest.raises(UnreadableFile, match="item_zh"):
        read_register("r.csv", b"asset_number\r\nA1\r\n")


def test_the_template_has_every_field_of_equipment_and_its_example_is_valid() -> None:
    names = [field.name for field in fields(EquipmentItem)]
    assert [column.name for column in REGISTER_COLUMNS] == names
    for file_name in ("t.csv", "t.xlsx"):
        empty = read_table(file_name, template(file_name, REGISTER_COLUMNS))
        assert (list(empty.columns), empty.rows) == (names, ())
    example = {column.name: column.example for column in REGISTER_COLUMNS}
    assert read(example).problems == ()
