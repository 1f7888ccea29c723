"""What `check` tells beyond findings: what serves what, the plan, failures, the day's capacity."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inventory.readiness.capacity import Capacity, ExamDay, TermSource, capacity
from inventory.readiness.failing import Failure, failures
from inventory.readiness.findings import Bilingual, Readiness, RowOutcome
from inventory.readiness.insight_schema import capacity_shown, plan_shown, what_if_shown
from inventory.readiness.planning import Plan, PlannedAction, Step, plan
from inventory.readiness.schema import shown
from inventory.readiness.use_cases import CheckGround
from inventory.readiness.wording import measured
from stationmaster.language import Language
from stationmaster.readiness_printing import STATUSES, told

STEPS = {
    Step.STATE_FACT: Bilingual("填写站点信息", "state a fact"),
    Step.RECORD: Bilingual("补充登记", "record"),
    Step.CONFIRM: Bilingual("人工确认", "confirm"),
    Step.MOVE: Bilingual("调拨", "move"),
    Step.CALIBRATE: Bilingual("校准、检定、试验", "calibrate, verify, test"),
    Step.SETTLE: Bilingual("协调、手续", "settle"),
    Step.MEND: Bilingual("维修", "mend"),
    Step.BUY: Bilingual("购置或借入", "buy or borrow"),
}


TERM_SOURCES = {
    TermSource.ASKED: Bilingual("本次指定", "as asked"),
    TermSource.STATION: Bilingual("站点设置", "station's setting"),
    TermSource.DEFAULT: Bilingual("默认值", "default"),
}


@dataclass(frozen=True, slots=True)
class Insights:
    """What was asked for beyond the findings; None what was not."""

    result: Readiness
    plan: Plan | None = None
    failures: tuple[Failure, ...] | None = None
    capacity: Capacity | None = None

    @classmethod
    def of(
        cls,
        ground: CheckGround,
        result: Readiness,
        *,
        is_explained: bool,
        is_what_if: bool,
        examinees: int | None,
    ) -> "Insights":
        """Work out what was asked for."""
        case, question, live = ground.case, ground.question, ground.live
        day = None if examinees is None else ExamDay(examinees)
        return cls(
            result,
            plan(case, question, live, ground.elsewhere) if is_explained else None,
            failures(case, question, live) if is_what_if else None,
            None if day is None else capacity(case, question, live, day),
        )


def insight_lines(found: Insights, language: Language) -> Iterator[str]:
    """All that was asked for, for a terminal."""
    if found.plan is not None:
        yield from _serving_lines(found.result, language)
        yield from _plan_lines(found.plan, language)
    if found.failures is not None:
        yield from _failure_lines(found.failures, language)
    if found.capacity is not None:
        yield from _capacity_lines(found.capacity, language)


def json_of(station: str, result: Readiness, found: Insights) -> dict[str, Any]:
    """The result as the API shows it, with what else was asked for."""
    told_of = shown(station, result).model_dump(mode="json")
    question = result.question
    if found.plan is not None:
        told_of["plan"] = plan_shown(station, question, found.plan).model_dump(mode="json")
    if found.failures is not None:
        worse = what_if_shown(station, question, result.status, found.failures)
        told_of["what_if"] = worse.model_dump(mode="json")
    if found.capacity is not None:
        day = capacity_shown(station, question, found.capacity)
        told_of["capacity"] = day.model_dump(mode="json")
    return told_of


def _serving_lines(result: Readiness, language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    yield ""
    yield "【设备对应】" if zh else "[What serves what]"
    for row in result.rows:
        yield f"  {row.row_id} {told(row.item, language)}: {_served(row, language)}"
        if row.unread_sharing:
            words = "共用规则未能识别，按不共用处理" if zh else "sharing not read, taken as none"
            yield f"      {words}: {row.unread_sharing}"
        for one in row.decided_substitutes:
            yes, no = ("可替代", "不可替代") if zh else ("may stand in", "may not stand in")
            may = yes if one.may_stand_in else no
            yield f"      {one.name} {may} ({one.decided_by}: {one.reason})"
        if row.unsettled_substitutes and not row.is_met:
            words = "替代条款需人工判断" if zh else "a person must decide on substitutes"
            yield f"      {words}: {row.unsettled_substitutes}"


def _served(row: RowOutcome, language: Language) -> str:
    zh = language is Language.ZH
    if row.waived_by:
        return f"由 {row.waived_by} 满足" if zh else f"met by {row.waived_by}"
    if not row.serving:
        return "—"
    parts = []
    for one in row.serving:
        part = f"{one.asset_number} × {measured(one.amount, row.unit)}"
        if one.stands_in_as:
            part += f"（替代：{one.stands_in_as}）" if zh else f" (stands in: {one.stands_in_as})"
        if one.shared_with:
            modules = ", ".join(one.shared_with)
            part += f"（与模块 {modules} 共用）" if zh else f" (shared with module {modules})"
        parts.append(part)
    return ("、" if zh else ", ").join(parts)


def _plan_lines(found: Plan, language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    yield ""
    yield "【最少措施】" if zh else "[Smallest set of actions]"
    if not found.is_possible:
        yield "  清单没有相应要求，无法规划" if zh else "  no list speaks of it: nothing to plan"
    elif not found.actions:
        yield "  无需措施" if zh else "  nothing to do"
    for number, action in enumerate(found.actions, 1):
        yield f"  {number}. {_action(action, language)}"
    if not found.is_certain:
        yield (
            "  填写上述站点信息后请重新检查" if zh else "  check again when the facts are stated"
        )


def _action(action: PlannedAction, language: Language) -> str:
    asset = f" [{action.asset_number}]" if action.asset_number else ""
    what, item = told(action.what, language), told(action.item, language)
    colon = "：" if language is Language.ZH else ": "
    rows = ", ".join(action.row_ids)
    return f"{told(STEPS[action.step], language)} {item}{asset}{colon}{what} ({rows})"


def _failure_lines(found: tuple[Failure, ...], language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    yield ""
    yield "【单台失效影响】" if zh else "[If one thing fails]"
    if not found:
        yield "  任一设备失效均有替补" if zh else "  everything has a spare"
    for one in found:
        bench = f" ({one.bench_code})" if one.bench_code else ""
        status = told(STATUSES[one.status], language)
        yield f"  {one.asset_number}{bench} {one.item_zh}: {status} ({', '.join(one.row_ids)})"


def _capacity_lines(found: Capacity, language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    yield ""
    yield "【当日容量】" if zh else "[Capacity of the day]"
    if found.workstations is None or found.most_examinees is None:
        yield "  站点未填写工位数" if zh else "  the station does not state its workstations"
        return
    exam_from = told(TERM_SOURCES[found.exam_minutes_from], language)
    opening_from = told(TERM_SOURCES[found.opening_minutes_from], language)
    yield (
        f"  工位 {found.workstations}，设备齐备 {found.equipped}；"
        f"每轮 {found.exam_minutes} 分钟（{exam_from}），"
        f"开放 {found.opening_minutes} 分钟（{opening_from}）：最多 {found.most_examinees} 名考生"
        if zh
        else f"  {found.workstations} workstations, {found.equipped} equipped; cycles of "
        f"{found.exam_minutes} min ({exam_from}) in {found.opening_minutes} min ({opening_from}): "
        f"{found.most_examinees} at most"
    )
    if found.daily_per_workstation is not None:
        many = found.daily_per_workstation
        yield (
            f"  站点规定每工位每日最多 {many} 名考生"
            if zh
            else f"  the station allows {many} a day at each workstation"
        )
    if found.cycles is not None:
        fits = ("可以" if zh else "fits") if found.fits else ("超出" if zh else "too long")
        yield (
            f"  {found.examinees} 名考生：{found.cycles} 轮，{found.minutes} 分钟，{fits}"
            if zh
            else f"  {found.examinees} examinees: {found.cycles} cycles, "
            f"{found.minutes} min, {fits}"
        )
