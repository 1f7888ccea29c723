"""What the self-check report 站点自查报告 says."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.conditions.schema import StationConditions
from inventory.papers.checked_tables import (
    NOT_OFFERED,
    findings_grid,
    is_met,
    matrix,
    merged_findings,
    merged_rows,
    rows_grid,
)
from inventory.papers.conditions_part import conditions_part
from inventory.papers.origin import (
    Headline,
    Origin,
    content,
    fact,
    fact_list,
    heading,
    words,
)
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Block, Fact, PaperContent
from inventory.papers.wording import day, zh
from inventory.readiness.findings import (
    LiveEvidenceState,
    Readiness,
    Status,
)
from inventory.stations.rules import Level
from inventory.stations.schema import StationFields

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A station and what the check said of each of its modules and levels, in order.

    `conditions` are those beyond equipment, None where nobody asked.
    """

    station: StationFields
    answers: Sequence[Readiness]
    conditions: StationConditions | None = None


def offered(answers: Sequence[Readiness]) -> list[Readiness]:
    """The answers on what the list has rows for and the station offers."""
    return [one for one in answers if NOT_OFFERED.isdisjoint(found.kind for found in one.findings)]


def overall(answers: Sequence[Readiness]) -> Status:
    """The worst of the answers; unknown where nothing could be asked."""
    order = list(Status)
    return max((one.status for one in answers), key=order.index, default=Status.UNKNOWN)


def self_check(origin: Origin, checked: Checked) -> PaperContent:
    """The report; findings and rows that several modules share stand in it once."""
    answers = offered(checked.answers)
    version, is_official = list_of(checked.answers)
    findings = merged_findings(answers)
    binding = [one for one in findings if one[0].is_binding]
    advice = [one for one in findings if not one[0].is_binding]
    rows = merged_rows(answers)
    met = sum(is_met(row) for row, _ in rows)
    summary = [
        fact("设备与工具结论", zh(overall(answers))),
        fact("核对要求项", str(len(rows))),
        fact("满足", str(met)),
        fact("不符合项", str(len(binding))),
        fact("建议项", str(len(advice))),
        *_conditions_in_short(checked.conditions),
    ]
    blocks: list[Block] = [
        heading("一、基本情况"),
        fact_list(_basics(origin, checked, version, is_official)),
        heading("二、自查结论"),
        fact_list(summary),
        matrix(checked.answers),
        heading("三、不符合项（须整改）"),
        findings_grid(binding),
        heading("四、建议项"),
        findings_grid(advice),
        heading("五、逐项核对"),
        rows_grid(rows),
        *_beyond_equipment(checked.conditions),
        heading("七、说明"),
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


def _conditions_in_short(found: StationConditions | None) -> list[Fact]:
    if found is None or not found.list_version:
        return []
    return [fact("设备以外的条件", f"共 {len(found.conditions)} 项，满足 {found.met} 项")]


def _beyond_equipment(found: StationConditions | None) -> list[Block]:
    said = [words("未核对。")] if found is None else conditions_part(found)
    return [heading("六、设备以外的条件"), *said]


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


def _remarks(answers: Sequence[Readiness], *, is_official: bool | None) -> list[str]:
    remarks = [_EVIDENCE[state] for state in dict.fromkeys(one.live_evidence for one in answers)]
    if is_official is False:
        remarks.append("所用清单为草案，不是评价组织发布的正式清单；结论仅供准备之用。")
    unsettled = {row.row_id for one in answers for row in one.rows if row.unsettled_substitutes}
    if unsettled:
        remarks.append(f"{len(unsettled)} 个要求项的替代条件须由人工判定，本报告未计入替代。")
    remarks.append("本报告由系统按台账、清单与台架状态生成；查验方法见页脚验证码。")
    return remarks
