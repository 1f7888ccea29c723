"""A file with any number of proofs for each thing, one a row, beside the register's own columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.equipment.columns import cell
from inventory.equipment.rules import EquipmentItem
from inventory.proofs.rules import ProofKind, ProofRecord, ProofResult
from inventory.proofs.schema import MOST_MONTHS
from inventory.requirements.cells import RowReader, Unexpected, day, one_of, text, whole_number
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.writing import Column

PROOF_COLUMNS = (
    Column("asset_number", "资产编号", "台账中已有的编号", "BJ01-0001"),
    Column(
        "kind",
        "类型",
        "calibration 校准 / verification 检定 / safety_test 预防性试验 / functional_check 点检",
        "calibration",
    ),
    Column("done_on", "完成日期", "如 2026-03-01", "2026-03-01"),
    Column("valid_until", "有效期至", "含当日；与周期至少填一项", "2027-02-28"),
    Column("interval_months", "周期（月）", "未写有效期时由它推算", "12"),
    Column("result", "结果", "pass 合格 / limited 限用 / fail 不合格；空为合格", "pass"),
    Column("certificate_no", "证书编号", "", "CAL-2026-0001"),
    Column("issued_by", "出具单位", "", "市计量院"),
)
PROOF_NAMES = {column.zh: column.name for column in PROOF_COLUMNS}
_KIND = one_of(
    ProofKind,
    {
        "校准": ProofKind.CALIBRATION,
        "检定": ProofKind.VERIFICATION,
        "预防性试验": ProofKind.SAFETY_TEST,
        "点检": ProofKind.FUNCTIONAL_CHECK,
    },
)
_RESULT = one_of(
    ProofResult,
    {
        "": ProofResult.PASS,
        "合格": ProofResult.PASS,
        "限用": ProofResult.LIMITED,
        "准用": ProofResult.LIMITED,
        "不合格": ProofResult.FAIL,
    },
)


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A readable row with the number a spreadsheet program shows."""

    number: int
    asset_number: str
    record: ProofRecord


@dataclass(frozen=True, slots=True)
class ProofReading:
    """What a file of proofs says: readable rows and problems of the others."""

    rows: tuple[ProofRow, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def read_proof_file(name: str, content: bytes) -> ProofReading:
    """Read a file of proofs; headers may be the column names or their Chinese headings.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, PROOF_NAMES)
    demand_columns(table.columns, ("asset_number", "kind"))
    rows: list[ProofRow] = []
    problems = list(table.problems)
    for row in table.rows:
        found, row_problems = _read(row)
        problems += row_problems
        if not row_problems:
            rows.append(found)
    ignored = tuple(column for column in table.columns if column not in PROOF_NAMES.values())
    return ProofReading(tuple(rows), tuple(problems), ignored, table.comments)


def proof_rows(items: Iterable[EquipmentItem]) -> list[list[str]]:
    """All proofs of all things as rows of a file, header first; it reads back as it was written."""
    names = [column.name for column in PROOF_COLUMNS]
    return [
        names,
        *(
            [item.asset_number, *(cell(getattr(record, name)) for name in names[1:])]
            for item in items
            for record in item.proofs
        ),
    ]


def unknown_assets(rows: Sequence[ProofRow], known: Iterable[str]) -> list[RowProblem]:
    """Problems of rows that name nothing in the register."""
    there = set(known)
    return [
        RowProblem(
            row.number,
            "asset_number",
            row.asset_number,
            "台账中已有的资产编号",
            "an asset number that is in the register",
        )
        for row in rows
        if row.asset_number not in there
    ]


def _read(row: SourceRow) -> tuple[ProofRow, list[RowProblem]]:
    reader = RowReader(row)
    asset_number = reader.read("asset_number", text(64, is_required=True))
    record = ProofRecord(
        kind=reader.read("kind", _KIND),
        done_on=reader.read("done_on", day),
        valid_until=reader.read("valid_until", day),
        interval_months=reader.read("interval_months", whole_number(1, MOST_MONTHS)),
        result=reader.read("result", _RESULT),
        certificate_no=reader.read("certificate_no", text(200)),
        issued_by=reader.read("issued_by", text(200)),
    )
    if not reader.problems:
        _check_together(reader, record)
    return ProofRow(row.number, asset_number, record), reader.problems


def _check_together(reader: RowReader, record: ProofRecord) -> None:
    done_on, until = record.done_on, record.valid_until
    if done_on is None and until is None and not record.certificate_no:
        reader.refuse("done_on", Unexpected("完成日期或有效期", "the day it was done, or its last"))
    if done_on is not None and until is not None and until < done_on:
        reader.refuse("valid_until", Unexpected(f"不早于 {done_on}", f"a day not before {done_on}"))
