"""What Chinese lists call parameters and units, and which names the clauses use for them."""

from collections.abc import Mapping
from functools import lru_cache

from inventory.requirements.units import Unit, unit

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("额定", "标称"), "rated"),
    **dict.fromkeys(("最大", "最高"), "max"),
    **dict.fromkeys(("最小", "最低"), "min"),
    **dict.fromkeys(("测量", "检测", "量测", "显示", "值", "的"), ""),
    **dict.fromkeys(("量程", "范围", "测量范围", "测试范围", "测程"), "range"),
    **dict.fromkeys(("精度", "准确度", "精确度", "精密度"), "accuracy"),
    **dict.fromkeys(("误差", "允差", "示值误差", "允许误差"), "error"),
    **dict.fromkeys(("分辨率", "分辨力"), "resolution"),
    **dict.fromkeys(("分度值", "分度", "刻度"), "division"),
    **dict.fromkeys(("扭矩", "力矩", "转矩", "扭力"), "torque"),
    **dict.fromkeys(("压力", "气压", "液压"), "pressure"),
    **dict.fromkeys(("电量", "能量", "电能"), "energy"),
    **dict.fromkeys(("重量", "质量"), "mass"),
    **dict.fromkeys(("承重", "载重", "承载", "载荷", "负载"), "load"),
    **dict.fromkeys(("噪声", "噪音"), "noise"),
    **dict.fromkeys(("供电", "电源"), "supply"),
    **dict.fromkeys(("尺寸", "外形尺寸"), "size"),
    **dict.fromkeys(("通道", "通道数", "通道数量"), "channels"),
    **dict.fromkeys(("采样率", "采样频率", "采样速率"), "sample_rate"),
    **dict.fromkeys(("测试", "试验"), "test"),
    **dict.fromkeys(("存储", "硬盘"), "storage"),
    **dict.fromkeys(("通讯", "通信"), "communication"),
    "绝缘电阻": "insulation_resistance",
    "接地电阻": "ground_resistance",
    "耐压": "withstand_voltage",
    "测温范围": "temperature_range",
    "响应时间": "response_time",
    "温升": "temperature_rise",
    "工作": "working",
    "输入": "input",
    "输出": "output",
    "直流": "dc",
    "交流": "ac",
    "电压": "voltage",
    "电流": "current",
    "功率": "power",
    "频率": "frequency",
    "电阻": "resistance",
    "电容": "capacitance",
    "电感": "inductance",
    "温度": "temperature",
    "湿度": "humidity",
    "转速": "rotational_speed",
    "长度": "length",
    "宽度": "width",
    "高度": "height",
    "深度": "depth",
    "厚度": "thickness",
    "直径": "diameter",
    "面积": "area",
    "容量": "capacity",
    "容积": "volume",
    "举升": "lift",
    "流量": "flow",
    "真空度": "vacuum",
    "带宽": "bandwidth",
    "纹波": "ripple",
    "照度": "illuminance",
    "像素": "pixels",
    "内存": "memory",
    "电池": "battery",
    "电机": "motor",
    "充电": "charging",
    "放电": "discharging",
    "峰值": "peak",
    "速度": "speed",
    "时间": "time",
    "距离": "distance",
    "角度": "angle",
    "环境": "ambient",
    "绝缘": "insulation",
    "短路": "short_circuit",
    "波特率": "rate",
    "屏幕": "screen",
}
_LONGEST = max(map(len, _WORDS))
_SMALL_IS_FINE = ("accuracy", "error", "resolution", "division", "response_time", "noise", "ripple")

UNIT_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("KV", "Kv", "千伏"), "kV"),
    **dict.fromkeys(("v", "伏", "伏特"), "V"),
    **dict.fromkeys(("安", "安培"), "A"),
    "毫安": "mA",
    **dict.fromkeys(("AH", "ah", "A·h", "安时"), "Ah"),
    **dict.fromkeys(("w", "瓦"), "W"),
    **dict.fromkeys(("KW", "Kw", "千瓦"), "kW"),
    **dict.fromkeys(("KWh", "KWH", "kwh", "kW·h", "千瓦时"), "kWh"),
    "KVA": "kVA",
    **dict.fromkeys(("欧", "欧姆"), "Ω"),
    "KΩ": "kΩ",
    **dict.fromkeys(("兆欧", "MΩ"), "MΩ"),
    **dict.fromkeys(("HZ", "hz", "赫兹"), "Hz"),
    **dict.fromkeys(("KHz", "KHZ", "khz"), "kHz"),
    "MHZ": "MHz",
    **dict.fromkeys(("Kbps", "Kbit/s", "kb/s"), "kbit/s"),
    **dict.fromkeys(("Mb/s", "MBit/s"), "Mbit/s"),
    **dict.fromkeys(("N.m", "N.M", "N·M", "NM", "N*m", "N-m", "N•m", "牛米", "牛·米"), "N·m"),
    "牛": "N",
    **dict.fromkeys(("摄氏度", "C°"), "°C"),
    **dict.fromkeys(("MM", "毫米"), "mm"),
    **dict.fromkeys(("CM", "厘米"), "cm"),
    **dict.fromkeys(("M", "米"), "m"),
    **dict.fromkeys(("KM", "公里", "千米"), "km"),
    **dict.fromkeys(("英寸", "寸"), "in"),
    **dict.fromkeys(("平方米", "平米", "M2"), "m2"),
    **dict.fromkeys(("立方米", "M3"), "m3"),
    **dict.fromkeys(("毫升", "ML"), "mL"),
    **dict.fromkeys(("帕",), "Pa"),
    **dict.fromkeys(("KPa", "Kpa", "KPA", "kpa", "千帕"), "kPa"),
    **dict.fromkeys(("Mpa", "MPA", "mpa", "兆帕"), "MPa"),
    **dict.fromkeys(("Bar", "BAR"), "bar"),
    **dict.fromkeys(("PSI", "Psi"), "psi"),
    "克": "g",
    **dict.fromkeys(("KG", "Kg", "千克"), "kg"),
    **dict.fromkeys(("T", "吨"), "t"),
    "毫秒": "ms",
    **dict.fromkeys(("S", "秒"), "s"),
    **dict.fromkeys(("分钟", "Min"), "min"),
    "小时": "h",
    **dict.fromkeys(("转/分", "转/分钟", "RPM", "r/Min"), "r/min"),
    **dict.fromkeys(("Lx", "LX", "lux", "Lux", "勒克斯"), "lx"),
    **dict.fromkeys(("dB(A)", "DB", "db", "分贝"), "dB"),
    **dict.fromkeys(("PPM",), "ppm"),
    **dict.fromkeys(("路", "通道", "人", "孔", "页"), "个"),
}
"""Other spellings of the symbols `units` knows, as they stand in lists."""

_NAME_OF_UNIT: Mapping[str, str] = {
    "V": "voltage",
    "A": "current",
    "W": "power",
    "kVA": "apparent_power",
    "Wh": "energy",
    "Ah": "capacity",
    "Ω": "resistance",
    "F": "capacitance",
    "Hz": "frequency",
    "bit/s": "rate",
    "N·m": "torque",
    "N": "force",
    "Pa": "pressure",
    "°C": "temperature",
    "mm": "length",
    "m2": "area",
    "kg": "mass",
    "L": "volume",
    "L/min": "flow",
    "rpm": "rotational_speed",
    "km/h": "speed",
    "s": "time",
    "lx": "illuminance",
    "dB": "noise",
    "GB": "memory",
    "°": "angle",
}
_PRINCIPAL: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("绝缘手套", "绝缘鞋", "绝缘靴", "安全帽", "绝缘垫", "救援钩"), "V", "rated_voltage"),
    (("绝缘工具", "绝缘扳手", "绝缘螺丝刀", "绝缘棒"), "V", "rated_voltage"),
    (("绝缘电阻", "绝缘测试", "兆欧表"), "V", "test_voltage"),
    (("绝缘电阻", "绝缘测试", "兆欧表"), "Ω", "range_max"),
    (("示波器",), "Hz", "bandwidth"),
    (("举升机", "举升平台", "千斤顶"), "kg", "load"),
    (("灭火器",), "kg", "charge_mass"),
    (("充电机", "充电桩", "充电器"), "W", "power"),
    (("电池",), "Wh", "energy"),
    (("电机台架", "驱动电机"), "W", "peak_power"),
    (("照明", "照度"), "lx", "illuminance"),
)
"""Which quantity is meant of an item when a cell gives a value and no name for it."""


@lru_cache(maxsize=4096)
def canonical_name(chinese: str) -> str | None:
    """The clause name of a Chinese parameter name (额定电压: `rated_voltage`).

    None where any part of it is not in the vocabulary.
    """
    found: list[str] = []
    rest = "".join(chinese.split())
    while rest:
        for length in range(min(_LONGEST, len(rest)), 0, -1):
            word = _WORDS.get(rest[:length])
            if word is not None:
                found.append(word)
                rest = rest[length:]
                break
        else:
            return None
    return "_".join(word for word in found if word) or None


def is_better_small(name: str) -> bool:
    """Whether less of a quantity is better, as with errors and resolutions."""
    return name.endswith(_SMALL_IS_FINE)


def covers_a_span(name: str) -> bool:
    """Whether a stated range is one to be covered, as with what an instrument measures."""
    return name.endswith("range") or name.startswith(("output", "working_temp", "ambient_temp"))


def spelled_unit(symbol: str) -> Unit | None:
    """The unit a list means by a symbol; None when nobody knows."""
    return unit(UNIT_SPELLINGS.get(symbol, symbol))


def principal_name(item_zh: str, symbol: str) -> str | None:
    """The parameter of an item that a value without a name speaks of; None where it is unsaid."""
    kind = _kind(symbol)
    for words, of_unit, name in _PRINCIPAL:
        if _kind(of_unit) == kind and any(word in item_zh for word in words):
            return name
    return None


def usual_name(symbol: str) -> str | None:
    """What a quantity of this unit is called when nothing better is known."""
    kind = _kind(symbol)
    return next((name for one, name in _NAME_OF_UNIT.items() if _kind(one) == kind), None)


def _kind(symbol: str) -> str:
    found = unit(symbol)
    return found.kind if found else ""
