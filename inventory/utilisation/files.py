"""A report as a table people open in a spreadsheet program."""

from collections.abc import Sequence
from decimal import Decimal

from inventory.requirements.writing import write_rows
from inventory.utilisation.schema import FiguresOut, MoneyOut, UtilisationReportOut

_HEADINGS = (
    ("group", "分组"),
    ("name", "名称"),
    ("first", "起始日期"),
    ("last", "截止日期"),
    ("period", "学期"),
    ("available_h", "可用机时"),
    ("booked_h", "预约机时"),
    ("used_h", "实际使用机时"),
    ("effective_h", "有效机时"),
    ("outside_used_h", "校外机时"),
    ("unbooked_used_h", "未预约使用机时"),
    ("overrun_h", "超时机时"),
    ("no_show_h", "未到场机时"),
    ("usage_sessions", "使用次数"),
    ("bookings", "预约次数"),
    ("no_shows", "未到场次数"),
    ("unmeasured", "未测得次数"),
    ("occupancy_pct", "占用率%"),
    ("utilisation_pct", "利用率%"),
    ("shared_pct", "共享率%"),
    ("coverage_pct", "覆盖率%"),
)
_HOURS = tuple(name[:-2] for name, _ in _HEADINGS if name.endswith("_h"))
_COUNTS = ("usage_sessions", "bookings", "no_shows", "unmeasured")
_SHARES = tuple(name[:-4] for name, _ in _HEADINGS if name.endswith("_pct"))
_MONEY_HEADINGS = (
    ("income_inside", "校内收入(元)"),
    ("income_outside", "校外收入(元)"),
    ("original_value", "原值(元)"),
    ("valued_rigs", "有原值台数"),
    ("rigs", "台数"),
    ("return_rate_pct", "收益率%"),
)
TOTAL = "合计 total"
ELSEWHERE = "其他收入（不属于以上台架） other income"


def report_file(name: str, found: UtilisationReportOut) -> bytes:
    """Headings in two languages, a row per group and period, and the total; hours and percents.

    Income and what the rigs cost stand there for who reads income, as numbers.

    Raises:
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    headings = _HEADINGS if found.money is None else (*_HEADINGS, *_MONEY_HEADINGS)
    rows: list[Sequence[str | Decimal]] = [[f"{zh} {heading}" for heading, zh in headings]]
    rows += (
        [
            row.group,
            row.name_zh,
            row.first.isoformat(),
            row.last.isoformat(),
            row.period,
            *_cells(row.figures),
            *_money(row.money),
        ]
        for row in found.rows
    )
    ends = [found.first.isoformat(), found.last.isoformat()]
    rows.append([TOTAL, "", *ends, "", *_cells(found.total), *_money(found.money)])
    if found.income_elsewhere:
        blank = [""] * (len(_HEADINGS) - 5)
        rows.append([ELSEWHERE, "", *ends, "", *blank, "", found.income_elsewhere])
    return write_rows(name, rows)


def _money(found: MoneyOut | None) -> list[str | Decimal]:
    """Of who reads none, and of modules, which earn nothing by themselves, there are no cells."""
    if found is None:
        return []
    rate = found.return_rate
    return [
        found.inside,
        found.outside,
        "" if found.original_value is None else found.original_value,
        str(found.valued_rigs),
        str(found.rigs),
        "" if rate is None else f"{rate * 100:.2f}",
    ]


def _cells(figures: FiguresOut) -> list[str]:
    shares = (getattr(figures, name) for name in _SHARES)
    return [
        *(f"{getattr(figures, f'{name}_s') / 3600:.2f}" for name in _HOURS),
        *(str(getattr(figures, name)) for name in _COUNTS),
        *("" if share is None else f"{share * 100:.1f}" for share in shares),
    ]
