"""How a signal of a DBC is called in a new profile: a name for conditions, a label for people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from can_bridge.profile_checking.findings import Text
from can_bridge.profile_checking.signals import SignalFact

_SUFFIXES = {
    "v": "v",
    "mv": "mv",
    "a": "a",
    "°c": "c",
    "degc": "c",
    "℃": "c",
    "rpm": "rpm",
    "r/min": "rpm",
    "1/min": "rpm",
    "km/h": "kmh",
    "kph": "kmh",
    "nm": "nm",
    "n·m": "nm",
    "kw": "kw",
    "kω": "kohm",
    "kohm": "kohm",
    "%": "percent",
}
_QUANTITIES = {
    "v": Text("电压", "voltage"),
    "mv": Text("电压", "voltage"),
    "a": Text("电流", "current"),
    "c": Text("温度", "temperature"),
    "rpm": Text("转速", "speed"),
    "kmh": Text("车速", "speed"),
    "nm": Text("转矩", "torque"),
    "kw": Text("功率", "power"),
    "kohm": Text("电阻", "resistance"),
}
_WORDS = frozenset(
    {"and", "or", "not", "abs", "is", "in", "if", "else", "for", "lambda", "none", "true", "false"}
)
"""Would not be taken as signals in a condition."""


@dataclass(frozen=True, slots=True)
class ProposedSignal:
    """A signal with the name it gets on the wire; `source` is its place in the DBC."""

    name: str
    source: str
    fact: SignalFact
    label: Text


class WireNaming:
    """Wire names given so far: unit at the end, never twice."""

    def __init__(self, facts: Sequence[SignalFact]) -> None:
        self._given: dict[str, ProposedSignal] = {}
        self._taken = {fact.key for fact in facts}

    def of(self, fact: SignalFact) -> str:
        """The signal's name, given now if it has none yet."""
        if fact.key not in self._given:
            name = self._free(wire_name(fact))
            self._taken.add(name)
            self._given[fact.key] = ProposedSignal(name, fact.key, fact, label_of(fact))
        return self._given[fact.key].name

    def proposed(self) -> tuple[ProposedSignal, ...]:
        """All signals that were named, in that order."""
        return tuple(self._given.values())

    def _free(self, wanted: str) -> str:
        number, name = 1, wanted
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        return name


def wire_name(fact: SignalFact) -> str:
    """A name fit for conditions: `PackVoltage` in V becomes `pack_voltage_v`."""
    signal = fact.key.rpartition(".")[2]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", signal)
    plain = re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_") or "signal"
    plain = plain if plain[0].isalpha() else f"s_{plain}"
    suffix = _SUFFIXES.get(fact.unit.strip().lower(), "")
    is_said = not suffix or plain.endswith(f"_{suffix}") or plain in _WORDS
    return (plain if is_said else f"{plain}_{suffix}") + ("_" if plain in _WORDS else "")


def label_of(fact: SignalFact) -> Text:
    """A label to begin with: the signal's own name and its quantity."""
    signal = fact.key.rpartition(".")[2]
    quantity = _QUANTITIES.get(_SUFFIXES.get(fact.unit.strip().lower(), ""))
    words = re.sub(r"[_ ]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", signal)).strip()
    if quantity is None:
        return Text(words, words)
    return Text(f"{words} {quantity.zh}", words)
