"""Fault tests that make sense on many benches, and by which names and units their signals go."""

from collections.abc import Mapping
from dataclasses import dataclass

from can_bridge.profile_checking.findings import Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signal by a pattern of its name and by its unit (lower case; `bit`: 0 or 1)."""

    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A fault test with roles instead of signals.

    Attributes:
        kinds: benches on which it makes sense.
        signals: by role in `condition`.
        condition: with `{role}` where a signal's name belongs.
        dtc: SAE J2012 code; `failure_type` as J2012-DA.
        source: where the threshold comes from, "" for an example to be adapted.
    """

    kinds: tuple[str, ...]
    signals: Mapping[str, Wanted]
    condition: str
    dtc: str
    severity: int
    text: Text
    remedy: Text
    failure_type: int = 0
    confirm_s: float = 1.0
    clear_s: float = 2.0
    source: str = ""


_CELSIUS = ("°c", "degc", "deg c", "℃", "c")
_RPM = ("rpm", "r/min", "1/min")
_PACK_VOLTAGE = Wanted(r"(pack|batt|bat|hv|dc|total).*volt|v_?batt|volt.*(pack|batt|total)", ("v",))
_LOST_MODULES = (
    ("bms|batt", "U0111", "电池管理系统", "battery control unit"),
    ("mcu|motor|inv", "U0110", "电机控制器", "motor control unit"),
    ("vcu|vehicle", "U0293", "整车控制器", "vehicle control unit"),
    ("bcm|body", "U0140", "车身控制器", "body control unit"),
)

KNOWN_FAULTS: tuple[KnownFault, ...] = (
    KnownFault(
        kinds=("battery", "vehicle"),
        signals={
            "isolation": Wanted(r"isol|insul", ("kω", "kohm", "kohms", "kΩ")),
            "voltage": _PACK_VOLTAGE,
        },
        condition="{isolation} < 0.1 * {voltage}",
        dtc="P0AA6",
        severity=3,
        text=Text("绝缘电阻低于 100 Ω/V", "isolation resistance below 100 Ω/V"),
        remedy=Text(
            "断开高压并等待放电，用绝缘测试仪分段测量",
            "switch high voltage off, wait for the discharge, measure section by section",
        ),
        confirm_s=0.5,
        source="GB 18384",
    ),
    KnownFault(
        kinds=("battery", "vehicle"),
        signals={"cell": Wanted(r"cell.*volt.*max|max.*cell.*volt|cell.*max.*volt", ("v",))},
        condition="{cell} > 4.3",
        dtc="P0AFB",
        severity=3,
        text=Text("单体电池过压", "cell over-voltage"),
        remedy=Text("停止充电，核对采样线与单体电压", "stop charging, check the sense wires"),
        confirm_s=0.5,
    ),
    KnownFault(
        kinds=("battery", "vehicle"),
        signals={"cell": Wanted(r"cell.*volt.*min|min.*cell.*volt|cell.*min.*volt", ("v",))},
        condition="{cell} < 2.7",
        dtc="P0AFA",
        severity=2,
        text=Text("单体电池欠压", "cell under-voltage"),
        remedy=Text("停止放电并充电，核对单体电压", "stop discharging, charge, check the cells"),
    ),
    KnownFault(
        kinds=("battery", "vehicle"),
        signals={
            "temperature": Wanted(r"temp.*max|max.*temp|(batt|cell|pack|mod).*temp", _CELSIUS)
        },
        condition="{temperature} > 60",
        dtc="P0A7E",
        severity=3,
        text=Text("动力电池温度过高", "battery over-temperature"),
        remedy=Text("停止充放电并散热，检查冷却系统", "stop, let it cool, check the cooling"),
    ),
    KnownFault(
        kinds=("motor", "vehicle"),
        signals={
            "temperature": Wanted(r"(mot|stator|wind).*temp|temp.*(mot|stator|wind)", _CELSIUS)
        },
        condition="{temperature} > 150",
        dtc="P0A2F",
        severity=2,
        text=Text("驱动电机温度过高", "drive motor over-temperature"),
        remedy=Text("停机冷却，检查冷却液流量", "stop and cool, check the coolant flow"),
    ),
    KnownFault(
        kinds=("motor", "vehicle"),
        signals={"temperature": Wanted(r"(inv|igbt|mcu).*temp|temp.*(inv|igbt|mcu)", _CELSIUS)},
        condition="{temperature} > 100",
        dtc="P0A3C",
        severity=2,
        text=Text("电机控制器温度过高", "inverter over-temperature"),
        remedy=Text("停机冷却，检查冷却系统", "stop and cool, check the cooling"),
    ),
    KnownFault(
        kinds=("motor",),
        signals={"speed": Wanted(r"speed|rpm", _RPM)},
        condition="abs({speed}) > 12000",
        dtc="P0A44",
        severity=3,
        text=Text("驱动电机超速", "drive motor overspeed"),
        remedy=Text("立即断开使能，检查负载与转速传感器", "disable at once, check load and sensor"),
        confirm_s=0.5,
    ),
    KnownFault(
        kinds=("motor",),
        signals={"valid": Wanted(r"resolver.*(valid|ok)", ("bit",))},
        condition="{valid} == 0",
        dtc="P0A3F",
        severity=3,
        text=Text("旋转变压器信号丢失", "resolver signal lost"),
        remedy=Text("断电后检查旋变插头与线束", "switch off, check plug and harness"),
        confirm_s=0.5,
    ),
    KnownFault(
        kinds=("gateway", "vehicle"),
        signals={"supply": Wanted(r"supply|12v|kl30|(aux|lv).*volt", ("v",))},
        condition="{supply} < 9.5",
        dtc="P0562",
        severity=2,
        text=Text("12 V 电源电压低", "12 V supply low"),
        remedy=Text("检查蓄电池与 DC/DC", "check the 12 V battery and the DC/DC converter"),
    ),
    KnownFault(
        kinds=("gateway",),
        signals={"load": Wanted(r"bus_?load", ("", "1"))},
        condition="{load} > 0.7",
        dtc="U0001",
        severity=2,
        text=Text("总线负载过高", "bus load too high"),
        remedy=Text("查找异常发送的控制器", "look for a unit that babbles"),
    ),
    *(
        KnownFault(
            kinds=("gateway",),
            signals={"present": Wanted(rf"({names}).*(present|online|ok)", ("bit",))},
            condition="{present} == 0",
            dtc=dtc,
            failure_type=0x87,
            severity=3,
            text=Text(f"与{zh}失去通信", f"lost communication with the {en}"),
            remedy=Text(
                "检查终端电阻（约 60 Ω）、插头与供电",
                "check the termination (about 60 Ω), the plugs and the supply",
            ),
            confirm_s=0.5,
        )
        for names, dtc, zh, en in _LOST_MODULES
    ),
)
"""In the order they are proposed; codes as SAE J2012 names them."""
