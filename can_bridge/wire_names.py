"""How the signals of a bench are called on the wire: one rule, for the bridge and for checking.

A signal is called as the profile's `[signals.<name>]` with that `source` says; any other is called
`Message.Signal` as in the DBC. Where a second bus has the same `Message.Signal`, the later one is
called `bus/Message.Signal`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from can_bridge.profile_tables import SignalEntry

LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class WireNames:
    """Names of all signals of a bench.

    Attributes:
        names: by bus and `Message.Signal`, in the order of the buses and their DBCs.
        absent: names of `[signals.<name>]` tables whose source no DBC has.
        shared: sources without a bus that several buses have, with those buses; the first one
            gets the name.
    """

    names: Mapping[tuple[str, str], str]
    absent: tuple[str, ...]
    shared: Mapping[str, tuple[str, ...]]


def wire_names(
    signals: Mapping[str, SignalEntry], buses: Iterable[tuple[str, Sequence[str]]]
) -> WireNames:
    """Name every signal.

    Args:
        signals: the profile's `[signals.<name>]` tables.
        buses: name of each bus with the `Message.Signal` keys of its DBC, in the profile's order.
    """
    by_source = {entry.source or name: name for name, entry in signals.items()}
    taken = set(by_source.values())
    used: set[str] = set()
    names: dict[tuple[str, str], str] = {}
    carriers: dict[str, list[str]] = {}
    for bus, keys in buses:
        for key in keys:
            full = f"{bus}/{key}"
            source = full if full in by_source else key
            if source == key:
                carriers.setdefault(key, []).append(bus)
            if source in by_source and source not in used:
                used.add(source)
                name = by_source[source]
            else:
                name = full if key in taken else key
            taken.add(name)
            names[bus, key] = name[:LONGEST_NAME]
    absent = tuple(name for source, name in by_source.items() if source not in used)
    shared = {
        source: tuple(carriers[source]) for source in by_source if len(carriers.get(source, ())) > 1
    }
    return WireNames(names, absent, shared)
