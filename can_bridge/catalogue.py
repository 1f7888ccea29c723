"""Which signals a bench has, how they are called on the wire, and which values are believed.

What they are called, `wire_names` decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from can_bridge.decoding.belief import Belief
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.decoding.layout import SignalPlan
from can_bridge.errors import BadProfile
from can_bridge.profile import CheckedProfile
from can_bridge.profile_checking.findings import place_of
from can_bridge.profile_checking.names import unknown_signals
from can_bridge.profile_tables import SignalEntry
from can_bridge.wire_names import wire_names
from telemetry.contract.payloads import SignalInfo


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
        keys = [(bus.name, _keys(bus.decoder)) for bus in buses]
        named = wire_names(profile.profile.signals, keys)
        for remark in unknown_signals(profile.profile, keys, named):
            raise BadProfile(profile.path, place_of(remark.keys), remark.told_en())
        placed: list[WireSignal] = []
        self._in_dbc_order: list[WireSignal] = []
        self.buses: dict[str, DecodedBus] = {}
        entries = profile.profile.signals
        for bus in buses:
            plans = [plan for message in bus.decoder.messages for plan in message.signals]
            wired = {
                plan.index: WireSignal(name, plan, entries.get(name, SignalEntry()))
                for name, plan in zip(named.names[bus.name], plans, strict=True)
            }
            self._in_dbc_order += wired.values()
            beliefs = {index: one.belief() for index, one in wired.items()}
            self.buses[bus.name] = DecodedBus(bus.decoder.believing(beliefs), len(placed))
            placed += (wired[index] for index in range(len(wired)))
        self.names = tuple(signal.name for signal in placed)
        """Names on the wire by the signals' places."""
        self._ranks = {name: rank for rank, name in enumerate(entries)}

    def infos(self) -> list[SignalInfo]:
        """Catalogue entries: those named in the profile first, in its order, then the DBC's."""
        last = len(self._ranks)
        ordered = sorted(self._in_dbc_order, key=lambda one: self._ranks.get(one.name, last))
        return [signal.info() for signal in ordered]


def _keys(decoder: FrameDecoder) -> list[str]:
    return [plan.key for message in decoder.messages for plan in message.signals]
