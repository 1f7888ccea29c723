"""How a school's own table of batches becomes batches, and what is said of every other row."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from inventory.annual_reports.rules import Figures, WrongTotal, has_more_certified, total
from inventory.annual_reports.rules import wrong_totals as differing
from inventory.annual_reports.schema import MOST_PERSONS, BatchOrder
from inventory.requirements.cells import RowReader, Unexpected, text, whole_number
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.writing import Column
from inventory.stations.rules import Level

BATCH_COLUMNS = (
    Column("batch", "批次", "", "2026年第一批次"),
    Column("certificate", "证书名称", "", "智能新能源汽车职业技能等级证书"),
    Column("profession", "覆盖专业", "多个用 、 分隔", "新能源汽车技术、汽车检测与维修技术"),
    Column("levels", "等级", "初级、中级、高级，可多个", "初级、中级"),
    Column("trained", "已培训人数", "整数", "60"),
    Column("assessed", "已考核人数", "整数", "58"),
    Column("certified", "获证人数", "整数，不多于已考核人数", "41"),
    Column("social", "面向社会培训人数", "整数，校外人员", "12"),
)
_ALIASES = {column.zh: column.name for column in BATCH_COLUMNS} | {
    "已培训": "trained",
    "培训人数": "trained",
    "已考核": "assessed",
    "考核人数": "assessed",
    "获证": "certified",
    "取证人数": "certified",
    "面向社会培训": "social",
    "社会培训人数": "social",
    "专业": "profession",
    "证书": "certificate",
    "序号": "no",
}
_TOTALS = frozenset({"合计", "总计", "共计", "total"})
_FIGURES = tuple(field.name for field in fields(Figures))
_LEVELS = {
    "初": Level.ELEMENTARY,
    "中": Level.INTERMEDIATE,
    "高": Level.ADVANCED,
    **{level.value: level for level in Level},
}
_persons = whole_number(0, MOST_PERSONS)


@dataclass(frozen=True, slots=True)
class BatchReading:
    """Readable batches, problems of the other rows, and totals that are not the sums."""

    batches: tuple[BatchOrder, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    wrong_totals: tuple[WrongTotal, ...]
    passed_over: tuple[PassedOver, ...] = ()


def read_batches(name: str, content: bytes) -> BatchReading:
    """Read a year's batches; a row of totals is compared with the sums and is no batch.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, _ALIASES)
    demand_columns(table.columns, tuple(column.name for column in BATCH_COLUMNS))
    problems = list(table.problems)
    batches: list[BatchOrder] = []
    stated: dict[str, int] = {}
    first_seen: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        if _TOTALS & {_joined(cell).replace(" ", "").lower() for cell in row.cells.values()}:
            stated |= _stated(row)
            continue
        order, row_problems = _read_row(row)
        if order is not None:
            first = first_seen.setdefault(key_of(order), row.number)
            if first != row.number:
                row_problems.append(_repeated(row, first))
        problems += row_problems
        if order is not None and not row_problems:
            batches.append(order)
    known = {*_ALIASES.values(), *(column.name for column in BATCH_COLUMNS)}
    return BatchReading(
        tuple(batches),
        tuple(sorted(problems, key=lambda problem: problem.row)),
        tuple(column for column in table.columns if column not in known),
        differing(stated, total(one.figures for one in batches)),
        table.comments,
    )


def key_of(order: BatchOrder) -> tuple[str, ...]:
    """What makes a batch this one within a school's year."""
    return (order.batch, order.certificate, order.profession, joined_levels(order))


def joined_levels(order: BatchOrder) -> str:
    """The levels as they are stored, each once, from the lowest."""
    return ",".join(level.value for level in Level if level in order.levels)


def _read_row(row: SourceRow) -> tuple[BatchOrder | None, list[RowProblem]]:
    reader = RowReader(row)
    batch = reader.read("batch", _words(60), "")
    certificate = reader.read("certificate", _words(200), "")
    profession = reader.read("profession", _words(200), "")
    levels: list[Level] = reader.read("levels", _levels)
    figures = Figures(*(reader.read(name, _number, 0) for name in _FIGURES))
    if not reader.problems and has_more_certified(figures):
        most = figures.assessed
        reader.refuse("certified", Unexpected(f"不多于已考核的 {most}", f"at most {most} assessed"))
    if reader.problems:
        return None, reader.problems
    order = BatchOrder(
        batch=batch,
        certificate=certificate,
        profession=profession,
        levels=levels,
        trained=figures.trained,
        assessed=figures.assessed,
        certified=figures.certified,
        social=figures.social,
    )
    return order, []


def _words(longest: int) -> Callable[[str], str]:
    plain = text(longest, is_required=True)
    return lambda cell: plain(_joined(cell))


def _joined(cell: str) -> str:
    """Without the line breaks that narrow columns of printed tables bring along."""
    return "".join(part.strip() for part in cell.splitlines())


def _number(cell: str) -> int:
    number = _persons(cell)
    if number is None:
        raise Unexpected("人数（没有则填 0）", "a number of persons, 0 for none")
    return number


def _levels(cell: str) -> list[Level]:
    plain = _joined(cell).lower()
    found = {level for word, level in _LEVELS.items() if word in plain}
    if not found:
        raise Unexpected("初级、中级、高级", "elementary, intermediate, advanced")
    return [level for level in Level if level in found]


def _stated(row: SourceRow) -> dict[str, int]:
    stated = {}
    for name in _FIGURES:
        try:
            number = _persons(row.cells.get(name, ""))
        except Unexpected:
            continue
        if number is not None:
            stated[name] = number
    return stated


def _repeated(row: SourceRow, first: int) -> RowProblem:
    return RowProblem(
        row.number,
        "batch",
        row.cells.get("batch", "")[:200],
        f"批次、证书、专业、等级的组合不重复（第 {first} 行已有）",
        f"a batch, certificate, profession and level of its own (row {first} has them already)",
        row.sheet,
    )
