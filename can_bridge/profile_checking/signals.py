"""A profile against the DBCs of its buses: signals that exist, thresholds that can be reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from can_bridge.profile_checking.contradictions import condition_or_remark
from can_bridge.profile_checking.findings import (
    Remark,
    Severity,
    Text,
    error,
    note,
    warning,
)
from can_bridge.profile_checking.names import conditions_of, unknown_signals
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
    keys = [(bus, [one.key for one in facts]) for bus, facts in buses]
    named = wire_names(profile.signals, keys)
    called = [
        (name, fact)
        for bus, facts in buses
        for name, fact in zip(named.names[bus], facts, strict=True)
    ]
    for name, fact in called:
        entry = profile.signals.get(name)
        if entry is not None:
            yield from _unit(name, entry, fact)
            yield from _limits(name, entry, fact)
    yield from _shared(profile, named)
    if is_complete:
        yield from unknown_signals(profile, keys, named)
    ranges = {
        name: fact.believed(profile.signals.get(name, SignalEntry())) for name, fact in called
    }
    yield from _constants(profile, ranges)
    yield from _volume(profile, len(called))


def _constants(profile: Profile, ranges: Mapping[str, Range]) -> Iterator[Remark]:
    for text, place in conditions_of(profile):
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
