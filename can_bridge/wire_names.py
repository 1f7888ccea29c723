"""How the signals of a bench are called on the wire: one rule, for the bridge and for checking.

A signal is called as the profile's `[signals.<name>]` with that `source` says; any other is called
`Message.Signal` as in the DBC. Where a second bus has the same `Message.Signal`, the later one is
called `bus/Message.Signal`. Names are unique in a bench.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from can_bridge.profile_tables import SignalEntry

LONGEST_NAME = 128
_ROOM_FOR_NUMBER = 8


@dataclass(frozen=True, slots=True)
class WireNames:
    """Names of all signals of a bench.

    Attributes:
        names: by bus, one for each of its `Message.Signal` keys, in their order.
        absent: names of `[signals.<name>]` tables whose source no DBC has.
        shared: sources without a bus that several buses have, with those buses; the first one
            gets the name.
    """

    names: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...]
    shared: Mapping[str, tuple[str, ...]]

    def all_names(self) -> frozenset[str]:
        """Every name a condition may use."""
        return frozenset(name for names in self.names.values() for name in names)


def wire_names(
    signals: Mapping[str, SignalEntry], buses: Iterable[tuple[str, Sequence[str]]]
) -> WireNames:
    """Name every signal.

    Args:
        signals: the profile's `[signals.<name>]` tables.
        buses: name of each bus with the `Message.Signal` keys of its DBC, in the profile's order.
    """
    naming = _Naming(signals)
    names: dict[str, tuple[str, ...]] = {}
    carriers: dict[str, dict[str, None]] = {}
    for bus, keys in buses:
        names[bus] = tuple(naming.name(bus, key) for key in keys)
        for key in keys:
            carriers.setdefault(key, {})[bus] = None
    shared = {
        source: tuple(carriers[source])
        for source in naming.found
        if len(carriers.get(source, ())) > 1
    }
    return WireNames(names, naming.absent(), shared)


class _Naming:
    def __init__(self, signals: Mapping[str, SignalEntry]) -> None:
        self._by_source = {entry.source or name: name for name, entry in signals.items()}
        self._taken = set(self._by_source.values())
        self.found: dict[str, None] = {}

    def name(self, bus: str, key: str) -> str:
        full = f"{bus}/{key}"
        source = full if full in self._by_source else key
        if source in self._by_source and source not in self.found:
            self.found[source] = None
            return self._by_source[source]
        name = self._free(key, full)
        self._taken.add(name)
        return name

    def absent(self) -> tuple[str, ...]:
        return tuple(name for source, name in self._by_source.items() if source not in self.found)

    def _free(self, key: str, full: str) -> str:
        for name in (key[:LONGEST_NAME], full[:LONGEST_NAME]):
            if name not in self._taken:
                return name
        # a DBC may give two messages of one bus the same name
        number = 2
        while (name := f"{full[: LONGEST_NAME - _ROOM_FOR_NUMBER]}~{number}") in self._taken:
            number += 1
        return name
