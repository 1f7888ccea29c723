"""What the annual pilot report 年度试点工作报告 says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.annual_reports.rules import AnnualSection, Figures
from inventory.annual_reports.schema import AnnualReportOut, BatchOut
from inventory.papers.origin import Headline, Origin, column, content, fact, grid, heading, words
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Block, Fact, Grid, PaperContent
from inventory.papers.wording import numeral, zh
from inventory.stations.rules import Level
from inventory.stations.schema import StationFields
from inventory.utilisation.schema import FiguresOut

_PARTS: Sequence[tuple[str, Sequence[AnnualSection]]] = (
    (
        "试点工作情况",
        (
            AnnualSection.MECHANISM,
            AnnualSection.INTEGRATION,
            AnnualSection.TEACHERS,
            AnnualSection.SITES,
            AnnualSection.PUBLICITY,
        ),
    ),
    ("试点工作经验做法", (AnnualSection.EXPERIENCE,)),
    ("下一步工作举措", (AnnualSection.NEXT_STEPS,)),
)
_UNWRITTEN = "（本节未填写）"
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class YearOfSchool:
    """A year's report as the school wrote it, its stations and how many benches of each are shared.

    `benches` is by station code: all, and those marked as open to others. `use` is what the year's
    use of all benches was measured to be.
    """

    report: AnnualReportOut
    stations: Sequence[StationFields]
    benches: Mapping[str, tuple[int, int]]
    use: FiguresOut


def annual_report_paper(origin: Origin, year: YearOfSchool) -> PaperContent:
    """The report; every total in it is worked out from the batches."""
    report = year.report
    blocks: list[Block] = []
    for position, (title, sections) in enumerate(_PARTS, 1):
        blocks.append(heading(f"{numeral(position)}、{title}"))
        for place, section in enumerate(sections, 1):
            if len(sections) > 1:
                blocks.append(heading(f"（{numeral(place)}）{zh(section)}", 2))
            blocks.append(words(report.sections.get(section, _UNWRITTEN)))
            if section is AnnualSection.SITES:
                blocks += [words(_persons(report.totals)), words(_hours(year.use)), _stations(year)]
    blocks += [heading("附表"), _batches(report.batches, report.totals)]
    headline = Headline(
        PaperKind.ANNUAL_REPORT,
        f"{origin.organisation_name}{report.year}年度1+X证书制度试点工作报告",
        year=report.year,
        signatures=("1+X办公室主任（签字）", "学校（盖章）", "日期"),
    )
    return content(origin, headline, _summary(report), blocks)


def _summary(report: AnnualReportOut) -> list[Fact]:
    totals = report.totals
    return [
        fact("批次", str(len(report.batches))),
        fact("已培训", str(totals.trained)),
        fact("已考核", str(totals.assessed)),
        fact("获证", str(totals.certified)),
        fact("面向社会培训", str(totals.social)),
    ]


def _persons(totals: Figures) -> str:
    rate = f"，获证率 {totals.certified / totals.assessed:.1%}" if totals.assessed else ""
    return (
        f"本年度共培训 {totals.trained} 人，考核 {totals.assessed} 人，获证 {totals.certified} 人"
        f"{rate}；其中面向社会培训 {totals.social} 人。"
    )


def _hours(use: FiguresOut) -> str:
    if not use.effective_s:
        return "本年度没有测得的台架机时。"
    effective, outside = use.effective_s / _HOUR_S, use.outside_used_s / _HOUR_S
    shared = 0.0 if use.shared is None else use.shared
    covered = "未评估" if use.coverage is None else f"{use.coverage:.1%}"
    return (
        f"本年度台架有效机时 {effective:.1f} 小时，其中校外机时 {outside:.1f} 小时，"
        f"共享率 {shared:.1%}；机时由台架自动上报测得，数据覆盖率 {covered}。"
    )


def _stations(year: YearOfSchool) -> Grid:
    columns = (
        column("站点", 40),
        column("用途", 16),
        column("模块", 34),
        column("等级", 28),
        column("台架", 10, is_number=True),
        column("开放共享台架", 16, is_number=True),
        column("站点开放共享", 16),
    )
    rows = []
    for one in year.stations:
        benches, shared = year.benches.get(one.code, (0, 0))
        rows.append(
            (
                f"{one.name_zh}（{one.code}）",
                zh(one.use),
                "、".join(one.modules),
                "、".join(zh(Level(level)) for level in one.levels),
                str(benches),
                str(shared),
                "是" if one.is_shared else "否",
            )
        )
    return grid(columns, rows, if_empty="没有站点")


def _batches(batches: Sequence[BatchOut], totals: Figures) -> Grid:
    columns = (
        column("批次", 24),
        column("证书名称", 44),
        column("覆盖专业", 40),
        column("等级", 18),
        column("已培训人数", 13, is_number=True),
        column("已考核人数", 13, is_number=True),
        column("获证人数", 13, is_number=True),
        column("面向社会培训人数", 15, is_number=True),
    )
    rows = [
        (
            one.batch,
            one.certificate,
            one.profession,
            "、".join(zh(level) for level in one.levels),
            str(one.trained),
            str(one.assessed),
            str(one.certified),
            str(one.social),
        )
        for one in batches
    ]
    sums = (str(n) for n in (totals.trained, totals.assessed, totals.certified, totals.social))
    return grid(columns, rows, ("", "", "", "", *sums), if_empty="没有批次")
