"""What the rectification report 整改报告 says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from inventory.papers.origin import (
    Headline,
    Origin,
    column,
    content,
    fact,
    fact_list,
    grid,
    heading,
    words,
)
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Block, Grid, PaperContent
from inventory.papers.wording import day, moment, zh
from inventory.rectifications.rules import UNFINISHED, RectificationState
from inventory.rectifications.schema import RectificationPage


def rectification_report(
    origin: Origin, pages: Sequence[RectificationPage], documents: Mapping[str, str]
) -> PaperContent:
    """The report on all of a station's rectifications with everything that happened to them.

    Args:
        origin: whose paper it is.
        pages: the rectifications, in the order in which they are told.
        documents: names of evidence by id; what is not among them is told by its id.
    """
    versions = sorted({page.list_version for page in pages if page.list_version})
    states = Counter(page.state for page in pages)
    unfinished = sum(states[state] for state in UNFINISHED)
    summary = [
        fact("整改项", str(len(pages))),
        fact("已完成", str(len(pages) - unfinished)),
        fact("未完成", str(unfinished)),
        fact("逾期", str(sum(page.is_overdue for page in pages))),
    ]
    by_state = [
        fact(zh(state), str(states[state])) for state in RectificationState if states[state]
    ]
    basics = [
        fact("学校", f"{origin.organisation_name}（{origin.organisation_code}）"),
        fact("站点", f"{origin.station_name}（{origin.station_code}）"),
        fact("清单版本", "、".join(versions) or "无"),
        fact("报告日期", day(origin.made_at)),
    ]
    headline = Headline(
        PaperKind.RECTIFICATION_REPORT,
        f"{origin.organisation_name}{origin.station_name}整改报告",
        versions[0] if len(versions) == 1 else "",
        is_landscape=True,
        signatures=("站长（签字）", "学校（盖章）", "日期"),
    )
    blocks: list[Block] = [
        heading("一、基本情况"),
        fact_list(basics),
        heading("二、整改总体情况"),
        fact_list([*summary, *by_state]),
        heading("三、整改项"),
        _tasks(pages),
        heading("四、办理记录"),
        _steps(pages, documents),
        words("“已关闭”指自查不再报告该不符合项；“已验收”指有权人员确认整改完成。"),
    ]
    return content(origin, headline, summary, blocks)


def _tasks(pages: Sequence[RectificationPage]) -> Grid:
    columns = (
        column("编号", 9),
        column("清单行", 14),
        column("不符合项", 26),
        column("类型", 14),
        column("要求", 26),
        column("整改措施", 30),
        column("责任人", 16),
        column("期限", 16),
        column("状态", 14),
        column("次数", 8, is_number=True),
    )
    rows = [
        (
            str(page.id),
            page.row_id,
            _text(page.finding, "item"),
            zh(page.kind),
            _text(page.finding, "required"),
            _text(page.finding, "remedy"),
            page.owner or "未指派",
            _due(page),
            zh(page.state),
            str(page.times),
        )
        for page in pages
    ]
    return grid(columns, rows, if_empty="没有整改项")


def _steps(pages: Sequence[RectificationPage], documents: Mapping[str, str]) -> Grid:
    columns = (
        column("编号", 9),
        column("时间", 22),
        column("经办人", 18),
        column("步骤", 14),
        column("其后状态", 14),
        column("说明", 60),
        column("佐证文件", 30),
    )
    rows = [
        (
            str(page.id),
            moment(one.at),
            one.who,
            zh(one.step),
            zh(one.state),
            one.text,
            "、".join(documents.get(key, key) for key in one.document_ids),
        )
        for page in pages
        for one in page.history
    ]
    return grid(columns, rows, if_empty="没有办理记录")


def _due(page: RectificationPage) -> str:
    if page.due_on is None:
        return "未定"
    return f"{page.due_on}（已逾期）" if page.is_overdue else f"{page.due_on}"


def _text(finding: dict[str, Any], name: str) -> str:
    said = finding.get(name)
    return str(said.get("zh", "")) if isinstance(said, dict) else ""
