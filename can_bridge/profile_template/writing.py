"""The text of a new profile: every key explained in both languages, proposals ready to be used.

A line that begins with `#` and a key, without a blank between, is a default or a proposal; taking
the `#` away puts it into effect. Explanations begin with `# `.
"""

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from can_bridge.profile_checking.expectations import element_of, placeholder
from can_bridge.profile_checking.findings import Text
from can_bridge.profile_checking.signals import SignalFact
from can_bridge.profile_tables import BusEntry, FaultEntry, Profile, SignalEntry, UsageEntry
from can_bridge.profile_template.explanations import KEYS, TABLES
from can_bridge.profile_template.naming import ProposedSignal
from can_bridge.profile_template.proposals import BenchKind, ProposedFault, propose

DEFAULT_PERIOD_MS = 500
_WIDEST_COMMENT = 88
_WRITTEN_TABLES = frozenset({"buses", "usage", "signals", "faults"})
_HEAD = """\
# 台架配置 Bench profile
# 由 stationmaster bench new 生成，可以随意修改；改完检查：stationmaster bench check 文件
# Made by `stationmaster bench new`, to be edited freely; then `stationmaster bench check FILE`.
# # 后面紧跟键名的行是默认值或建议，删去 # 就生效。
# Lines of # and a key are defaults or proposals: take the # away to use them.
"""
_SIGNALS_HEAD = """\
# [signals.名称]：{zh}
# [signals.NAME]: {en}"""
_FAULTS_HEAD = """\
# [[faults]]：{zh}
# [[faults]]: {en}
# 以下是 DBC 中有相应信号的建议；阈值是示例，按台架说明书改好再删去 #。
# Proposals for signals this DBC has; thresholds are examples: set them by the bench's manual first.
"""


@dataclass(frozen=True, slots=True)
class NewBus:
    """A bus of the new profile; `dbc` as the person named it, `facts` what is in it."""

    entry: BusEntry
    dbc: Path
    facts: Sequence[SignalFact]


@dataclass(frozen=True, slots=True)
class NewProfile:
    """Answers from which a profile is written; `folder` is where the file will be."""

    name: str
    kind: BenchKind
    buses: Sequence[NewBus]
    folder: Path


def profile_text(new: NewProfile) -> str:
    """The whole file, which passes its own check."""
    proposal = propose(new.kind, _all_facts(new.buses))
    blocks = [
        _HEAD,
        *_top(new),
        *(_bus(bus, new.folder) for bus in new.buses),
        _usage(proposal.in_use),
        _signals_block(proposal.signals),
        *(_signal(signal) for signal in proposal.signals),
        _faults_block(),
        *(_fault(fault) for fault in proposal.faults),
        *_other_tables(),
    ]
    return "\n".join(block.rstrip() + "\n" for block in blocks)


def toml_value(value: object) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            # JSON's escapes are TOML's too, but for the one control character JSON leaves alone
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            pairs = (f"{toml_value(str(key))} = {toml_value(one)}" for key, one in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(toml_value, value)) + "]"
        case _:
            return repr(value)


def _all_facts(buses: Sequence[NewBus]) -> list[SignalFact]:
    """All signals; one that several buses have is named with its bus."""
    seen: dict[str, int] = {}
    for bus in buses:
        for fact in bus.facts:
            seen[fact.key] = seen.get(fact.key, 0) + 1
    return [
        fact if seen[fact.key] == 1 else replace(fact, key=f"{bus.entry.name}/{fact.key}")
        for bus in buses
        for fact in bus.facts
    ]


def _comment(text: Text) -> str:
    together = f"# {text.zh} · {text.en}"
    return together if len(together) <= _WIDEST_COMMENT else f"# {text.zh}\n# {text.en}"


def _keys(record: type[msgspec.Struct], values: Mapping[str, Any], *, active: bool = True) -> str:
    """All keys of a table with their explanations, those without a value as their defaults."""
    lines: list[str] = []
    for field in msgspec.structs.fields(record):
        name = field.encode_name
        if element_of(field.type)[0]:
            continue  # tables of their own
        lines.append(_comment(KEYS[record][name]))
        if name in values:
            lines.append(f"{'' if active else '#'}{name} = {toml_value(values[name])}")
        else:
            lines.append(f"#{name} = {default_text(field)}")
    return "\n".join(lines)


def default_text(field: msgspec.structs.FieldInfo) -> str:
    """What a key has when it is not written, as TOML; any value where it must be written."""
    if field.default_factory is not msgspec.NODEFAULT:
        return toml_value(field.default_factory())
    if field.default is msgspec.NODEFAULT:
        return toml_value(placeholder(field.type))
    default = msgspec.to_builtins(field.default)
    if field.encode_name.endswith(("_id", "_did")) and isinstance(default, int):
        return f"0x{default:X}"
    return toml_value(default)


def _top(new: NewProfile) -> Iterator[str]:
    values = {"name": new.name, "identity": "hardware", "publish_period_ms": DEFAULT_PERIOD_MS}
    yield _keys(Profile, values)


def _bus(bus: NewBus, folder: Path) -> str:
    entry = bus.entry
    values: dict[str, Any] = {
        "name": entry.name,
        "dbc": _from_folder(bus.dbc, folder),
        "interface": entry.interface,
        "channel": entry.channel,
        "bitrate": entry.bitrate,
    }
    if entry.accept_active:
        values["accept_active"] = True
    if entry.options:
        values["options"] = entry.options
    return f"{_comment(TABLES[BusEntry])}\n[[buses]]\n{_keys(BusEntry, values)}"


def _from_folder(dbc: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(dbc.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive of a Windows computer
        return dbc.resolve().as_posix()


def _usage(in_use: str) -> str:
    values = {"in_use": in_use or "…", "start_s": 3.0, "idle_s": 60.0}
    active = bool(in_use)
    header = "[usage]" if active else "#[usage]"
    return f"{_comment(TABLES[UsageEntry])}\n{header}\n{_keys(UsageEntry, values, active=active)}"


def _signals_block(signals: Sequence[ProposedSignal]) -> str:
    text = TABLES[SignalEntry]
    lines = [_SIGNALS_HEAD.format(zh=text.zh, en=text.en)]
    lines += [f"#   {name}: {told.zh} · {told.en}" for name, told in KEYS[SignalEntry].items()]
    if not signals:
        lines.append("# DBC 中没有可建议的信号。 Nothing to propose from this DBC.")
    return "\n".join(lines)


def _signal(signal: ProposedSignal) -> str:
    lines = [
        f"[signals.{signal.name}]",
        f"source = {toml_value(signal.source)}",
    ]
    unit = toml_value(signal.fact.unit)
    lines.append(f"unit = {unit}" if signal.fact.unit else f"#unit = {unit}")
    lines += [
        f"label_zh = {toml_value(signal.label.zh)}",
        f"label_en = {toml_value(signal.label.en)}",
        "headline = true",
    ]
    believed = signal.fact.believed(SignalEntry())
    if math.isfinite(believed.low) and math.isfinite(believed.high):
        lines.append(f"#plot_minimum = {toml_value(believed.low)}")
        lines.append(f"#plot_maximum = {toml_value(believed.high)}")
    return "\n".join(lines)


def _faults_block() -> str:
    text = TABLES[FaultEntry]
    lines = [_FAULTS_HEAD.format(zh=text.zh, en=text.en).rstrip()]
    lines += [f"#   {name}: {told.zh} · {told.en}" for name, told in KEYS[FaultEntry].items()]
    return "\n".join(lines)


def _fault(fault: ProposedFault) -> str:
    known = fault.known
    values = {
        "condition": fault.condition,
        "dtc": known.dtc,
        "failure_type": known.failure_type,
        "severity": known.severity,
        "confirm_s": known.confirm_s,
        "clear_s": known.clear_s,
        "text_zh": known.text.zh,
        "text_en": known.text.en,
        "remedy_zh": known.remedy.zh,
        "remedy_en": known.remedy.en,
    }
    source = (
        f"阈值出自 {known.source}。 Threshold from {known.source}."
        if known.source
        else ("阈值是示例。 The threshold is an example.")
    )
    lines = [f"# {known.text.zh} · {known.text.en}：{source}", "#[[faults]]"]
    lines += [f"#{name} = {toml_value(value)}" for name, value in values.items()]
    return "\n".join(lines)


def _other_tables() -> Iterator[str]:
    """Every further table of the record types, out of effect, so that nothing stays unknown."""
    for field in msgspec.structs.fields(Profile):
        if field.encode_name not in _WRITTEN_TABLES:
            yield from _table_out_of_effect(field, "")


def _table_out_of_effect(field: msgspec.structs.FieldInfo, above: str) -> Iterator[str]:
    nesting, record = element_of(field.type)
    if record is None:
        return
    name = above + field.encode_name
    header = f"#[{name}]" if nesting == "one" else f"#[[{name}]]"
    yield f"{_comment(TABLES[record])}\n{header}\n{_keys(record, {})}"
    for inner in msgspec.structs.fields(record):
        yield from _table_out_of_effect(inner, f"{name}.")
