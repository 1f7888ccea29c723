"""A report as a table people open in a spreadsheet program."""

from collections.abc import Sequence

from inventory.requirements.writing import write_rows
from inventory.utilisation.schema import FiguresOut, UtilisationReportOut

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
TOTAL = "合计 total"


def report_file(name: str, found: UtilisationReportOut) -> bytes:
    """Headings in two languages, a row per group and period, and the total; hours and percents.

    Raises:
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    rows: list[Sequence[str]] = [[f"{zh} {heading}" for heading, zh in _HEADINGS]]
    rows += (
        [
            row.group,
            row.name_zh,
            row.first.isoformat(),
            row.last.isoformat(),
            row.period,
            *_cells(row.figures),
        ]
        for row in found.rows
    )
    ends = [found.first.isoformat(), found.last.isoformat()]
    return write_rows(name, [*rows, [TOTAL, "", *ends, "", *_cells(found.total)]])


def _cells(figures: FiguresOut) -> list[str]:
    shares = (getattr(figures, name) for name in _SHARES)
    return [
        *(f"{getattr(figures, f'{name}_s') / 3600:.2f}" for name in _HOURS),
        *(str(getattr(figures, name)) for name in _COUNTS),
        *("" if share is None else f"{share * 100:.1f}" for share in shares),
    ]
