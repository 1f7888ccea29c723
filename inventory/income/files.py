"""Entries of income as a table people open in a spreadsheet program."""

from collections.abc import Sequence
from decimal import Decimal

from inventory.income.rules import IncomeSource
from inventory.income.schema import IncomeOut, IncomePage
from inventory.requirements.writing import write_rows

_HEADINGS = (
    "编号 number",
    "日期 day",
    "单位 organisation",
    "站点 station",
    "来源 source",
    "金额(元) amount",
    "说明 words",
    "设备 rigs",
    "预约 booking",
    "共享申请 request",
    "冲销 corrects",
    "被冲销 corrected by",
    "登记人 entered by",
)
_SOURCES = {IncomeSource.INSIDE: "校内 inside", IncomeSource.OUTSIDE: "校外 outside"}


def income_file(name: str, found: IncomePage) -> bytes:
    """Headings in two languages, a row per entry, and the sums by source; amounts are numbers.

    Raises:
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    rows: list[Sequence[str | Decimal]] = [_HEADINGS, *map(_row, found.items)]
    for source, amount in zip(IncomeSource, (found.inside, found.outside), strict=True):
        rows.append(["合计 total", "", "", "", _SOURCES[source], amount, *[""] * 7])
    return write_rows(name, rows)


def _row(one: IncomeOut) -> Sequence[str | Decimal]:
    links = (one.booking_id, one.sharing_request_id, one.corrects_id, one.corrected_by_id)
    return [
        str(one.id),
        one.received_on.isoformat(),
        one.organisation_code,
        one.station_code or "",
        _SOURCES[one.source],
        one.amount,
        one.words,
        "; ".join(f"{part.resource_key} {part.amount}" for part in one.parts),
        *("" if link is None else str(link) for link in links),
        one.entered_by,
    ]
