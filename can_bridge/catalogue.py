"""Which signals a bench has, how they are called on the wire, and which values are believed.

One rule for names: a signal is called as the profile's `[signals.<name>]` with that `source` says;
any other is called `Message.Signal` as in the DBC. Where a second bus has the same
`Message.Signal`, the later one is called `bus/Message.Signal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from can_bridge.decoding.belief import Belief
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.decoding.layout import SignalPlan
from can_bridge.errors import BadProfile
from can_bridge.profile import CheckedProfile
from can_bridge.profile_tables import SignalEntry
from telemetry.contract.payloads import SignalInfo

_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class BusDecoder:
    """A bus by its name in the profile, with the decoder of its DBC."""

    name: str
    decoder: FrameDecoder


@dataclass(frozen=True, slots=True)
class WireSignal:
    """How one signal travels."""

    name: str
    plan: SignalPlan
    entry: SignalEntry

    def belief(self) -> Belief:
        """Which values are believed: as the DBC says, unless the profile says otherwise.

        Where the profile lists raw values that mean "no value", the DBC's range does not count.
        """
        entry = self.entry
        if entry.not_available is None:
            stated = Belief.of(self.plan)
        else:
            stated = Belief(frozenset(entry.not_available))
        lowest = stated.lowest if entry.minimum is None else max(entry.minimum, stated.lowest)
        highest = stated.highest if entry.maximum is None else min(entry.maximum, stated.highest)
        return Belief(stated.not_available, lowest, highest)

    def info(self) -> SignalInfo:
        """The catalogue entry of the birth message."""
        entry, plan = self.entry, self.plan
        low = plan.minimum if entry.plot_minimum is None else entry.plot_minimum
        high = plan.maximum if entry.plot_maximum is None else entry.plot_maximum
        return SignalInfo(
            name=self.name,
            unit=plan.unit if entry.unit is None else entry.unit,
            message=plan.key.partition(".")[0],
            minimum=low,
            maximum=high,
            choices={str(raw): label for raw, label in plan.choices.items()},
            label_zh=entry.label_zh,
            label_en=entry.label_en,
            headline=entry.headline,
        )


@dataclass(frozen=True, slots=True)
class DecodedBus:
    """A bus whose decoder believes as the profile says.

    `first_place` is the place of the decoder's signal 0 among all signals of the bench.
    """

    decoder: FrameDecoder
    first_place: int


class Catalogue:
    """All signals of a bench, each at a place of its own: bus after bus, by their number there."""

    def __init__(self, buses: Sequence[BusDecoder], profile: CheckedProfile) -> None:
        """Name all signals.

        Raises:
            BadProfile: a `source`, or a name in a condition, that no signal has.
        """
        self._naming = _Naming(profile)
        placed: list[WireSignal] = []
        self._in_dbc_order: list[WireSignal] = []
        self.buses: dict[str, DecodedBus] = {}
        for bus in buses:
            wired = {
                plan.index: self._naming.signal(bus.name, plan)
                for message in bus.decoder.messages
                for plan in message.signals
            }
            self._in_dbc_order += wired.values()
            beliefs = {index: one.belief() for index, one in wired.items()}
            self.buses[bus.name] = DecodedBus(bus.decoder.believing(beliefs), len(placed))
            placed += (wired[index] for index in range(len(wired)))
        self.names = tuple(signal.name for signal in placed)
        """Names on the wire by the signals' places."""
        self._naming.check(profile)

    def infos(self) -> list[SignalInfo]:
        """Catalogue entries: those named in the profile first, in its order, then the DBC's."""
        ordered = sorted(self._in_dbc_order, key=lambda one: self._naming.rank(one.name))
        return [signal.info() for signal in ordered]


class _Naming:
    """Gives each signal its name once; names are unique in a bench."""

    def __init__(self, profile: CheckedProfile) -> None:
        self._by_source: dict[str, tuple[str, SignalEntry]] = {}
        for name, entry in profile.profile.signals.items():
            self._by_source[entry.source or name] = (name, entry)
        self._ranks = {name: rank for rank, (name, _) in enumerate(self._by_source.values())}
        self._names = set(self._ranks)
        self._found: set[str] = set()

    def signal(self, bus: str, plan: SignalPlan) -> WireSignal:
        full = f"{bus}/{plan.key}"
        source = full if full in self._by_source else plan.key
        if source in self._by_source and source not in self._found:
            self._found.add(source)
            name, entry = self._by_source[source]
            return WireSignal(name, plan, entry)
        name = self._free(plan.key, full)
        self._names.add(name)
        return WireSignal(name, plan, SignalEntry())

    def rank(self, name: str) -> int:
        return self._ranks.get(name, len(self._ranks))

    def check(self, profile: CheckedProfile) -> None:
        absent = set(self._by_source) - self._found
        if absent:
            source = min(absent)
            raise BadProfile(profile.path, "signals", f"no DBC of this bench has {source!r}")
        for name in sorted(profile.condition_names() - self._names):
            close = ", ".join(get_close_matches(name, self._names)) or "see the DBC"
            raise BadProfile(profile.path, "conditions", f"unknown signal {name!r}; near: {close}")

    def _free(self, key: str, full: str) -> str:
        for name in (key[:_LONGEST_NAME], full[:_LONGEST_NAME]):
            if name not in self._names:
                return name
        # a DBC may give two messages of one bus the same name
        number = 2
        while (name := f"{full[: _LONGEST_NAME - 8]}~{number}") in self._names:
            number += 1
        return name
