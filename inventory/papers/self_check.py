"""What the self-check report 站点自查报告 says."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.papers.origin import (
    Headline,
    Origin,
    column,
    content,
    fact,
    fact_list,
    grid,
    heading,
    unnumbered,
    words,
)
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Block, Fact, Grid, PaperContent
from inventory.papers.wording import day, number, places, zh
from inventory.readiness.findings import (
    Finding,
    FindingKind,
    LiveEvidenceState,
    Readiness,
    RowOutcome,
    Status,
)
from inventory.stations.rules import Level
from inventory.stations.schema import StationFields

_NOT_OFFERED = frozenset({FindingKind.NOT_OFFERED, FindingKind.NO_REQUIREMENT})
_FACTS = {
    "workstations": "工位",
    "vehicle_workstations": "整车工位",
    "bench_workstations": "台架工位",
    "exam_rooms": "考场",
    "hv_areas": "高压作业区",
    "vehicles": "车辆",
    "examinees": "考生",
    "exam_tasks": "每模块考核项目",
}
_EVIDENCE = {
    LiveEvidenceState.AVAILABLE: "联网台架的实时状态已计入。",
    LiveEvidenceState.PARTIAL: "联网台架的故障已计入；其是否在线无法得知。",
    LiveEvidenceState.NOT_AVAILABLE: "未取得联网台架的实时状态。",
}
Asked = tuple[str, Level]


@dataclass(frozen=True, slots=True)
class Checked:
    """A station and what the check said of each of its modules and levels, in order."""

    station: StationFields
    answers: Sequence[Readiness]


def offered(answers: Sequence[Readiness]) -> list[Readiness]:
    """The answers on what the list has rows for and the station offers."""
    return [one for one in answers if _NOT_OFFERED.isdisjoint(found.kind for found in one.findings)]


def overall(answers: Sequence[Readiness]) -> Status:
    """The worst of the answers; unknown where nothing could be asked."""
    order = list(Status)
    return max((one.status for one in answers), key=order.index, default=Status.UNKNOWN)


def self_check(origin: Origin, checked: Checked) -> PaperContent:
    """The report; findings and rows that several modules share stand in it once."""
    answers = offered(checked.answers)
    version, is_official = list_of(checked.answers)
    findings = _merged_findings(answers)
    binding = [one for one in findings if one[0].is_binding]
    advice = [one for one in findings if not one[0].is_binding]
    rows = _merged_rows(answers)
    met = sum(_is_met(row) for row, _ in rows)
    summary = [
        fact("结论", zh(overall(answers))),
        fact("核对要求项", str(len(rows))),
        fact("满足", str(met)),
        fact("不符合项", str(len(binding))),
        fact("建议项", str(len(advice))),
    ]
    blocks: list[Block] = [
        heading("一、基本情况"),
        fact_list(_basics(origin, checked, version, is_official)),
        heading("二、自查结论"),
        fact_list(summary),
        _matrix(checked.answers),
        heading("三、不符合项（须整改）"),
        _findings_grid(binding),
        heading("四、建议项"),
        _findings_grid(advice),
        heading("五、逐项核对"),
        _rows_grid(rows),
        heading("六、说明"),
        *(words(text) for text in _remarks(checked.answers, is_official=is_official)),
    ]
    headline = Headline(
        PaperKind.SELF_CHECK,
        f"{origin.organisation_name}{origin.station_name}自查报告",
        version,
        is_official,
        is_landscape=True,
        signatures=("站长（签字）", "学校（盖章）", "日期"),
    )
    return content(origin, headline, summary, blocks)


def list_of(answers: Sequence[Readiness]) -> tuple[str, bool | None]:
    """The list the answers were given by, and whether it is the official one; None: no list."""
    version = next((one.list_version for one in answers if one.list_version), "")
    if not version:
        return "", None
    return version, any(one.is_official_list for one in answers)


def list_words(version: str, is_official: bool | None) -> str:
    """A list as papers name it."""
    if not version:
        return "无适用清单"
    return f"{version}（{'正式清单' if is_official else '草案，非正式清单'}）"


def _basics(
    origin: Origin,
    checked: Checked,
    version: str,
    is_official: bool | None,
) -> list[Fact]:
    station = checked.station
    stated = [
        f"{label} {value}"
        for name, label in _FACTS.items()
        if (value := getattr(station, name)) is not None
    ]
    return [
        fact("学校", f"{origin.organisation_name}（{origin.organisation_code}）"),
        fact("站点", f"{origin.station_name}（{station.code}，{zh(station.use)}）"),
        fact("模块", "、".join(station.modules)),
        fact("等级", "、".join(zh(Level(level)) for level in station.levels)),
        fact("站点规模", "，".join(stated) or "未填写"),
        fact("设备与工具清单", list_words(version, is_official)),
        fact("自查日期", day(origin.made_at)),
    ]


def _matrix(answers: Sequence[Readiness]) -> Grid:
    modules = list(dict.fromkeys(one.question.module for one in answers))
    cells = {(one.question.module, one.question.level): one for one in answers}
    levels = [level for level in Level if any(key[1] is level for key in cells)]
    rows = [
        [module, *(_cell(cells.get((module, level))) for level in levels)] for module in modules
    ]
    columns = [column("模块", 12), *(column(zh(level), 26) for level in levels)]
    return unnumbered(columns, rows, if_empty="站点未开设任何模块")


def _cell(answer: Readiness | None) -> str:
    if answer is None:
        return "—"
    kinds = {one.kind for one in answer.findings}
    not_offered = next((kind for kind in FindingKind if kind in kinds & _NOT_OFFERED), None)
    if not_offered is not None:
        return zh(not_offered)
    counts = f"不符合 {answer.binding_count}，建议 {answer.advice_count}"
    return f"{zh(answer.status)}（{counts}）" if answer.findings else zh(answer.status)


def _merged_findings(answers: Sequence[Readiness]) -> list[tuple[Finding, list[Asked]]]:
    merged: dict[tuple[object, ...], tuple[Finding, list[Asked]]] = {}
    for answer in answers:
        asked = (answer.question.module, answer.question.level)
        for one in answer.findings:
            key = (
                one.row_id,
                one.kind,
                one.is_binding,
                one.required.zh,
                one.found.zh,
                one.remedy.zh,
                one.asset_numbers,
            )
            merged.setdefault(key, (one, []))[1].append(asked)
    return sorted(merged.values(), key=lambda pair: pair[0].row_id)


def _findings_grid(findings: Sequence[tuple[Finding, list[Asked]]]) -> Grid:
    columns = (
        column("清单行", 13),
        column("设备/工具", 22),
        column("类型", 13),
        column("要求", 26),
        column("现状", 26),
        column("整改措施", 30),
        column("涉及设备", 22),
        column("模块与等级", 16),
    )
    rows = [
        (
            one.row_id,
            one.item.zh,
            zh(one.kind),
            one.required.zh,
            one.found.zh or one.reason.zh,
            one.remedy.zh,
            "、".join(one.asset_numbers),
            places(asked),
        )
        for one, asked in findings
    ]
    return grid(columns, rows)


def _merged_rows(answers: Sequence[Readiness]) -> list[tuple[RowOutcome, list[Asked]]]:
    merged: dict[tuple[object, ...], tuple[RowOutcome, list[Asked]]] = {}
    for answer in answers:
        asked = (answer.question.module, answer.question.level)
        for row in answer.rows:
            key = (row.row_id, row.needed, row.counted, row.is_met, row.serving, row.waived_by)
            merged.setdefault(key, (row, []))[1].append(asked)
    return sorted(merged.values(), key=lambda pair: pair[0].row_id)


def _rows_grid(rows: Sequence[tuple[RowOutcome, list[Asked]]]) -> Grid:
    columns = (
        column("清单行", 13),
        column("设备/工具", 34),
        column("需要", 9, is_number=True),
        column("可计", 9, is_number=True),
        column("单位", 8),
        column("结果", 18),
        column("对应设备", 60),
        column("模块与等级", 18),
    )
    cells = [
        (
            row.row_id,
            row.item.zh,
            number(row.needed),
            number(row.counted),
            row.unit,
            _result(row),
            "、".join(
                f"{one.asset_number}（代 {one.stands_in_as}）"
                if one.stands_in_as
                else one.asset_number
                for one in row.serving
            ),
            places(asked),
        )
        for row, asked in rows
    ]
    return grid(columns, cells, if_empty="清单没有适用的要求项")


def _is_met(row: RowOutcome) -> bool:
    return row.is_met or row.needed == 0


def _result(row: RowOutcome) -> str:
    if row.waived_by:
        return f"由 {row.waived_by} 替代"
    if row.needed is None:
        return "无法判断"
    if row.needed == 0:
        return "不适用"
    return "满足" if row.is_met else "不满足"


def _remarks(answers: Sequence[Readiness], *, is_official: bool | None) -> list[str]:
    remarks = [_EVIDENCE[state] for state in dict.fromkeys(one.live_evidence for one in answers)]
    if is_official is False:
        remarks.append("所用清单为草案，不是评价组织发布的正式清单；结论仅供准备之用。")
    unsettled = {row.row_id for one in answers for row in one.rows if row.unsettled_substitutes}
    if unsettled:
        remarks.append(f"{len(unsettled)} 个要求项的替代条件须由人工判定，本报告未计入替代。")
    remarks.append("本报告由系统按台账、清单与台架状态生成；查验方法见页脚验证码。")
    return remarks
