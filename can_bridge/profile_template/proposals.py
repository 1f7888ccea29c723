"""What a DBC suggests for a bench: which signals to show, when it is in use, which faults to test.

Thresholds are examples to begin with; only where a source is named do they come from a standard.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from can_bridge.profile_checking.ranges import Range, constant_comparisons
from can_bridge.profile_checking.signals import SignalFact
from can_bridge.profile_tables import SignalEntry
from can_bridge.profile_template.known_faults import KNOWN_FAULTS, KnownFault
from can_bridge.profile_template.naming import ProposedSignal, WireNaming

MOST_HEADLINES = 8
_TELLING_UNITS = frozenset(
    {"v", "a", "rpm", "r/min", "km/h", "nm", "n·m", "kw", "°c", "degc", "deg c", "kω", "kohm"}
)
_TELLING_NAME = re.compile(
    r"(?i)volt|curr|soc|speed|torque|temp|power|contactor|relay|isolat|[vi]_?batt"
)
_DULL_NAME = re.compile(r"(?i)unk|new_signal|maybe|reserved|counter|checksum|crc|alive|spare|dummy")
_ONE_OF_MANY = re.compile(r"(?i)\d{2,}$|(cell|temp|module)\D*\d+$")


class BenchKind(StrEnum):
    """What stands on the bench."""

    BATTERY = "battery"
    MOTOR = "motor"
    GATEWAY = "gateway"
    VEHICLE = "vehicle"


_KIND_NAME = {
    BenchKind.BATTERY: re.compile(r"(?i)pack|batt|bms|cell|soc|isol|insul|contact|relay|prech"),
    BenchKind.MOTOR: re.compile(r"(?i)mot|mcu|speed|rpm|torque|wind|stator|inv|igbt|resolv"),
    BenchKind.GATEWAY: re.compile(r"(?i)gw|gate|bcm|body|load|present|online|door|ign|supply|kl"),
    BenchKind.VEHICLE: re.compile(r"(?i)veh|speed|soc|gear|brake|accel|odo|steer|charg"),
}


@dataclass(frozen=True, slots=True)
class _Use:
    """A sign that a bench is in use: a signal by name and unit (`bit`: 0 or 1), a condition."""

    name: str
    units: tuple[str, ...]
    condition: str


_USES: Mapping[BenchKind, tuple[_Use, ...]] = {
    BenchKind.BATTERY: (
        _Use(r"curr|ibatt", ("a",), "abs({}) > 2"),
        _Use(r"commanded|hvon|hv_on|contactor|relay", ("bit",), "{}"),
    ),
    BenchKind.MOTOR: (
        _Use(r"speed|rpm", ("rpm", "r/min", "1/min"), "abs({}) > 50"),
        _Use(r"enabl|ready", ("bit",), "{}"),
    ),
    BenchKind.GATEWAY: (
        _Use(r"ignition|ign_?on|kl15|terminal15|acc_?on", ("bit",), "{}"),
        _Use(r"door.*open|dooropen", ("bit",), "{}"),
        _Use(r"supply|12v|kl30|battvolt", ("v",), "{} > 9"),
    ),
    BenchKind.VEHICLE: (
        _Use(r"speed", ("km/h", "kph"), "{} > 1"),
        _Use(r"ignition|ign_?on|kl15|ready", ("bit",), "{}"),
        _Use(r"(pack|batt|hv|dc).*curr|i_?batt", ("a",), "abs({}) > 2"),
    ),
}
MOST_SIGNS_OF_USE = 2


@dataclass(frozen=True, slots=True)
class ProposedFault:
    """A known fault whose signals exist; `condition` speaks of them by their names."""

    known: KnownFault
    condition: str
    freeze: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to write into a new profile; `in_use` is "" where nothing tells."""

    signals: tuple[ProposedSignal, ...]
    in_use: str
    faults: tuple[ProposedFault, ...]


def ranked(facts: Sequence[SignalFact], kind: BenchKind | None = None) -> list[SignalFact]:
    """The signals likely worth a first look, best first; the rest is left out."""
    scored = [(_points(fact, kind), fact) for fact in facts]
    # sorting is stable: within equal points the order of the DBC stays
    best = sorted((entry for entry in scored if entry[0] > 0), key=lambda entry: -entry[0])
    return [fact for _, fact in best]


def headlines(facts: Sequence[SignalFact]) -> dict[str, SignalEntry]:
    """The likeliest signals to look at first, under their names in the DBC."""
    return {fact.key: SignalEntry(headline=True) for fact in ranked(facts)[:MOST_HEADLINES]}


def propose(kind: BenchKind, facts: Sequence[SignalFact]) -> Proposal:
    """Headline signals, a condition for use and fault tests for signals that exist."""
    names = WireNaming(facts)
    in_use = " or ".join(_signs_of_use(kind, facts, names))
    faults = tuple(_faults(kind, facts, names))
    for fact in ranked(facts, kind)[:MOST_HEADLINES]:
        names.of(fact)
    return Proposal(names.proposed(), in_use, faults)


def _points(fact: SignalFact, kind: BenchKind | None) -> int:
    if _DULL_NAME.search(fact.key):
        return 0
    points = 2 * (fact.unit.lower() in _TELLING_UNITS)
    points += bool(_TELLING_NAME.search(fact.key.rpartition(".")[2]))
    if points and kind is not None:
        points += 2 * bool(_KIND_NAME[kind].search(fact.key))
        # one cell of 96 says less than the pack
        points -= 2 * bool(_ONE_OF_MANY.search(fact.key))
    return points


def _signs_of_use(kind: BenchKind, facts: Sequence[SignalFact], names: WireNaming) -> Iterator[str]:
    found = 0
    for use in _USES[kind]:
        fact = _first(facts, use.name, use.units, use.condition, kind)
        if fact is not None and found < MOST_SIGNS_OF_USE:
            found += 1
            yield use.condition.format(names.of(fact))


def _faults(
    kind: BenchKind, facts: Sequence[SignalFact], names: WireNaming
) -> Iterator[ProposedFault]:
    for known in KNOWN_FAULTS:
        if kind.value not in known.kinds:
            continue
        roles = {}
        for role, wanted in known.signals.items():
            fact = _first(facts, wanted.name, wanted.units, "", kind)
            if fact is not None:
                roles[role] = fact
        if len(roles) == len(known.signals) and _can_hold(known.condition, roles):
            called = {role: names.of(fact) for role, fact in roles.items()}
            yield ProposedFault(known, known.condition.format(**called), ())


def _first(
    facts: Sequence[SignalFact],
    name: str,
    units: tuple[str, ...],
    condition: str,
    kind: BenchKind,
) -> SignalFact | None:
    pattern = re.compile(f"(?i){name}")
    fitting = [
        fact
        for fact in facts
        if pattern.search(fact.key.rpartition(".")[2])
        and _has_unit(fact, units)
        and not _DULL_NAME.search(fact.key)
        and not _ONE_OF_MANY.search(fact.key)
        and (not condition or _can_hold(condition, {"": fact}))
    ]
    # what the kind of bench is about goes first
    fitting.sort(key=lambda fact: not _KIND_NAME[kind].search(fact.key))
    return fitting[0] if fitting else None


def _has_unit(fact: SignalFact, units: tuple[str, ...]) -> bool:
    if "bit" in units and fact.possible == Range(0.0, 1.0):
        return True
    return fact.unit.strip().lower() in units


def _can_hold(condition: str, roles: Mapping[str, SignalFact]) -> bool:
    """Whether the condition depends on its signals at all, within their ranges."""
    if "" in roles:
        text, ranges = condition.format("a"), {"a": roles[""].believed(SignalEntry())}
    else:
        text = condition.format(**{role: role for role in roles})
        ranges = {role: fact.believed(SignalEntry()) for role, fact in roles.items()}
    return not constant_comparisons(text, ranges)
