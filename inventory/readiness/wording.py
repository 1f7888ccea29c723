"""The sentences of findings that rest on list, register and station, in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.readiness.findings import Bilingual, FindingKind, Question
from inventory.requirements.rules import QuantityBasis, Requirement
from inventory.requirements.thresholds import ClauseResult
from inventory.stations.rules import Level, StationUse

LEVELS = {
    Level.ELEMENTARY: Bilingual("初级", "elementary"),
    Level.INTERMEDIATE: Bilingual("中级", "intermediate"),
    Level.ADVANCED: Bilingual("高级", "advanced"),
}
USES = {
    StationUse.TRAINING: Bilingual("培训", "training"),
    StationUse.EXAM: Bilingual("考核", "exam"),
}
BASES = {
    QuantityBasis.PER_WORKSTATION: Bilingual("工位", "workstation"),
    QuantityBasis.PER_VEHICLE_WORKSTATION: Bilingual("整车工位", "vehicle workstation"),
    QuantityBasis.PER_BENCH_WORKSTATION: Bilingual("台架工位", "bench workstation"),
    QuantityBasis.PER_EXAM_TASK: Bilingual("考核项目", "exam task"),
    QuantityBasis.PER_EXAM_ROOM: Bilingual("考场", "exam room"),
    QuantityBasis.PER_HV_AREA: Bilingual("高压作业区", "high-voltage area"),
    QuantityBasis.PER_MODULE: Bilingual("模块", "module"),
    QuantityBasis.PER_STATION: Bilingual("站", "station"),
    QuantityBasis.PER_VEHICLE: Bilingual("车", "vehicle"),
    QuantityBasis.PER_N_EXAMINEES: Bilingual("考生", "examinees"),
}
STATUSES = {
    EquipmentStatus.IN_SERVICE: Bilingual("在用", "in service"),
    EquipmentStatus.UNDER_REPAIR: Bilingual("在修", "under repair"),
    EquipmentStatus.LENT_OUT: Bilingual("借出", "lent out"),
    EquipmentStatus.RETIRED: Bilingual("报废", "retired"),
    EquipmentStatus.MISSING: Bilingual("盘亏", "missing at stocktaking"),
}
NOTHING = Bilingual("未登记", "nothing on record")


@dataclass(frozen=True, slots=True)
class Texts:
    """The four sentences of a finding."""

    required: Bilingual
    found: Bilingual
    reason: Bilingual
    remedy: Bilingual


def item(row: Requirement) -> Bilingual:
    """What a row asks for."""
    return Bilingual(row.item_zh, row.item_en or row.item_zh)


def number(value: float) -> str:
    """A quantity without a needless `.0`."""
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def measured(value: float, symbol: str) -> str:
    """A quantity with its unit."""
    return f"{number(value)} {symbol}".strip()


def basis(row: Requirement) -> Bilingual:
    """The row's quantity as the list has it: "2 per workstation"."""
    each, per = measured(row.quantity_n, row.quantity_unit), BASES[row.quantity_basis]
    if row.quantity_basis is QuantityBasis.PER_N_EXAMINEES:
        many = row.per_n_examinees or 1
        return Bilingual(f"每 {many} 名考生 {each}", f"{each} per {many} examinees")
    return Bilingual(f"每{per.zh} {each}", f"{each} per {per.en}")


def shortage(row: Requirement, needed: float, present: float, held_by: Sequence[str] = ()) -> Texts:
    """Too few things are there, whether they count or not, or none at all.

    `held_by` are modules that have some of them at the same time or for themselves.
    """
    needs, has = measured(needed, row.quantity_unit), measured(present, row.quantity_unit)
    lacks = measured(needed - present, row.quantity_unit)
    rule = basis(row)
    reason = (
        Bilingual(f"台账可分配 {has}，缺 {lacks}", f"{has} in the register, {lacks} short")
        if present
        else Bilingual("台账中没有可用于本要求的设备", "nothing in the register serves this row")
    )
    other = Bilingual("", "")
    if held_by:
        modules = "、".join(held_by)
        reason = Bilingual(
            f"可分配 {has}，缺 {lacks}；同类设备由模块 {modules} 占用（同时考核或专用）",
            f"{has} to be had, {lacks} short; module {', '.join(held_by)} has things of this kind, "
            "at the same time or for itself",
        )
        other = Bilingual(
            f"，或与模块 {modules} 错开考核时间",
            f", or examine module {', '.join(held_by)} at another time",
        )
    return Texts(
        required=Bilingual(f"{needs}（{rule.zh}）", f"{needs} ({rule.en})"),
        found=Bilingual(has, has),
        reason=reason,
        remedy=Bilingual(
            f"购置或借入 {lacks}{other.zh}；"
            f"已有而名称不同的，在台账 serves_rows 列填写 {row.row_id}",
            f"buy or borrow {lacks}{other.en}; where it is there under another name, "
            f"put {row.row_id} into the register's column serves_rows",
        ),
    )


def fact(row: Requirement, fact_name: str) -> Texts:
    """A number the row multiplies by is not stated."""
    rule, what = basis(row), BASES[row.quantity_basis]
    return Texts(
        required=Bilingual(f"{rule.zh}", f"{rule.en}"),
        found=NOTHING,
        reason=Bilingual(
            f"站点未填写{what.zh}数（{fact_name}），无法计算应有数量",
            f"the station does not state {fact_name}, so nobody can say how many are needed",
        ),
        remedy=stating(row.quantity_basis, fact_name),
    )


def stating(counted: QuantityBasis, fact_name: str) -> Bilingual:
    """What to do where a station does not say how many of something it has."""
    return Bilingual(
        f"在站点信息中填写{BASES[counted].zh}数（{fact_name}）",
        f"state {fact_name} for the station",
    )


def no_requirement(question: Question) -> Texts:
    """The list says nothing of what was asked."""
    level, use = LEVELS[question.level], USES[question.use]
    return Texts(
        required=NOTHING,
        found=NOTHING,
        reason=Bilingual(
            f"清单没有模块 {question.module} {level.zh}（{use.zh}）的专属要求行",
            f"the list has no row of its own for module {question.module}, {level.en}, {use.en}",
        ),
        remedy=Bilingual(
            "核对模块与等级，或导入包含它们的清单版本",
            "check module and level, or import a list version that has them",
        ),
    )


def not_offered(question: Question) -> Texts:
    """The station does not say that it offers what was asked."""
    level = LEVELS[question.level]
    return Texts(
        required=NOTHING,
        found=NOTHING,
        reason=Bilingual(
            f"本站未开设模块 {question.module} {level.zh}；以下结果仅供筹备参考",
            f"the station does not offer module {question.module}, {level.en}; what follows is "
            "for those who prepare it",
        ),
        remedy=Bilingual(
            "如需开设，在站点信息中添加该模块与等级",
            "to offer it, add module and level to the station",
        ),
    )


def no_list(question: Question) -> Texts:
    """No list version applies on the day."""
    on = question.on_date.isoformat()
    return Texts(
        required=NOTHING,
        found=NOTHING,
        reason=Bilingual(f"{on} 没有适用的清单版本", f"no list version applies on {on}"),
        remedy=Bilingual(
            "导入当日有效的设备与工具清单",
            "import an equipment and tool list that is valid on that day",
        ),
    )


def amount(row: Requirement, item: EquipmentItem) -> Texts:
    """The register counts in a unit that can't be converted to the list's."""
    wanted = row.quantity_unit or "件"
    has = measured(item.quantity, item.quantity_unit or "件")
    return Texts(
        required=Bilingual(f"数量单位 {wanted}", f"a quantity in {row.quantity_unit or 'pieces'}"),
        found=Bilingual(has, measured(item.quantity, item.quantity_unit or "pieces")),
        reason=Bilingual("数量单位无法换算", "the units of quantity can't be converted"),
        remedy=Bilingual(
            f"在台账 quantity_unit 列填写可换算为 {wanted} 的单位",
            "give a unit in the register's column quantity_unit that converts to the list's",
        ),
    )


def out_of_service(item: EquipmentItem) -> Texts:
    """The thing is there but not in service."""
    status = STATUSES[item.status]
    return Texts(
        required=STATUSES[EquipmentStatus.IN_SERVICE],
        found=status,
        reason=Bilingual(f"设备状态为“{status.zh}”", f"the equipment is {status.en}"),
        remedy=Bilingual(
            "修复、收回或更换后将状态改为在用",
            "repair, fetch back or replace it, then set its status to in_service",
        ),
    )


def parameter(kind: FindingKind, result: ClauseResult) -> Texts:
    """A technical parameter does not pass."""
    found = Bilingual(result.found, result.found) if result.found else NOTHING
    match kind:
        case FindingKind.PARAMETER_NOT_MET:
            reason = Bilingual("实际参数不满足要求", "the stated value does not meet the bound")
            remedy = Bilingual(
                "更换为满足参数的设备；台账有误则更正",
                "replace it by one that meets the bound, or correct the register",
            )
        case FindingKind.PARAMETER_UNREADABLE:
            reason = Bilingual(
                "该条参数为文字描述，系统无法判断", "this clause is prose that no rule can decide"
            )
            remedy = Bilingual(
                "由人员核对后，将该条原文写入台账 parameters 列",
                "let a person confirm it and put the same words into the register's parameters",
            )
        case _:
            reason = Bilingual(
                "台账未写明该参数，或单位、写法无法比较",
                "the register does not state it, or not in a form that can be compared",
            )
            name = result.required.split(maxsplit=1)[0].strip("(:")
            remedy = Bilingual(
                f"在台账 parameters 列填写实际值，如 {name} = …",
                f"put the value into the register's parameters, such as {name} = …",
            )
    return Texts(Bilingual(result.required, result.required), found, reason, remedy)


def condition(words: str) -> Texts:
    """The list lets a thing stand in only under words that no rule can decide."""
    return Texts(
        required=Bilingual(words, words),
        found=NOTHING,
        reason=Bilingual(
            "替代条件为文字描述，系统无法判断", "the condition for standing in is prose"
        ),
        remedy=Bilingual(
            "由人员核对后，将该条原文写入台账 parameters 列",
            "let a person confirm it and put the same words into the register's parameters",
        ),
    )
