"""What the tables of a profile say against each other, and texts that cannot be understood."""

import re
from collections.abc import Iterator

from can_bridge.conditions import Condition, compile_condition
from can_bridge.dtc import Dtc, NotADtc
from can_bridge.errors import BadCondition
from can_bridge.profile_checking.diagnostic_rules import diagnostic_remarks
from can_bridge.profile_checking.findings import (
    Keys,
    Remark,
    Severity,
    Text,
    error,
    note,
    warning,
)
from can_bridge.profile_tables import BusEntry, FaultEntry, Profile, SignalEntry

_PLACEHOLDER = re.compile(r"\{[^}]*\}?|\}")
_IN_CONDITIONS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
_REASONS = (
    ("not an expression", "不是表达式，检查括号和运算符"),
    ("is not a comparison or a signal", "这里应为比较（如 a > 1）或信号"),
    ("is not a signal, a number or abs()", "这里应为信号、数字或 abs()"),
    ("compare signals", "比较只能用 < <= > >= == !="),
    ("nested deeper", "括号嵌套太深"),
    ("longer than", "太长"),
)
_SHARED = frozenset({"virtual", "udp_multicast", "socketcan", "socketcand"})
"""Interfaces whose channel several programs may open at once."""
_WITHOUT_WIRES = frozenset({"virtual", "udp_multicast"})


def contradictions(profile: Profile) -> Iterator[Remark]:
    """Everything that can be seen without a DBC and without the adapter."""
    yield from _buses(profile)
    yield from diagnostic_remarks(profile)
    if profile.usage is not None:
        yield from condition_remarks(profile.usage.in_use, ("usage", "in_use"))
    yield from _faults(profile)
    yield from _signals(profile)


def condition_remarks(text: str, keys: Keys) -> Iterator[Remark]:
    """Why a condition cannot be understood; nothing where it can."""
    understood = condition_or_remark(text, keys)
    if isinstance(understood, Remark):
        yield understood


def condition_or_remark(text: str, keys: Keys) -> Condition | Remark:
    """The compiled condition, or why there is none."""
    try:
        return compile_condition(text)
    except BadCondition as wrong:
        told = Text(f"条件看不懂：{_in_chinese(wrong.reason)}", wrong.reason)
        return Remark(Severity.ERROR, keys, told, None, text, wrong.column)


def _in_chinese(reason: str) -> str:
    return next((zh for part, zh in _REASONS if part in reason), reason)


def _buses(profile: Profile) -> Iterator[Remark]:
    names: list[str] = []
    places: dict[tuple[str, str], str] = {}
    for position, bus in enumerate(profile.buses):
        keys: Keys = ("buses", position)
        if bus.name in names:
            yield error((*keys, "name"), f"{bus.name!r} 用了两次", f"{bus.name!r} is used twice")
        names.append(bus.name)
        yield from _channel(bus, keys)
        other = places.setdefault((bus.interface, bus.channel), bus.name)
        if other != bus.name:
            yield _same_channel(bus, other, keys)
    if not profile.buses and not profile.match:
        yield warning(
            (),
            "没有 [[buses]]：只能用于回放",
            "no [[buses]]: good for replay only",
        )


def _same_channel(bus: BusEntry, other: str, keys: Keys) -> Remark:
    say = warning if bus.interface in _SHARED else error
    return say(
        (*keys, "channel"),
        f"与总线 {other!r} 是同一通道 {bus.interface}:{bus.channel}",
        f"same channel as bus {other!r}: {bus.interface}:{bus.channel}",
    )


def _channel(bus: BusEntry, keys: Keys) -> Iterator[Remark]:
    keys = (*keys, "channel")
    for found in _PLACEHOLDER.findall(bus.channel):
        if found != "{bench}":
            yield error(
                keys,
                f"通道里只认识 {{bench}}，写的是 {found}",
                f"only {{bench}} is filled in within a channel, got {found}",
            )
    has_bench = "{bench}" in bus.channel
    if has_bench and bus.interface not in _WITHOUT_WIRES:
        yield warning(
            keys,
            f"{bus.interface} 的通道含 {{bench}}：要有以台架代码命名的适配器",
            f"{{bench}} in a channel of {bus.interface}: an adapter named like the bench is needed",
        )
    elif not has_bench and bus.interface == "virtual":
        yield note(
            keys,
            "没有 {bench}：用此配置的台架共用一条虚拟总线",
            "without {bench} all benches of this profile share one virtual bus",
        )


def _faults(profile: Profile) -> Iterator[Remark]:
    codes: dict[Dtc, int] = {}
    for position, entry in enumerate(profile.faults):
        keys: Keys = ("faults", position)
        yield from _dtc(entry, position, codes)
        yield from condition_remarks(entry.condition, (*keys, "condition"))
        if entry.confirm_s == 0:
            yield note(
                (*keys, "confirm_s"),
                "confirm_s 为 0：一个采样值就会报故障",
                "confirm_s is 0: a single value raises the fault",
            )


def _dtc(entry: FaultEntry, position: int, codes: dict[Dtc, int]) -> Iterator[Remark]:
    keys: Keys = ("faults", position, "dtc")
    try:
        written = Dtc.parse(entry.dtc)
    except NotADtc as wrong:
        yield error(
            keys,
            f"{entry.dtc!r} 不是故障码：应像 P0AA6，即 P/C/B/U、0-3、三位十六进制",
            str(wrong),
        )
        return
    code = written._replace(failure_type=entry.failure_type)
    if "-" in entry.dtc and written != code:
        yield error(
            keys,
            f"{entry.dtc} 与 failure_type = {entry.failure_type} 不一致",
            f"{entry.dtc} contradicts failure_type = {entry.failure_type}",
        )
    first = codes.setdefault(code, position)
    if first != position:
        yield error(
            keys,
            f"{code} 已在 faults[{first}] 中检测",
            f"{code} is tested twice, see faults[{first}]",
        )


def _signals(profile: Profile) -> Iterator[Remark]:
    sources: dict[str, str] = {}
    for name, entry in profile.signals.items():
        keys: Keys = ("signals", name)
        source = entry.source or name
        first = sources.setdefault(source, name)
        if first != name:
            yield error(
                (*keys, "source"),
                f"{source} 已由 [signals.{first}] 使用",
                f"{source} is taken by [signals.{first}] already",
            )
        yield from _limits(entry, keys)
        if _IN_CONDITIONS.fullmatch(name) is None:
            yield note(
                keys,
                f"名称 {name!r} 不能用在条件里（字母开头，只含字母、数字、_）",
                f"the name {name!r} cannot be used in conditions: letter first; letters, digits, _",
            )


def _limits(entry: SignalEntry, keys: Keys) -> Iterator[Remark]:
    for low, high in (("minimum", "maximum"), ("plot_minimum", "plot_maximum")):
        least, most = getattr(entry, low), getattr(entry, high)
        if least is not None and most is not None and least >= most:
            yield error(
                (*keys, high),
                f"{high} = {most:g} 不大于 {low} = {least:g}",
                f"{high} = {most:g} is not above {low} = {least:g}",
            )
