"""The general alarm flags of GB/T 32960.3, for benches that put them into a signal (pure).

The names follow public implementations, since the text of the standard could not be had: table 18
of the 2016 edition agrees among three of them; of the 2025 edition (table 24) only one is known,
so its own bits say that they must be checked against the standard. Bit 0 is the least significant.
"""

from collections.abc import Mapping
from typing import NamedTuple

_HIGHEST_LEVEL: Mapping[int, int] = {2016: 3, 2025: 4}
"""2025 adds level 4, thermal event."""
DEFAULT_LEVEL = 1


class AlarmFlag(NamedTuple):
    """One bit; `is_certain` is false where one source alone says what it means."""

    bit: int
    zh: str
    en: str
    is_certain: bool = True


_SHARED = (
    AlarmFlag(0, "温度差异报警", "Temperature difference"),
    AlarmFlag(1, "电池高温报警", "Battery high temperature"),
    AlarmFlag(2, "车载储能装置类型过压报警", "Energy storage over-voltage"),
    AlarmFlag(3, "车载储能装置类型欠压报警", "Energy storage under-voltage"),
    AlarmFlag(4, "SOC低报警", "State of charge low"),
    AlarmFlag(5, "单体电池过压报警", "Cell over-voltage"),
    AlarmFlag(6, "单体电池欠压报警", "Cell under-voltage"),
    AlarmFlag(7, "SOC过高报警", "State of charge high"),
    AlarmFlag(8, "SOC跳变报警", "State of charge jumps"),
    AlarmFlag(9, "可充电储能系统不匹配报警", "Energy storage mismatch"),
    AlarmFlag(10, "电池单体一致性差报警", "Poor cell consistency"),
    AlarmFlag(11, "绝缘报警", "Insulation"),
    AlarmFlag(12, "DC-DC温度报警", "DC-DC converter temperature"),
    AlarmFlag(13, "制动系统报警", "Brake system"),
    AlarmFlag(14, "DC-DC状态报警", "DC-DC converter state"),
    AlarmFlag(15, "驱动电机控制器温度报警", "Drive motor controller temperature"),
    AlarmFlag(16, "高压互锁状态报警", "High-voltage interlock"),
    AlarmFlag(17, "驱动电机温度报警", "Drive motor temperature"),
    AlarmFlag(18, "车载储能装置类型过充报警", "Energy storage overcharge"),
)
_FROM_2025 = (
    AlarmFlag(5, "最小并联单元过压报警", "Minimum parallel unit over-voltage", is_certain=False),
    AlarmFlag(6, "最小并联单元欠压报警", "Minimum parallel unit under-voltage", is_certain=False),
    AlarmFlag(
        10,
        "最小并联单元一致性差报警",
        "Poor consistency of minimum parallel units",
        is_certain=False,
    ),
    AlarmFlag(11, "绝缘电阻失效报警", "Insulation resistance failure", is_certain=False),
    AlarmFlag(19, "驱动电机超速报警", "Drive motor overspeed", is_certain=False),
    AlarmFlag(20, "驱动电机过流报警", "Drive motor over-current", is_certain=False),
    AlarmFlag(21, "超级电容过温报警", "Super-capacitor over-temperature", is_certain=False),
    AlarmFlag(22, "超级电容过压报警", "Super-capacitor over-voltage", is_certain=False),
    AlarmFlag(23, "可充电储能装置热事件报警", "Energy storage thermal event", is_certain=False),
    AlarmFlag(24, "氢泄漏报警", "Hydrogen leak", is_certain=False),
    AlarmFlag(25, "氢系统压力异常报警", "Hydrogen pressure", is_certain=False),
    AlarmFlag(26, "氢系统温度异常报警", "Hydrogen temperature", is_certain=False),
    AlarmFlag(27, "燃料电池电堆超温报警", "Fuel cell stack over-temperature", is_certain=False),
)
_FLAGS: Mapping[int, Mapping[int, AlarmFlag]] = {
    2016: {flag.bit: flag for flag in _SHARED},
    2025: {flag.bit: flag for flag in (*_SHARED, *_FROM_2025)},
}
_BITS = 32


def flag(edition: int, bit: int) -> AlarmFlag:
    """What a bit means in an edition (2016 or 2025); reserved ones say so.

    Names that one source alone gives end in a request to check them against the standard.
    """
    found = _FLAGS[edition].get(bit)
    if found is None:
        return AlarmFlag(bit, f"预留报警位 {bit}", f"Reserved alarm bit {bit}")
    if found.is_certain:
        return found
    zh, en = f"{found.zh}（须对照标准核实）", f"{found.en} (to be checked against the standard)"
    return found._replace(zh=zh, en=en)


def is_raised(bit: int, value: float) -> bool | None:
    """Whether a bit is set.

    None where the value is no 32-bit number or has every bit set, which is "not available".
    """
    if not float(value).is_integer() or not 0 <= value < (1 << _BITS) - 1:
        return None
    return bool(int(value) >> bit & 1)


def severity(edition: int, level: float | None) -> int:
    """The highest alarm level as a severity; 254 and 255 (abnormal, invalid) and none count as 1.

    A set bit at level 0 contradicts itself and counts as 1 too.
    """
    if level is None or not 1 <= level <= _HIGHEST_LEVEL[edition]:
        return DEFAULT_LEVEL
    return int(level)
