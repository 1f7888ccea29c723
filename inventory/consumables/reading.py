"""How rows of a file become consumables with a counted stock, and back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.consumables.rules import MAX_MILLI, milli_of, shown
from inventory.requirements.cells import RowReader, Unexpected, text
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.writing import Column, write_rows

CONSUMABLE_COLUMNS = (
    Column("code", "耗材编号", "本校唯一；再次导入时按它更新", "COOLANT"),
    Column("name_zh", "耗材名称", "", "冷却液"),
    Column("name_en", "英文名称", "可不填", "coolant"),
    Column("unit", "单位", "如 L、kg、副、个", "L"),
    Column("minimum", "最低库存", "低于此数时提醒", "20"),
    Column("station_codes", "所属站点", "站点代码，用 ; 分隔；空为本校全部站点", ""),
    Column("location", "存放地点", "", "库房 2"),
    Column("stock", "实盘库存", "填写时，与账面不同则记一笔盘点更正；不填则不变", "12.5"),
)
CHINESE_NAMES = {column.zh: column.name for column in CONSUMABLE_COLUMNS}
_CODE = re.compile(r"[^\s;|'\"=+@#-][^\s;|'\"]{0,63}")
_STATION = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?")
_AMOUNT = re.compile(r"\d{1,10}(?:\.\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Counted:
    """A consumable as a file has it; `stock_milli` None: not counted."""

    code: str
    name_zh: str
    name_en: str = ""
    unit: str = ""
    minimum_milli: int = 0
    station_codes: tuple[str, ...] = ()
    location: str = ""
    stock_milli: int | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """A readable row with the number a spreadsheet program shows."""

    number: int
    counted: Counted


@dataclass(frozen=True, slots=True)
class StockReading:
    """What a file of consumables says: readable rows and problems of the others."""

    rows: tuple[StockRow, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def read_stock(name: str, content: bytes) -> StockReading:
    """Read consumables; headers may be the column names or their Chinese headings.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, ("code", "name_zh"))
    rows: list[StockRow] = []
    problems = list(table.problems)
    first_seen: dict[str, int] = {}
    for row in table.rows:
        counted, found = _read_row(row)
        first = first_seen.setdefault(row.cells.get("code", ""), row.number)
        if first != row.number:
            expected = (
                f"编号不重复（第 {first} 行已有）",
                f"a code of its own (row {first} has it)",
            )
            found.append(RowProblem(row.number, "code", counted.code or "", *expected))
        problems += found
        if not found:
            rows.append(StockRow(row.number, counted))
    named = {column.name for column in CONSUMABLE_COLUMNS}
    ignored = tuple(column for column in table.columns if column not in named)
    problems.sort(key=lambda problem: problem.row)
    return StockReading(tuple(rows), tuple(problems), ignored, table.comments)


def write_stock(name: str, found: Iterable[Counted]) -> bytes:
    """Consumables as a file that `read_stock` reads back as they were."""
    rows: list[Sequence[str]] = [
        [column.name for column in CONSUMABLE_COLUMNS],
        ["#" + CONSUMABLE_COLUMNS[0].zh, *(column.zh for column in CONSUMABLE_COLUMNS[1:])],
    ]
    for one in found:
        stock = "" if one.stock_milli is None else shown(one.stock_milli)
        rows.append(
            [
                one.code,
                one.name_zh,
                one.name_en,
                one.unit,
                shown(one.minimum_milli),
                ";".join(one.station_codes),
                one.location,
                stock,
            ]
        )
    return write_rows(name, rows)


def _read_row(row: SourceRow) -> tuple[Counted, list[RowProblem]]:
    reader = RowReader(row)
    counted = Counted(
        code=reader.read("code", _code),
        name_zh=reader.read("name_zh", text(120, is_required=True)),
        name_en=reader.read("name_en", text(120)),
        unit=reader.read("unit", text(20)),
        minimum_milli=reader.read("minimum", _amount) or 0,
        station_codes=reader.read("station_codes", _stations),
        location=reader.read("location", text(200)),
        stock_milli=reader.read("stock", _amount),
    )
    return counted, reader.problems


def _code(cell: str) -> str:
    if not _CODE.fullmatch(cell):
        raise Unexpected(
            "1–64 个字符，无空格、引号、分号，不以 = + - @ # 开头",
            "1-64 characters without blanks, quotes or semicolons, not beginning with = + - @ #",
        )
    return cell


def _amount(cell: str) -> int | None:
    if not cell:
        return None
    if not _AMOUNT.fullmatch(cell) or milli_of(Decimal(cell)) > MAX_MILLI:
        raise Unexpected(
            "不小于 0 的数，最多三位小数", "a number not below 0 with at most three decimals"
        )
    return milli_of(Decimal(cell))


def _stations(cell: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[;；、|]", cell) if part.strip()]
    if not all(_STATION.fullmatch(part) for part in parts):
        raise Unexpected("站点代码，用 ; 分隔", "station codes separated by ;")
    return tuple(dict.fromkeys(parts))
