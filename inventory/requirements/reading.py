"""How rows of a list file become requirements, and what is said of every row that does not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.errors import Invalid
from inventory.requirements.cells import RowReader, Unexpected, one_of, text, whole_number
from inventory.requirements.mapped import read_mapped
from inventory.requirements.mapping import ListMapping, objection
from inventory.requirements.parameters import clauses_of
from inventory.requirements.rows_together import other_version, repeated
from inventory.requirements.rules import (
    MODULE_CODE,
    Authority,
    CalibrationDuty,
    Obligation,
    QuantityBasis,
    Requirement,
    Sourced,
)
from inventory.requirements.schema import MAX_CELL, RequirementCells
from inventory.requirements.sheets import read_grids
from inventory.requirements.tabular import (
    PassedOver,
    RowProblem,
    SourceRow,
    Table,
    read_table,
)
from inventory.requirements.units import COUNT
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.values import Quantity, read_value
from inventory.stations.rules import Level, StationUse

COLUMNS = tuple(RequirementCells.model_fields)
REQUIRED_COLUMNS = tuple(
    name for name, field in RequirementCells.model_fields.items() if field.is_required()
)
LEVEL_WORDS = {"初级": Level.ELEMENTARY, "中级": Level.INTERMEDIATE, "高级": Level.ADVANCED}
_USES = {
    "both": frozenset(StationUse),
    "training": frozenset({StationUse.TRAINING}),
    "培训": frozenset({StationUse.TRAINING}),
    "exam": frozenset({StationUse.EXAM}),
    "考核": frozenset({StationUse.EXAM}),
}
_SOURCED = re.compile(r"(?P<authority>[a-z_]+)(?:\s*\((?P<qualifier>[^()]+)\))?")
_ROW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


@dataclass(frozen=True, slots=True)
class ListReading:
    """What a list file says: readable rows, problems of the others, and its own version text.

    `extras` are, row by row, the cells of columns that mean nothing to us.
    """

    requirements: tuple[Requirement, ...]
    cells: tuple[RequirementCells, ...]
    problems: tuple[RowProblem, ...]
    stated_version: str
    ignored_columns: tuple[str, ...]
    extras: tuple[Mapping[str, str], ...] = ()
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def version(self) -> str:
        """The version without the remark in brackets that may follow it."""
        return self.stated_version.partition("(")[0].strip()


def read_list(name: str, content: bytes, mapping: ListMapping | None = None) -> ListReading:
    """Read a requirement list; rows are checked one by one and, for repeated ids, together.

    Args:
        name: file name; its ending decides how the content is read.
        content: the file.
        mapping: how somebody else's columns become ours; None: the file has ours.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
        Invalid: the mapping does not fit the file.
    """
    if mapping is None:
        table = read_table(name, content)
        demand_columns(table.columns, REQUIRED_COLUMNS)
        extras = tuple(_beside(row) for row in table.rows)
        return _read_rows(table, extras, table.comments)
    grids = read_grids(name, content)
    found = objection(mapping, grids)
    if found is not None:
        raise Invalid(*found)
    mapped = read_mapped(grids, mapping)
    return _read_rows(mapped.table, mapped.extras, mapped.passed_over)


def _read_rows(
    table: Table, extras: Sequence[Mapping[str, str]], passed_over: tuple[PassedOver, ...]
) -> ListReading:
    if not table.rows and not table.problems:
        raise UnreadableFile("清单没有任何要求行", "the list has no rows")
    requirements, cells, problems = [], [], list(table.problems)
    kept: list[Mapping[str, str]] = []
    first_seen: dict[str, SourceRow] = {}
    versions = {row.cells.get("list_version", "") for row in table.rows} - {""}
    for row, beside in zip(table.rows, extras, strict=True):
        requirement, row_problems = read_requirement(row)
        row_problems.extend(repeated(row, first_seen))
        if len(versions) > 1:
            row_problems.extend(other_version(row, table.rows[0]))
        problems.extend(row_problems)
        if not row_problems:
            requirements.append(requirement)
            cells.append(RequirementCells.model_validate(_known(row)))
            kept.append(beside)
    beside_columns = [name for name in table.columns if name not in COLUMNS]
    beside_columns += [name for beside in extras for name in beside]
    stated = table.rows[0].cells.get("list_version", "") if table.rows else ""
    problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return ListReading(
        tuple(requirements),
        tuple(cells),
        tuple(problems),
        stated,
        tuple(dict.fromkeys(beside_columns)),
        tuple(kept),
        passed_over,
    )


def demand_columns(columns: Sequence[str], required: Sequence[str]) -> None:
    """Refuse a file whose header lacks columns.

    Raises:
        UnreadableFile: naming the missing columns.
    """
    missing = [name for name in required if name not in columns]
    if missing:
        raise UnreadableFile(
            f"表头缺少列：{'、'.join(missing)}", f"the header lacks columns: {', '.join(missing)}"
        )


def read_requirement(row: SourceRow, parameters: str = "") -> tuple[Requirement, list[RowProblem]]:
    """Read one row; the requirement is meaningful only when there is no problem.

    Args:
        row: the row as the file has it.
        parameters: its clauses where people have settled them; empty: what can be read for sure.
    """
    reader = RowReader(row)
    for column in COLUMNS:
        if len(row.cells.get(column, "")) > MAX_CELL:
            reader.read(column, _ANY_CELL)
    duty, condition = reader.read("calibration_required", _duty, (CalibrationDuty.NONE, ""))
    number, unit_symbol = reader.read("quantity_n", _quantity, (1.0, ""))
    requirement = Requirement(
        row_id=reader.read("row_id", _row_id),
        module_code=reader.read("module_code", _module_code),
        levels=reader.read("level", _levels),
        uses=reader.read("station_use", uses_of),
        category=row.cells.get("category", ""),
        exam_tasks=reader.read("exam_task", _exam_tasks),
        item_zh=reader.read("item_zh", text(200, is_required=True)),
        item_en=reader.read("item_en", text(200)),
        technical_parameters=parameters
        or clauses_of(row.cells.get("technical_parameters", ""), row.cells.get("item_zh", "")),
        quantity_basis=reader.read("quantity_basis", _basis),
        quantity_n=number,
        quantity_unit=unit_symbol,
        per_n_examinees=reader.read("per_n_examinees", whole_number(1, 10_000)),
        obligation=reader.read("obligation", _OBLIGATION),
        duty=duty,
        duty_condition=condition,
        interval_months=reader.read("interval_months", whole_number(1, 600)),
        sharing_rule=row.cells.get("sharing_rule", ""),
        alternative_group=row.cells.get("alternative_group", "").strip("-"),
        authority_item=reader.read("authority_item", sourced),
        authority_parameters=reader.read("authority_parameters", sourced),
        authority_quantity=reader.read("authority_quantity", sourced),
        substitutes=row.cells.get("substitute_allowed", ""),
    )
    _check_together(reader, requirement)
    return requirement, reader.problems


def _check_together(reader: RowReader, requirement: Requirement) -> None:
    if (
        requirement.quantity_basis is QuantityBasis.PER_N_EXAMINEES
        and requirement.per_n_examinees is None
    ):
        reader.refuse(
            "per_n_examinees",
            Unexpected("每 N 名考生的 N（整数）", "the N of per_N_examinees, a whole number"),
        )
    if requirement.duty is CalibrationDuty.FUNCTIONAL_CHECK and requirement.interval_months is None:
        reader.refuse(
            "interval_months",
            Unexpected("点检周期（月）", "the interval of the functional check in months"),
        )


_ANY_CELL = text(MAX_CELL)
_AUTHORITIES = frozenset(one.value for one in Authority)
_OBLIGATION = one_of(Obligation, {"必备": Obligation.MANDATORY, "推荐": Obligation.RECOMMENDED})


def _row_id(cell: str) -> str:
    if not _ROW_ID.fullmatch(cell):
        raise Unexpected(
            "1–64 个字母、数字或 . _ / -", "1-64 letters, digits or . _ / -, beginning with one"
        )
    return cell


def _module_code(cell: str) -> str:
    if not MODULE_CODE.fullmatch(cell):
        raise Unexpected("模块代码，如 2-1 或 2-*", "a module code such as 2-1 or 2-*")
    return cell


def _levels(cell: str) -> frozenset[Level]:
    if cell == "*":
        return frozenset(Level)
    words = LEVEL_WORDS | {level.value: level for level in Level}
    parts = [part.strip().casefold() for part in cell.split("|")]
    if not all(part in words for part in parts):
        raise Unexpected("初级、中级、高级，用 | 分隔", "初级, 中级, 高级, separated by |")
    return frozenset(words[part] for part in parts)


def uses_of(cell: str) -> frozenset[StationUse]:
    """The uses a cell names: both, 培训 or 考核."""
    found = _USES.get(cell.casefold())
    if found is None:
        raise Unexpected("both、培训 或 考核", "both, 培训 (training) or 考核 (exam)")
    return found


def _exam_tasks(cell: str) -> tuple[int, ...]:
    if cell in {"", "*"}:
        return ()
    parts = [part.strip() for part in cell.split("|")]
    if not all(re.fullmatch(r"[1-9]\d?", part) for part in parts):
        raise Unexpected("* 或考核项目序号，如 1|2", "* or numbers of exam tasks such as 1|2")
    return tuple(sorted({int(part) for part in parts}))


def _basis(cell: str) -> QuantityBasis:
    word = cell.split(maxsplit=1)[0] if cell else ""
    for basis in QuantityBasis:
        if word.casefold() == basis.value.casefold():
            return basis
    known = ", ".join(QuantityBasis)
    raise Unexpected(f"数量基准：{known}", f"a quantity basis: {known}")


def _quantity(cell: str) -> tuple[float, str]:
    value = read_value(cell)
    if not isinstance(value, Quantity) or not 0 < value.number <= 1_000_000:  # noqa: PLR2004
        raise Unexpected("正数，可带单位，如 2 或 10 L", "a positive number such as 2 or 10 L")
    return value.number, "" if value.unit.kind == COUNT else value.unit.symbol


def _duty(cell: str) -> tuple[CalibrationDuty, str]:
    for duty in CalibrationDuty:
        if cell.casefold() == duty.value or cell.casefold().startswith(f"{duty.value} "):
            return duty, "".join(re.findall(r"\(([^()]*)\)", cell))
    if not cell:
        return CalibrationDuty.NONE, ""
    known = ", ".join(CalibrationDuty)
    raise Unexpected(f"检定/校准要求：{known}", f"a duty: {known}")


def sourced(cell: str) -> Sourced:
    """An authority with its qualifier, as a cell names it."""
    match = _SOURCED.fullmatch(cell)
    if match is None or match["authority"] not in _AUTHORITIES:
        known = ", ".join(Authority)
        raise Unexpected(
            f"依据：{known}，可加括号限定", f"an authority: {known}; (qualifier) may follow"
        )
    return Sourced(Authority(match["authority"]), (match["qualifier"] or "").strip())


def _known(row: SourceRow) -> dict[str, str]:
    return {name: cell for name, cell in row.cells.items() if name in COLUMNS}


def _beside(row: SourceRow) -> dict[str, str]:
    return {name: cell for name, cell in row.cells.items() if cell and name not in COLUMNS}
