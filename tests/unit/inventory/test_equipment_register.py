from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from inventory.agreements.rules import Agreement, AgreementState, Loan
from inventory.equipment.columns import DATED, register_rows
from inventory.equipment.duties import intervals_of
from inventory.equipment.reading import RegisterReading, read_register
from inventory.equipment.rules import (
    EquipmentItem,
    EquipmentStatus,
    Ownership,
    loan_of,
    stands_in,
)
from inventory.equipment.template import REGISTER_COLUMNS
from inventory.proofs.rules import ProofKind, ProofRecord
from inventory.requirements.rules import CalibrationDuty
from inventory.requirements.tabular import read_table
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.writing import template, write_rows
from tests.requirement_rows import requirement

DAY = date(2026, 12, 1)


def read(cells: dict[str, str], name: str = "register.csv") -> RegisterReading:
    plain = {"asset_number": "A1", "item_zh": "万用表"} | cells
    return read_register(name, write_rows(name, [list(plain), list(plain.values())]))


def test_a_borrowed_thing_s_agreement_decides_and_its_own_none() -> None:
    borrowed = EquipmentItem(
        "A1", "车", owner=Ownership.BORROWED, agreements=(Agreement(valid_to=DAY),)
    )
    assert loan_of(borrowed, DAY) == Loan(AgreementState.RUNNING, borrowed.agreements[0])
    assert loan_of(replace(borrowed, owner=Ownership.OWN), DAY) is None


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
            "lender": "某公司",
            "borrowed_until": "2027年6月30日",
        }
    ).items
    assert (item.quantity, item.status) == (2, EquipmentStatus.UNDER_REPAIR)
    assert item.station_codes == ("BJ01-T", "BJ01-E")
    assert item.serves_rows == ("C2-X-035", "C1-X-010")
    (proof,) = item.proofs
    assert (proof.kind, proof.valid_until) == (ProofKind.CALIBRATION, date(2027, 2, 28))
    assert item.owner is Ownership.BORROWED
    assert item.agreements == (Agreement("某公司", None, date(2027, 6, 30)),)


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
            {"owner": "借入", "borrowed_from": "2027-01-02", "borrowed_until": "2027-01-01"},
            "borrowed_until",
        ),
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
    assert [proof.valid_until for proof in item.proofs] == [date(2027, 1, 1)]


def test_a_character_that_workbooks_can_not_hold_keeps_no_table_back() -> None:
    rows = [["asset_number", "item_zh"], ["A1", "万用\x01表\ufffe"]]
    (item,) = read_register("r.xlsx", write_rows("r.xlsx", rows)).items
    assert item.item_zh == "万用\N{REPLACEMENT CHARACTER}表\N{REPLACEMENT CHARACTER}"


def test_unknown_columns_are_reported_as_ignored() -> None:
    assert read({"colour": "red"}).ignored_columns == ("colour",)


def test_a_register_needs_number_and_name() -> None:
    with pytest.raises(UnreadableFile, match="item_zh"):
        read_register("r.csv", b"asset_number\r\nA1\r\n")


def test_the_template_has_every_field_of_equipment_and_its_example_is_valid() -> None:
    names = [column.name for column in REGISTER_COLUMNS]
    dated = {name for columns in DATED.values() for name in columns if name}
    dated |= {"certificate_no", "lender", "borrowed_from", "borrowed_until"}
    plain = {field.name for field in fields(EquipmentItem)} - {"proofs", "agreements", "repair"}
    assert set(names) == plain | dated
    for file_name in ("t.csv", "t.xlsx"):
        empty = read_table(file_name, template(file_name, REGISTER_COLUMNS))
        assert (list(empty.columns), empty.rows) == (names, ())
    example = {column.name: column.example for column in REGISTER_COLUMNS}
    assert read(example).problems == ()


def test_a_register_reads_back_as_it_was_written_with_the_latest_of_each_kind() -> None:
    number = ProofRecord(ProofKind.VERIFICATION, date(2026, 3, 1), None, certificate_no="V-1")
    newer = ProofRecord(ProofKind.SAFETY_TEST, date(2026, 5, 1), date(2026, 11, 1))
    item = EquipmentItem(
        "A1",
        "电子秤",
        quantity=2.5,
        quantity_unit="kg",
        status=EquipmentStatus.UNDER_REPAIR,
        station_codes=("BJ01-T", "BJ01-E"),
        owner=Ownership.BORROWED,
        proofs=(number, newer),
        agreements=(Agreement("某公司", date(2026, 1, 1), date(2026, 12, 31)),),
    )
    older = replace(newer, done_on=date(2025, 5, 1), valid_until=date(2025, 11, 1))
    written = register_rows([replace(item, proofs=(older, number, newer))])
    assert read_register("r.csv", write_rows("r.csv", written)).items == (item,)


def test_a_certificate_number_alone_is_kept() -> None:
    (item,) = read({"certificate_no": "C-1"}).items
    assert item.proofs == (ProofRecord(ProofKind.CALIBRATION, certificate_no="C-1"),)


def test_a_thing_is_proven_as_often_as_the_strictest_row_it_serves_asks() -> None:
    duty = CalibrationDuty.FUNCTIONAL_CHECK
    intervals = intervals_of(
        [
            requirement("R1", item_zh="车", duty=duty, interval_months=6),
            requirement("R2", item_zh="车", duty=duty, interval_months=3),
            requirement("R3", item_zh="秤", duty=CalibrationDuty.NONE, interval_months=1),
            requirement("R4", item_zh="秤", duty=duty),
        ]
    )
    kind = ProofKind.FUNCTIONAL_CHECK
    assert intervals.of(EquipmentItem("A1", "车"), kind) == 3
    assert intervals.of(EquipmentItem("A2", "小车", serves_rows=("R1", "R9")), kind) == 6
    assert intervals.of(EquipmentItem("A3", "秤"), kind) is None
    assert intervals.of(EquipmentItem("A1", "车"), ProofKind.CALIBRATION) is None


@pytest.mark.parametrize("heading", ["original_value", "原值(元)", "原值（元）", "原值", "原价"])
def test_the_original_value_of_a_row_is_read_under_the_headings_schools_use(heading: str) -> None:
    (item,) = read({heading: "12,800.5"}).items
    assert str(item.original_value) == "12800.50"


def test_a_price_counts_as_often_as_there_are_pieces() -> None:
    (item,) = read({"单价": "99.90", "quantity": "3"}).items
    assert str(item.original_value) == "299.70"
    (both,) = read({"单价": "100", "quantity": "2.5", "原值": "250"}).items
    assert str(both.original_value) == "250.00"


def test_price_and_value_that_contradict_each_other_are_refused_with_the_right_sum() -> None:
    (problem,) = read({"单价": "100", "quantity": "2", "原值": "100"}).problems
    assert (problem.column, problem.expected_zh) == ("unit_price", "200.00（单价 × 数量）")
    (huge,) = read({"单价": "1000000000", "quantity": "2"}).problems
    assert "1000000000" in huge.expected_en
    (odd,) = read({"原值": "面议"}).problems
    assert (odd.column, odd.value) == ("original_value", "面议")


def test_a_value_reads_back_as_it_was_written_and_none_stays_none() -> None:
    items = (
        EquipmentItem("A1", "台架", original_value=Decimal("268000.00")),
        EquipmentItem("A2", "表"),
    )
    assert read_register("r.xlsx", write_rows("r.xlsx", register_rows(items))).items == items
    assert not read({"colour": "red"}).has_values
