from datetime import date

import pytest

from inventory.equipment.proof_file import (
    PROOF_COLUMNS,
    ProofReading,
    proof_rows,
    read_proof_file,
    unknown_assets,
)
from inventory.equipment.rules import EquipmentItem
from inventory.proofs.rules import ProofKind, ProofRecord, ProofResult
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.writing import template, write_rows


def read(cells: dict[str, str]) -> ProofReading:
    plain = {"asset_number": "A1", "kind": "校准", "done_on": "2026-03-01"} | cells
    return read_proof_file("p.csv", write_rows("p.csv", [list(plain), list(plain.values())]))


def test_a_thing_s_proofs_read_back_as_they_were_written() -> None:
    proofs = (
        ProofRecord(ProofKind.CALIBRATION, date(2025, 3, 1), date(2026, 3, 1)),
        ProofRecord(
            ProofKind.CALIBRATION,
            date(2026, 3, 1),
            None,
            12,
            ProofResult.LIMITED,
            "CAL-7",
            "市计量院",
        ),
        ProofRecord(ProofKind.SAFETY_TEST, date(2026, 4, 1), result=ProofResult.FAIL),
    )
    written = proof_rows([EquipmentItem("A1", "万用表", proofs=proofs), EquipmentItem("A2", "车")])
    reading = read_proof_file("p.xlsx", write_rows("p.xlsx", written))
    assert [(row.asset_number, row.record) for row in reading.rows] == [
        ("A1", proof) for proof in proofs
    ]


def test_chinese_words_and_headings_are_understood() -> None:
    rows = [["资产编号", "类型", "有效期至", "结果"], ["A1", "预防性试验", "2027/1/1", "不合格"]]
    (row,) = read_proof_file("p.csv", write_rows("p.csv", rows)).rows
    assert row.record == ProofRecord(
        ProofKind.SAFETY_TEST, valid_until=date(2027, 1, 1), result=ProofResult.FAIL
    )


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"asset_number": ""}, "asset_number"),
        ({"kind": "weighed"}, "kind"),
        ({"done_on": ""}, "done_on"),
        ({"done_on": "2026-02-30"}, "done_on"),
        ({"valid_until": "2026-02-28"}, "valid_until"),
        ({"interval_months": "0"}, "interval_months"),
        ({"result": "maybe"}, "result"),
    ],
)
def test_a_bad_cell_is_named(cells: dict[str, str], column: str) -> None:
    reading = read(cells)
    (problem,) = reading.problems
    assert (problem.row, problem.column, reading.rows) == (2, column, ())


def test_things_that_are_not_in_the_register_are_named() -> None:
    (problem,) = unknown_assets(read({}).rows, {"A2"})
    assert (problem.row, problem.column, problem.value) == (2, "asset_number", "A1")
    assert unknown_assets(read({}).rows, {"A1"}) == []


def test_the_template_s_example_is_valid_and_columns_are_needed() -> None:
    example = {column.name: column.example for column in PROOF_COLUMNS}
    assert read(example).problems == ()
    assert read_proof_file("t.csv", template("t.csv", PROOF_COLUMNS)).rows == ()
    with pytest.raises(UnreadableFile, match="kind"):
        read_proof_file("p.csv", b"asset_number\r\nA1\r\n")
