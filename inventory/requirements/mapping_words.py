"""What other people call the columns of a list and their values, and what we call them."""

import re
from collections.abc import Callable, Mapping

from inventory.requirements.rules import MODULE_CODE, CalibrationDuty
from inventory.requirements.units import normalised

QUANTITY_UNIT = "quantity_unit"
"""A column beside the quantity that holds its unit; no column of ours."""
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "row_id": ("编号", "编码", "条目编号", "代码", "设备编号", "row", "id", "code"),
    "certificate": ("证书", "证书名称", "certificate"),
    "module_code": ("模块代码", "模块编号", "模块", "适用模块", "module"),
    "module_name": ("模块名称", "module name"),
    "level": ("等级", "级别", "适用等级", "适用级别", "level"),
    "station_use": ("站类型", "用途", "适用站点", "培训/考核", "use"),
    "category": ("类别", "分类", "设备类别", "类型", "category"),
    "exam_task": ("考核项目", "任务", "项目", "考核任务", "task"),
    "item_zh": (
        "名称", "设备名称", "设备/工具名称", "工具名称", "设备与工具名称", "设备及工具名称",
        "仪器设备名称", "品名", "物品名称", "设备工具名称", "设备", "item", "name",
    ),
    "item_en": ("英文名称", "english name"),
    "technical_parameters": (
        "技术参数", "参数", "规格", "规格型号", "型号规格", "参数要求", "技术要求", "配置要求",
        "主要技术参数", "技术指标", "性能参数", "规格参数", "参数及配置", "parameters",
        "specification", "spec",
    ),
    "quantity_basis": ("数量基准", "配置标准", "配备单位", "计量基准", "basis"),
    "quantity_n": ("数量", "配置数量", "最低数量", "台套数", "配备数量", "quantity", "qty"),
    QUANTITY_UNIT: ("单位", "计量单位", "unit"),
    "per_n_examinees": ("每n名考生的n",),
    "obligation": ("必备/推荐", "必备", "是否必备", "必配/选配", "性质", "obligation"),
    "calibration_required": ("检定/校准要求", "检定要求", "校准要求", "是否检定", "计量要求"),
    "interval_months": ("周期(月)", "检定周期", "校准周期", "周期"),
    "calibration_document": ("检定/校准依据", "检定依据", "校准依据"),
    "sharing_rule": ("共用规则", "能否共用", "共用"),
    "substitute_allowed": ("允许的替代", "替代", "可替代设备", "替代设备"),
    "alternative_group": ("替代组", "任选组"),
    "authority_item": ("要求项依据", "依据", "authority"),
    "authority_parameters": ("参数依据",),
    "authority_quantity": ("数量依据",),
    "list_version": ("清单版本", "版本", "version"),
    "source_address": ("来源", "source"),
}  # fmt: skip
_CONTAINED = (
    ("technical_parameters", re.compile("技术参数|参数要求|规格|技术要求|性能指标")),
    ("item_zh", re.compile("(?:设备|工具|仪器|物品|器材|耗材)[^模证英厂]{0,8}名称")),
    ("quantity_n", re.compile("(?:配[置备]|最[低少]|需[要求])[^单金]{0,4}数量")),
)
"""What longer headings contain; looked at last."""
SERIAL_HEADINGS = frozenset({"序号", "序", "no", "no.", "#", "行号"})
_MARKS = re.compile(r"[\s*★:：]+")
_UNIT_OF_HEADING = re.compile(
    r"(?P<name>.+?)\s*(?:\((?P<bracket>[^()]{1,12})\)|/(?P<slash>[^/]{1,8}))"
)
_CHINESE_DIGITS = {digit: str(n) for n, digit in enumerate("零一二三四五六七八九")}


def heading_of(text: str) -> str | None:
    """Which of our columns a header text means; None when nobody can tell."""
    plain = _plain(text)
    bare = _plain(unit_of_heading(text)[0])
    for column, words in HEADINGS.items():
        if plain in words or plain == column or plain == column.replace("_", ""):
            return column
    for column, words in HEADINGS.items():
        if bare in words:
            return column
    return next((column for column, words in _CONTAINED if words.search(plain)), None)


def is_serial(text: str) -> bool:
    """Whether a header is that of a running number, which names no row for good."""
    return _plain(text) in SERIAL_HEADINGS


def unit_of_heading(text: str) -> tuple[str, str]:
    """A header without the unit in it, and the unit: `额定电压(V)`, `长度/mm`."""
    match = _UNIT_OF_HEADING.fullmatch(normalised(text))
    if match is None:
        return normalised(text), ""
    return match["name"], match["bracket"] or match["slash"]


def _plain(text: str) -> str:
    return _MARKS.sub("", normalised(text).casefold())


def module_in(text: str) -> str | None:
    """The module code a heading speaks of: `模块2-1`, `2-1 动力驱动…`."""
    match = re.search(rf"(?<![\d-]){MODULE_CODE.pattern}(?![\d-])", normalised(text))
    return match[0] if match else None


def level_value(cell: str) -> str:
    """`初、中级`, `初级/中级`, `全部` as the list's own words."""
    plain = normalised(cell)
    if plain in {"*", "全部", "各级", "所有", "初中高级", "初中高"}:
        return "*"
    found = [f"{one}级" for one in "初中高" if one in plain]
    return "|".join(found) if found else cell


def use_value(cell: str) -> str:
    """`培训站`, `考核站`, `培训、考核` as the list's own words."""
    plain = normalised(cell)
    if ("培训" in plain and "考核" in plain) or plain in {"两者", "通用", "全部", "均可"}:
        return "both"
    return next((one for one in ("培训", "考核") if one in plain), cell)


def obligation_value(cell: str) -> str:
    """`必配`, `必须`, `是`, `√`, `选配`, `可选` as the list's own words."""
    plain = normalised(cell).casefold()
    if plain in {"必备", "必配", "必须", "必选", "是", "√", "✓", "y", "yes", "强制"}:
        return "mandatory"
    if plain in {"推荐", "选配", "可选", "建议", "否", "×", "x", "n", "no", "自选"}:
        return "recommended"
    return cell


def basis_value(cell: str) -> str:
    """`每工位`, `整车工位`, `每考场` as the list's own words."""
    plain = normalised(cell).removeprefix("每").removeprefix("个")
    words = {
        "整车工位": "per_vehicle_workstation",
        "台架工位": "per_bench_workstation",
        "工位": "per_workstation",
        "考核项目": "per_exam_task",
        "项目": "per_exam_task",
        "考场": "per_exam_room",
        "高压作业区": "per_hv_area",
        "模块": "per_module",
        "站": "per_station",
        "站点": "per_station",
        "车": "per_vehicle",
        "辆车": "per_vehicle",
    }
    return words.get(plain, cell)


def quantity_value(cell: str) -> str:
    """`２套`, `≥2`, `两台` as a number, with its unit where it has one."""
    plain = normalised(cell).replace("两", "2")
    plain = re.sub(r"^(?:>=|不少于|至少|不低于)\s*", "", plain)
    match = re.fullmatch(rf"([{''.join(_CHINESE_DIGITS)}])\s*(\D*)", plain)
    return f"{_CHINESE_DIGITS[match[1]]} {match[2]}".strip() if match else plain


def duty_value(cell: str) -> str:
    """`强检`, `校准`, `点检`, `预防性试验`, `否` as the list's own words."""
    plain = normalised(cell)
    if plain.casefold().startswith(tuple(duty.value for duty in CalibrationDuty)):
        return cell
    for word, duty in (
        ("预防性", "periodic safety test"),
        ("点检", "functional self-check"),
        ("检定", "verification"),
        ("强检", "verification"),
        ("校准", "calibration"),
    ):
        if word in plain:
            return duty
    return "no" if plain in {"", "否", "无", "不需要", "/", "-"} else cell


VALUES: Mapping[str, Callable[[str], str]] = {
    "level": level_value,
    "station_use": use_value,
    "obligation": obligation_value,
    "quantity_basis": basis_value,
    "quantity_n": quantity_value,
    "calibration_required": duty_value,
    "module_code": lambda cell: module_in(cell) or cell,
    "interval_months": lambda cell: re.sub(r"\s*个?月$", "", normalised(cell)),
}
"""How a cell of a column is put into our words; what is not known stays, and is refused later."""
