"""How a readiness result and import problems are told in a terminal, in Chinese or English."""

from collections.abc import Iterator, Sequence

from inventory.readiness.findings import Bilingual, Finding, Readiness, RemedyGroup, Status
from inventory.readiness.wording import LEVELS, USES
from inventory.requirements.rules import Authority
from inventory.requirements.tabular import RowProblem
from inventory.timetables.reading import CellProblem
from stationmaster.language import Language

STATUSES = {
    Status.READY: Bilingual("● 就绪", "● ready"),
    Status.ADVICE_ONLY: Bilingual("◐ 就绪，有建议", "◐ ready, with advice"),
    Status.UNKNOWN: Bilingual("? 无法判断", "? unknown"),
    Status.NOT_READY: Bilingual("✕ 未就绪", "✕ not ready"),
}
GROUPS = {
    RemedyGroup.MEND: Bilingual("维修、恢复", "Mend"),
    RemedyGroup.CALIBRATE: Bilingual("校准、检定、试验", "Calibrate, verify, test"),
    RemedyGroup.BUY: Bilingual("购置、借入、更换", "Buy, borrow, replace"),
    RemedyGroup.RECORD: Bilingual("补充登记", "Record"),
    RemedyGroup.CONFIRM: Bilingual("人工确认、点检", "Confirm"),
    RemedyGroup.SETTLE: Bilingual("协调、手续", "Settle"),
}
AUTHORITIES = {
    Authority.OFFICIAL: Bilingual("正式清单", "official list"),
    Authority.EVALUATION_ORG_DOCUMENT: Bilingual("评价组织文件", "evaluation organisation"),
    Authority.POLICY: Bilingual("政策文件", "policy"),
    Authority.RECOMMENDED_STANDARD: Bilingual("推荐性标准", "recommended standard"),
    Authority.EXAM_REPORT: Bilingual("考核报道", "exam report"),
    Authority.SCHOOL_REPORT: Bilingual("院校报告", "school report"),
    Authority.COMPETITION: Bilingual("竞赛文件", "competition"),
    Authority.TENDER: Bilingual("招标文件", "tender"),
    Authority.WEB_GUIDANCE: Bilingual("网络资料", "web guidance"),
    Authority.VENDOR: Bilingual("厂商资料", "vendor"),
    Authority.INFERENCE: Bilingual("推断", "inference"),
}
EVIDENCE = {
    "available": Bilingual("已采用", "used"),
    "partial": Bilingual("仅故障记录（采集库无响应）", "faults only (telemetry gives no answer)"),
    "not_available": Bilingual("未采用（离线检查）", "not available (offline)"),
}


def told(text: Bilingual, language: Language) -> str:
    """One side of a text."""
    return text.zh if language is Language.ZH else text.en


def result_lines(station: str, result: Readiness, language: Language) -> Iterator[str]:
    """A result, findings grouped by what is to be done."""
    zh = language is Language.ZH
    question = result.question
    asked = [
        station,
        f"{'模块' if zh else 'module'} {question.module}",
        told(LEVELS[question.level], language),
        told(USES[question.use], language),
        question.on_date.isoformat(),
    ]
    yield f"{told(STATUSES[result.status], language)}  {' · '.join(part for part in asked if part)}"
    kind = ("正式" if zh else "official") if result.is_official_list else (
        "草案，非正式清单" if zh else "draft, not the official list"
    )  # fmt: skip
    met = sum(row.is_met for row in result.rows)
    evidence = told(EVIDENCE[result.live_evidence], language)
    if zh:
        yield f"清单 {result.list_version}（{kind}） · 满足 {met}/{len(result.rows)} 项"
        yield f"不符合 {result.binding_count} 项，建议 {result.advice_count} 项"
        yield f"实时证据：{evidence}"
    else:
        yield f"list {result.list_version} ({kind}) · {met} of {len(result.rows)} rows met"
        yield f"{result.binding_count} binding, {result.advice_count} advice · live: {evidence}"
    for group in RemedyGroup:
        findings = [one for one in result.findings if one.remedy_group is group]
        if findings:
            yield ""
            yield f"【{told(GROUPS[group], language)}】" if zh else f"[{GROUPS[group].en}]"
            for one in findings:
                yield from _finding_lines(one, language)


def problem_lines(problems: Sequence[RowProblem], language: Language) -> Iterator[str]:
    """Import problems, one line each."""
    for one in problems:
        cell = one.cell if isinstance(one, CellProblem) else ""
        if language is Language.ZH:
            place = cell or f"第 {one.row} 行"
            yield f"{place} {one.column}：“{one.value}”，应为：{one.expected_zh}"
        else:
            place = cell or f"row {one.row}"
            yield f"{place} {one.column}: {one.value!r}, expected {one.expected_en}"


def _finding_lines(one: Finding, language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    weight = ("不符合" if zh else "binding") if one.is_binding else ("建议" if zh else "advice")
    source = told(AUTHORITIES[one.authority], language) if one.authority else ""
    source += f" ({one.authority_qualifier})" if one.authority_qualifier else ""
    row = f"{one.row_id} " if one.row_id else ""
    colon = "：" if zh else ": "
    yield f"  {weight} {row}{told(one.item, language)}{colon}{told(one.reason, language)}"
    assets = ("、" if zh else ", ").join(one.asset_numbers)
    found = told(one.found, language) + (f" [{assets}]" if assets else "")
    words = ("要求", "实际", "依据", "措施") if zh else ("required", "found", "authority", "remedy")
    yield f"      {words[0]}: {told(one.required, language)}  {words[1]}: {found}"
    if source:
        yield f"      {words[2]}: {source}"
    yield f"      {words[3]}: {told(one.remedy, language)}"
