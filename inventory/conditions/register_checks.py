"""Conditions that the self-check, rooms and the equipment register answer (pure)."""

import re
from collections.abc import Callable
from fractions import Fraction

from inventory.conditions.ground import Ask
from inventory.conditions.rules import Computed
from inventory.proofs.rules import ProofKind, ProofState
from inventory.readiness.findings import Bilingual, Status
from inventory.readiness.proof_wording import PROOFS
from inventory.readiness.wording import LEVELS

_PASSES = frozenset({Status.READY, Status.ADVICE_ONLY})
_SHOWN = 20
_MONITORING = re.compile(r"监控|摄像|录像|摄录|camera|recorder|monitoring", re.IGNORECASE)


def self_check(ask: Ask) -> Computed:
    """The equipment self-check passes for every module and level the station offers."""
    answers = ask.ground.self_checks
    required = Bilingual(
        "开设的各模块、等级设备自查均通过", "the self-check passes for all it offers"
    )
    remedy = Bilingual("按差距逐项整改", "mend the findings of the self-check")
    if not answers:
        none = Bilingual("站点未说明开设的模块和等级", "the station offers no module and level")
        return Computed(None, required, none, remedy)
    failing = [one for one in answers if one.status is Status.NOT_READY]
    open_ = [one for one in answers if one.status is Status.UNKNOWN]
    told = failing or open_
    zh, en = ("未通过", "not ready") if failing else ("无法判断", "unknown")
    said = Bilingual(
        f"{zh}：" + "、".join(f"{one.module} {LEVELS[one.level].zh}" for one in told),
        f"{en}: " + ", ".join(f"{one.module} {LEVELS[one.level].en}" for one in told),
    )
    if not told:
        said = Bilingual(f"{len(answers)} 项自查均通过", f"all {len(answers)} self-checks pass")
    is_met = False if failing else None if open_ else all(one.status in _PASSES for one in answers)
    return Computed(is_met, required, said, remedy)


def exam_workstations(ask: Ask) -> Computed:
    """The station has as many workstations as the rule asks for."""
    least = int(ask.numbers.of("workstations", Fraction(8)))
    have = ask.ground.facts.get("workstations")
    required = Bilingual(f"考核工位至少 {least} 个", f"at least {least} exam workstations")
    remedy = Bilingual("增设工位并登记", "set up and record more workstations")
    if have is None:
        none = Bilingual("站点未说明工位数", "the station has not stated its workstations")
        return Computed(None, required, none, Bilingual("登记房间和工位", "record rooms"))
    said = Bilingual(f"工位 {have} 个", f"{have} workstations")
    return Computed(have >= least, required, said, remedy)


def exam_timetable(ask: Ask) -> Computed:
    """A whole exam has the tasks and minutes the rule asks for."""
    facts, minutes = ask.ground.facts, ask.ground.exam_minutes
    each = int(ask.numbers.of("task_minutes", Fraction(30)))
    wanted = int(ask.numbers.of("tasks", Fraction(4)))
    tasks = facts.get("exam_tasks")
    required = Bilingual(
        f"{wanted} 个项目，每项目 {each} 分钟", f"{wanted} tasks of {each} minutes each"
    )
    remedy = Bilingual(
        "在站点设置中更正考核项目数和时长", "correct the station's tasks and minutes"
    )
    if tasks is None or minutes is None:
        none = Bilingual("站点未说明考核项目数或时长", "the station states no tasks or no minutes")
        return Computed(None, required, none, remedy)
    said = Bilingual(
        f"{tasks} 个项目，共 {minutes} 分钟", f"{tasks} tasks, {minutes} minutes in all"
    )
    return Computed(tasks == wanted and minutes == wanted * each, required, said, remedy)


def exam_listing(ask: Ask) -> Computed:
    """Equipment, materials and monitoring devices are on record.

    Chosen: what is on record proves it; what is not found may only be called otherwise.
    """
    names = ask.ground.equipment_names
    watching = [name for name in names if _MONITORING.search(name)]
    counts = (len(names), ask.ground.consumable_count, len(watching))
    required = Bilingual(
        "设备、工具、材料和监控设备均列入台账",
        "equipment, tools, materials and monitoring devices are on record",
    )
    said = Bilingual(
        f"设备和工具 {counts[0]} 项，耗材 {counts[1]} 项，监控设备 {counts[2]} 项",
        f"{counts[0]} pieces of equipment, {counts[1]} consumables, {counts[2]} for monitoring",
    )
    remedy = Bilingual("登记缺少的设备、耗材或监控设备", "record what is missing")
    return Computed(all(counts) or None, required, said, remedy)


def task_workstations(ask: Ask) -> Computed:
    """Every exam task has a workstation whose vehicle or bench is in working order."""
    ground = ask.ground
    tasks = ground.facts.get("exam_tasks")
    required = Bilingual(
        "每个考核项目有功能正常的整车或台架工位",
        "a workstation in working order for every exam task",
    )
    remedy = Bilingual("登记或修复项目所用工位", "record or mend workstations of the tasks")
    if not tasks or not any(one.exam_tasks for one in ground.workstations):
        none = Bilingual(
            "未登记工位所用的考核项目", "no workstation on record says which task it is for"
        )
        return Computed(None, required, none, remedy)
    working = [one for one in ground.workstations if one.asset_number not in ground.out_of_use]
    served = {task for one in working for task in one.exam_tasks}
    lacking = [task for task in range(1, tasks + 1) if task not in served]
    numbers = "、".join(map(str, lacking))
    said = Bilingual(
        f"项目 {numbers} 没有可用工位",
        f"no usable workstation for task {', '.join(numbers.split('、'))}",
    )
    if not lacking:
        said = Bilingual(f"{tasks} 个项目均有可用工位", f"all {tasks} tasks have one")
    broken = [one.code for one in ground.workstations if one not in working]
    return Computed(not lacking, required, said, remedy, tuple(broken))


def proof_dates(kind: ProofKind) -> Callable[[Ask], Computed]:
    """A check that every proof of a kind holds that things in service have or must have."""
    word = PROOFS[kind]

    def check(ask: Ask) -> Computed:
        found = [one for one in ask.ground.instruments if one.kind is kind]
        bad = [one for one in found if one.state is not ProofState.VALID]
        required = Bilingual(f"在用器具{word.zh}均在有效期内", f"{word.en} of all devices in date")
        remedy = Bilingual(f"送{word.zh}并登记证书", f"have them done, and record the {word.en}")
        if not found:
            none = Bilingual(f"台账中没有{word.zh}记录", f"no {word.en} on record")
            return Computed(None, required, none, remedy)
        names = tuple(one.asset_number for one in bad)
        shown = "、".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
        said = Bilingual(
            f"{len(found)} 件中 {len(bad)} 件不在有效期内：{shown}",
            f"{len(bad)} of {len(found)} not in date: {shown.replace('、', ', ')}",
        )
        if not bad:
            said = Bilingual(f"{len(found)} 件均在有效期内", f"all {len(found)} in date")
        return Computed(not bad, required, said, remedy, names)

    return check
