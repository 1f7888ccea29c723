"""How rows of a file become conditions, and what is said of every row that does not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.conditions.recognising import recognised
from inventory.conditions.rules import Check, Condition
from inventory.conditions.schema import MAX_CELL, ConditionCells
from inventory.readiness.findings import Bilingual
from inventory.requirements.cells import RowReader, Unexpected, text
from inventory.requirements.reading import demand_columns, sourced, uses_of
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.writing import Column

CONDITION_COLUMNS = (
    Column("condition_id", "条件编号", "每行唯一的编号", "COND-001"),
    Column("station", "站类型", "both（两者）、培训 或 考核", "both"),
    Column("topic", "类别", "", "staff"),
    Column("condition_zh", "条件", "", "双师型教师占比"),
    Column("condition_en", "英文", "可不填", "share of dual-qualified teachers"),
    Column("rule", "规则", "", "dual_qualified_share >= 50 %"),
    Column("evidence", "证明材料", "", "staff register + certificates"),
    Column(
        "authority",
        "依据",
        "official / evaluation_org_document / policy / recommended_standard / exam_report / "
        "school_report / competition / tender / web_guidance / vendor / inference，可加括号限定",
        "policy",
    ),
    Column("source", "来源", "", "教职成司函〔2019〕36号"),
    Column("check", "计算方式", f"可不填，自动识别；或 {' / '.join(Check)}", ""),
    Column("list_version", "清单版本", "全表相同", ""),
)
CHINESE_NAMES = {column.zh: column.name for column in CONDITION_COLUMNS}
_CELLS = tuple(ConditionCells.model_fields)
_REQUIRED = tuple(
    name for name, field in ConditionCells.model_fields.items() if field.is_required()
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


@dataclass(frozen=True, slots=True)
class ConditionReading:
    """What a file says: readable rows, problems of the others, and its own version text."""

    conditions: tuple[Condition, ...]
    cells: tuple[ConditionCells, ...]
    problems: tuple[RowProblem, ...]
    stated_version: str
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def version(self) -> str:
        """The version without the remark in brackets that may follow it."""
        return self.stated_version.partition("(")[0].strip()


def read_conditions(name: str, content: bytes) -> ConditionReading:
    """Read a list of conditions; headers may be the column names or their Chinese headings.

    Raises:
        UnreadableFile: the file as a whole can't be read, lacks columns or has no rows.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, _REQUIRED)
    if not table.rows and not table.problems:
        raise UnreadableFile("清单没有任何条件行", "the list has no rows")
    conditions, cells, problems = [], [], list(table.problems)
    first_seen: dict[str, int] = {}
    versions = [row.cells.get("list_version", "") for row in table.rows]
    for row in table.rows:
        condition, found = read_condition(row)
        found += _repeated(row, first_seen)
        if row.cells.get("list_version", "") not in {"", versions[0]}:
            expected = (f"全表相同：{versions[0]}", f"the same in all rows: {versions[0]}")
            cell = row.cells["list_version"]
            found.append(RowProblem(row.number, "list_version", cell, *expected))
        problems += found
        if not found:
            conditions.append(condition)
            known = {name: cell for name, cell in row.cells.items() if name in _CELLS}
            cells.append(ConditionCells.model_validate(known))
    named = {column.name for column in CONDITION_COLUMNS}
    return ConditionReading(
        tuple(conditions),
        tuple(cells),
        tuple(sorted(problems, key=lambda problem: problem.row)),
        versions[0] if versions else "",
        tuple(name for name in table.columns if name not in named),
        table.comments,
    )


def read_condition(row: SourceRow) -> tuple[Condition, list[RowProblem]]:
    """Read one row; the condition is meaningful only when there is no problem."""
    reader = RowReader(row)
    for column in _CELLS:
        reader.read(column, text(MAX_CELL))
    cells: Mapping[str, str] = row.cells
    zh, en, rule = (cells.get(name, "") for name in ("condition_zh", "condition_en", "rule"))
    named = reader.read("check", _check)
    condition = Condition(
        condition_id=reader.read("condition_id", _condition_id),
        uses=reader.read("station", uses_of),
        topic=cells.get("topic", ""),
        text=Bilingual(reader.read("condition_zh", text(MAX_CELL, is_required=True)), en or zh),
        rule=rule,
        evidence=cells.get("evidence", ""),
        authority=reader.read("authority", sourced),
        source=cells.get("source", ""),
        check=recognised(rule, zh, en) if named is None else named,
    )
    return condition, reader.problems


def _repeated(row: SourceRow, seen: dict[str, int]) -> list[RowProblem]:
    code = row.cells.get("condition_id", "")
    first = seen.setdefault(code, row.number)
    if first == row.number:
        return []
    expected = (f"编号不重复（第 {first} 行已有）", f"an id of its own (row {first} has it)")
    return [RowProblem(row.number, "condition_id", code, *expected)]


def _condition_id(cell: str) -> str:
    if not _ID.fullmatch(cell):
        raise Unexpected(
            "1–64 个字母、数字或 . _ / -", "1-64 letters, digits or . _ / -, beginning with one"
        )
    return cell


def _check(cell: str) -> Check | None:
    if not cell:
        return None
    if cell not in set(Check):
        known = ", ".join(Check)
        raise Unexpected(f"空白，或下列之一：{known}", f"nothing, or one of: {known}")
    return Check(cell)
