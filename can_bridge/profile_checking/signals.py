"""A profile against the DBCs of its buses: signals that exist, thresholds that can be reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from can_bridge.profile_checking.contradictions import condition_or_remark
from can_bridge.profile_checking.findings import (
    Keys,
    Remark,
    Severity,
    Text,
    did_you_mean,
    error,
    note,
    warning,
)
from can_bridge.profile_checking.ranges import Range, constant_comparisons
from can_bridge.profile_tables import Profile, SignalEntry
from can_bridge.wire_names import WireNames, wire_names

MOST_VALUES_PER_S = 5_000
"""Values a bench may publish per second without a remark; a bridge on a school computer sends
20 signals at 10 Hz, a whole DBC of 600 signals at 5 Hz already is 3,000."""


@dataclass(frozen=True, slots=True)
class SignalFact:
    """What a DBC says of a signal.

    Attributes:
        key: `Message.Signal`.
        unit: as written, "" without.
        stated: the DBC's range, None where it states none.
        possible: what its bits, factor and offset allow; None for floating point.
    """

    key: str
    unit: str
    stated: Range | None
    possible: Range | None

    def believed(self, entry: SignalEntry) -> Range:
        """What the bridge takes as a value: anything else is "not available"."""
        # a list of "not available" values replaces the plausibility by range
        stated = self.stated if entry.not_available is None else None
        ranges = [one for one in (stated, self.possible) if one is not None]
        low = [one.low for one in ranges]
        high = [one.high for one in ranges]
        low += [] if entry.minimum is None else [entry.minimum]
        high += [] if entry.maximum is None else [entry.maximum]
        return Range(max(low, default=-float("inf")), min(high, default=float("inf")))


BusFacts = Sequence[tuple[str, Sequence[SignalFact]]]
"""Name of each bus with the signals of its DBC."""


def signal_remarks(profile: Profile, buses: BusFacts, *, is_complete: bool) -> Iterator[Remark]:
    """Everything the DBCs say about the profile.

    Args:
        profile: as written.
        buses: the DBCs that could be read.
        is_complete: False where a DBC is missing, so that no signal can be called unknown.
    """
    named = wire_names(profile.signals, [(bus, [one.key for one in facts]) for bus, facts in buses])
    yield from _units_and_ranges(profile, buses, named)
    yield from _shared(profile, named)
    if is_complete:
        yield from unknown_signals(profile, named)
    yield from _constants(profile, buses, named)
    yield from _volume(profile, len(named.names))


def unknown_signals(profile: Profile, named: WireNames) -> Iterator[Remark]:
    """Signals the profile speaks of and no DBC has."""
    keys = sorted({key for _, key in named.names})
    full_keys = sorted(f"{bus}/{key}" for bus, key in named.names)
    for name in named.absent:
        source = profile.signals[name].source
        place: Keys = ("signals", name, "source") if source else ("signals", name)
        yield error(
            place,
            f"台架的 DBC 里没有信号 {source or name!r}",
            f"no DBC of this bench has {source or name!r}",
            did_you_mean(source or name, full_keys if "/" in source else keys),
        )
    # a table whose source is wrong is told once, not again where its name is used
    known = sorted({*named.names.values(), *profile.signals})
    for name, place in _used_names(profile):
        if name not in known:
            yield _unknown(name, place, known, named)


def _unknown(name: str, place: Keys, known: list[str], named: WireNames) -> Remark:
    hint = did_you_mean(name, known)
    called = sorted(
        {wire for (_, key), wire in named.names.items() if name in {key, key.split(".")[-1]}}
    )
    if called:
        # the DBC's own name was used where the profile gave it another
        spelled = ", ".join(called)
        hint = Text(f"在本配置中写作：{spelled}", f"called here: {spelled}")
    return error(place, f"没有信号 {name!r}", f"unknown signal {name!r}", hint)


def _used_names(profile: Profile) -> Iterator[tuple[str, Keys]]:
    for text, place in _conditions(profile):
        understood = condition_or_remark(text, place)
        if not isinstance(understood, Remark):
            yield from ((name, place) for name in sorted(understood.names))
    for position, fault in enumerate(profile.faults):
        for element, name in enumerate(fault.freeze):
            yield name, ("faults", position, "freeze", element)
    for position, flags in enumerate(profile.alarm_flags):
        yield flags.signal, ("alarm_flags", position, "signal")
        if flags.level_signal:
            yield flags.level_signal, ("alarm_flags", position, "level_signal")
    for element, name in enumerate(profile.diagnostics.vin_signals):
        yield name, ("diagnostics", "vin_signals", element)


def _conditions(profile: Profile) -> Iterator[tuple[str, Keys]]:
    if profile.usage is not None:
        yield profile.usage.in_use, ("usage", "in_use")
    for position, fault in enumerate(profile.faults):
        yield fault.condition, ("faults", position, "condition")


def _constants(profile: Profile, buses: BusFacts, named: WireNames) -> Iterator[Remark]:
    ranges: dict[str, Range] = {}
    for bus, facts in buses:
        for fact in facts:
            name = named.names[bus, fact.key]
            ranges[name] = fact.believed(profile.signals.get(name, SignalEntry()))
    for text, place in _conditions(profile):
        if isinstance(condition_or_remark(text, place), Remark):
            continue
        for found in constant_comparisons(text, ranges):
            zh, en = ("总是成立", "always true") if found.answer else ("永不成立", "never true")
            told = Text(f"{found.text} {zh}", f"{found.text} is {en}")
            yield Remark(
                Severity.WARNING, place, told, _limits_told(found.text, ranges), text, found.column
            )


def _limits_told(text: str, ranges: Mapping[str, Range]) -> Text | None:
    understood = condition_or_remark(text, ())
    if isinstance(understood, Remark):
        return None
    told = ", ".join(
        f"{name}: {ranges[name].low:g} … {ranges[name].high:g}"
        for name in sorted(understood.names)
        if name in ranges
    )
    return Text(f"取值范围 {told}", f"range of values {told}") if told else None


def _units_and_ranges(profile: Profile, buses: BusFacts, named: WireNames) -> Iterator[Remark]:
    for bus, facts in buses:
        for fact in facts:
            name = named.names[bus, fact.key]
            entry = profile.signals.get(name)
            if entry is not None:
                yield from _unit(name, entry, fact)
                yield from _limits(name, entry, fact)


def _unit(name: str, entry: SignalEntry, fact: SignalFact) -> Iterator[Remark]:
    if entry.unit is None:
        return
    if fact.unit and entry.unit and _plain(entry.unit) != _plain(fact.unit):
        yield note(
            ("signals", name, "unit"),
            f"单位写的是 {entry.unit!r}，DBC 是 {fact.unit!r}；只换名称，不换算数值",
            f"unit {entry.unit!r}, the DBC has {fact.unit!r}; it is renamed, not converted",
        )


def _limits(name: str, entry: SignalEntry, fact: SignalFact) -> Iterator[Remark]:
    believed = fact.believed(entry)
    if believed.low > believed.high:
        yield error(
            ("signals", name),
            f"没有任何值可用：DBC 与 minimum/maximum 的范围不相交（{fact.key}）",
            f"no value is left: the DBC's range and minimum/maximum do not meet ({fact.key})",
        )
    for key, limit in (("plot_minimum", entry.plot_minimum), ("plot_maximum", entry.plot_maximum)):
        is_outside = limit is not None and not believed.low <= limit <= believed.high
        if is_outside and believed.low <= believed.high:
            yield note(
                ("signals", name, key),
                f"{key} = {limit:g} 在信号范围 {believed.low:g} … {believed.high:g} 之外",
                f"{key} = {limit:g} is outside the signal's {believed.low:g} … {believed.high:g}",
            )


_SAME_UNITS = {
    "degc": "°c",
    "deg c": "°c",
    "℃": "°c",
    "rpm": "r/min",
    "1/min": "r/min",
    "nm": "n·m",
    "n.m": "n·m",
    "ohm": "ω",
    "kohm": "kω",
    "kph": "km/h",
}


def _plain(unit: str) -> str:
    # the ohm sign and the Greek letter look the same
    lowered = unit.strip().lower().replace("Ω".lower(), "ω")
    return _SAME_UNITS.get(lowered, lowered)


def _shared(profile: Profile, named: WireNames) -> Iterator[Remark]:
    for name, entry in profile.signals.items():
        source = entry.source or name
        buses = named.shared.get(source)
        if buses:
            yield warning(
                ("signals", name, "source") if entry.source else ("signals", name),
                f"{source} 在几条总线上都有（{', '.join(buses)}），取的是 {buses[0]}",
                f"{source} is on several buses ({', '.join(buses)}); {buses[0]} is taken",
                Text(f"写明总线：{buses[0]}/{source}", f"name the bus: {buses[0]}/{source}"),
            )


def _volume(profile: Profile, signals: int) -> Iterator[Remark]:
    per_s = signals * 1000 / profile.publish_period_ms
    if per_s > MOST_VALUES_PER_S:
        yield note(
            ("publish_period_ms",),
            f"每 {profile.publish_period_ms} ms 发布 {signals} 个信号：每秒最多 {per_s:.0f} 个值",
            f"{signals} signals every {profile.publish_period_ms} ms: up to {per_s:.0f} values/s",
        )
