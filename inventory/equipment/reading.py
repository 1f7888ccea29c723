"""How rows of a register file become equipment, and what is said of every row that does not."""

import re
from dataclasses import dataclass
from decimal import Decimal

from inventory.equipment.columns import read_agreements, read_proofs
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, Ownership
from inventory.equipment.template import CHINESE_NAMES, REGISTER_COLUMNS, UNIT_PRICE
from inventory.money import MOST_YUAN, amount_of, in_yuan
from inventory.requirements.cells import RowReader, Unexpected, one_of, text
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.units import normalised, unit
from inventory.requirements.values import Quantity, read_value

REQUIRED_COLUMNS = ("asset_number", "item_zh")
_STATUS = one_of(
    EquipmentStatus,
    {
        "": EquipmentStatus.IN_SERVICE,
        "在用": EquipmentStatus.IN_SERVICE,
        "在修": EquipmentStatus.UNDER_REPAIR,
        "维修": EquipmentStatus.UNDER_REPAIR,
        "借出": EquipmentStatus.LENT_OUT,
        "borrowed_out": EquipmentStatus.LENT_OUT,
        "报废": EquipmentStatus.RETIRED,
        "盘亏": EquipmentStatus.MISSING,
    },
)
_OWNER = one_of(Ownership, {"": Ownership.OWN, "自有": Ownership.OWN, "借入": Ownership.BORROWED})
_ASSET_NUMBER = re.compile(r"[^\s;|'\"=+@-][^\s;|'\"]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A readable row with the number a spreadsheet program shows."""

    number: int
    item: EquipmentItem


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """What a register file says: readable rows, problems of others, and what are no rows.

    `has_values`: it has a column of original values or prices, empty cells of which mean none.
    """

    rows: tuple[RegisterRow, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()
    has_values: bool = True

    @property
    def items(self) -> tuple[EquipmentItem, ...]:
        """The readable rows' equipment."""
        return tuple(row.item for row in self.rows)


def read_register(name: str, content: bytes) -> RegisterReading:
    """Read an equipment register; headers may be the column names or their Chinese headings.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, REQUIRED_COLUMNS)
    rows: list[RegisterRow] = []
    problems = list(table.problems)
    first_seen: dict[str, int] = {}
    for row in table.rows:
        item, row_problems = read_item(row)
        first = first_seen.setdefault(row.cells.get("asset_number", ""), row.number)
        if first != row.number:
            row_problems.append(_repeated(row, first))
        problems.extend(row_problems)
        if not row_problems:
            rows.append(RegisterRow(row.number, item))
    known = {column.name for column in REGISTER_COLUMNS} | {UNIT_PRICE}
    ignored = tuple(column for column in table.columns if column not in known)
    problems.sort(key=lambda problem: problem.row)
    has_values = not {"original_value", UNIT_PRICE}.isdisjoint(table.columns)
    return RegisterReading(tuple(rows), tuple(problems), ignored, table.comments, has_values)


def read_item(row: SourceRow) -> tuple[EquipmentItem, list[RowProblem]]:
    """Read one row; the item is meaningful only when there is no problem."""
    reader = RowReader(row)
    owner, quantity = reader.read("owner", _OWNER), reader.read("quantity", _quantity, 1.0)
    item = EquipmentItem(
        asset_number=reader.read("asset_number", _asset_number),
        item_zh=reader.read("item_zh", text(200, is_required=True)),
        item_en=reader.read("item_en", text(200)),
        quantity=quantity,
        quantity_unit=reader.read("quantity_unit", _unit),
        model=reader.read("model", text(200)),
        serial=reader.read("serial", text(200)),
        status=reader.read("status", _STATUS),
        station_codes=reader.read("station_codes", _codes, ()),
        serves_rows=reader.read("serves_rows", _codes, ()),
        bench_code=reader.read("bench_code", _bench_code),
        parameters=reader.read("parameters", text(4000)),
        proofs=read_proofs(reader),
        owner=owner,
        agreements=read_agreements(reader, owner),
        location=reader.read("location", text(200)),
        original_value=_original_value(reader, quantity),
    )
    _check_together(reader, item)
    return item, reader.problems


def _check_together(reader: RowReader, item: EquipmentItem) -> None:
    if item.bench_code is not None and item.quantity != 1:
        reader.refuse("quantity", Unexpected("1（联网台架一台一行）", "1: a live bench has a row"))


def _original_value(reader: RowReader, quantity: float) -> Decimal | None:
    """What the row states, or what its pieces cost together; both must say the same."""
    stated = reader.read("original_value", _amount)
    price = reader.read(UNIT_PRICE, _amount)
    if price is None:
        return stated
    # as it is spelled: 0.1 of something is no binary fraction
    counted = in_yuan(int((price * Decimal(str(quantity)) * 100).to_integral_value()))
    if counted > MOST_YUAN or (stated is not None and stated != counted):
        expected = (f"{counted}（单价 × 数量）", f"{counted}, the price times the quantity")
        most = (f"合计不超过 {MOST_YUAN}", f"at most {MOST_YUAN} together")
        reader.refuse(UNIT_PRICE, Unexpected(*(most if counted > MOST_YUAN else expected)))
    return counted


def _amount(cell: str) -> Decimal | None:
    if not cell:
        return None
    try:
        return amount_of(cell)
    except ValueError:
        raise Unexpected(
            f"金额（元），如 12800.00，最多两位小数，不超过 {MOST_YUAN}",
            f"an amount in yuan such as 12800.00, at most 2 decimals and {MOST_YUAN}",
        ) from None


def _asset_number(cell: str) -> str:
    if not _ASSET_NUMBER.fullmatch(cell):
        raise Unexpected(
            "1–64 个字符，无空格、引号、分号，不以 = + - @ 开头",
            "1-64 characters without blanks, quotes or semicolons, not beginning with = + - @",
        )
    return cell


def _quantity(cell: str) -> float:
    value = read_value(cell or "1")
    if not isinstance(value, Quantity) or value.unit.symbol or not 0 < value.number <= 1_000_000:  # noqa: PLR2004
        raise Unexpected("正数（单位写在 quantity_unit 列）", "a positive number without unit")
    return value.number


def _unit(cell: str) -> str:
    symbol = normalised(cell)
    if unit(symbol) is None:
        raise Unexpected("单位，如 L、kg，件数留空", "a unit such as L or kg, empty for pieces")
    return symbol


def _codes(cell: str) -> tuple[str, ...]:
    parts = [part.strip() for part in cell.replace("；", ";").split(";") if part.strip()]
    if not all(_CODE.fullmatch(part) for part in parts):
        raise Unexpected("代码，用 ; 分隔", "codes separated by ;")
    return tuple(dict.fromkeys(parts))


def _bench_code(cell: str) -> str | None:
    if not cell:
        return None
    if not _CODE.fullmatch(cell):
        raise Unexpected("台架代码，如 battery-01", "a bench code such as battery-01")
    return cell


def _repeated(row: SourceRow, first: int) -> RowProblem:
    return RowProblem(
        row.number,
        "asset_number",
        row.cells.get("asset_number", ""),
        f"资产编号不重复（第 {first} 行已有）",
        f"an asset number of its own (row {first} has it already)",
    )
