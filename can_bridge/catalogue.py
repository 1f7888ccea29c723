"""Which signals a bench has, how they are called on the wire, and which values are believed.

One rule for names: a signal is called as the profile's `[signals.<name>]` with that `source` says;
any other is called `Message.Signal` as in the DBC. Where a second bus has the same
`Message.Signal`, the later one is called `bus/Message.Signal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from can_bridge.decoding.frames import Decoded, FrameDecoder, SignalPlan
from can_bridge.errors import BadProfile
from can_bridge.profile import CheckedProfile
from can_bridge.profile_tables import SignalEntry
from telemetry.contract.payloads import SignalInfo, Value

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

    def believed(self, decoded: Decoded) -> Value:
        """The value, or None where the raw value means "not available" or is out of range."""
        _, raw, value = decoded
        entry = self.entry
        if entry.not_available is None:
            if not self.plan.is_plausible(raw, value):
                return None
        elif raw in entry.not_available:
            return None
        if entry.minimum is not None and value < entry.minimum:
            return None
        if entry.maximum is not None and value > entry.maximum:
            return None
        return value

    def info(self) -> SignalInfo:
        """The catalogue entry of the birth message."""
        signal, entry, plan = self.plan.signal, self.entry, self.plan
        low = plan.minimum if entry.plot_minimum is None else entry.plot_minimum
        high = plan.maximum if entry.plot_maximum is None else entry.plot_maximum
        return SignalInfo(
            name=self.name,
            unit=(signal.unit or "") if entry.unit is None else entry.unit,
            message=plan.key.partition(".")[0],
            minimum=low,
            maximum=high,
            choices={str(raw): str(label) for raw, label in (signal.choices or {}).items()},
            label_zh=entry.label_zh,
            label_en=entry.label_en,
            headline=entry.headline,
        )


class Catalogue:
    """All signals of a bench; looked up per bus by the compiled signal."""

    def __init__(self, buses: Sequence[BusDecoder], profile: CheckedProfile) -> None:
        self._by_plan: dict[int, WireSignal] = {}
        by_source: dict[str, tuple[str, SignalEntry]] = {}
        for name, entry in profile.profile.signals.items():
            by_source[entry.source or name] = (name, entry)
        names: set[str] = {name for name, _ in by_source.values()}
        sources: set[str] = set()
        unmapped = SignalEntry()
        for bus in buses:
            for message in bus.decoder.messages:
                for plan in message.signals:
                    full = f"{bus.name}/{plan.key}"
                    source = full if full in by_source else plan.key
                    if source in by_source and source not in sources:
                        sources.add(source)
                        name, entry = by_source[source]
                    else:
                        name, entry = (plan.key if plan.key not in names else full), unmapped
                    names.add(name)
                    self._by_plan[id(plan)] = WireSignal(name[:_LONGEST_NAME], plan, entry)
        self._order = {name: position for position, (name, _) in enumerate(by_source.values())}
        _check_names(profile, set(by_source) - sources, names)

    def wire_signal(self, plan: SignalPlan) -> WireSignal:
        """The travelling form of a compiled signal of one of this catalogue's decoders."""
        return self._by_plan[id(plan)]

    def infos(self) -> list[SignalInfo]:
        """Catalogue entries: those named in the profile first, in its order, then the DBC's."""
        last = len(self._order)
        ordered = sorted(
            self._by_plan.values(), key=lambda signal: self._order.get(signal.name, last)
        )
        return [signal.info() for signal in ordered]


def _check_names(profile: CheckedProfile, absent: set[str], names: set[str]) -> None:
    if absent:
        source = min(absent)
        raise BadProfile(profile.path, "signals", f"no DBC of this bench has {source!r}")
    for name in sorted(profile.condition_names() - names):
        close = ", ".join(get_close_matches(name, names)) or "see the DBC"
        raise BadProfile(profile.path, "conditions", f"unknown signal {name!r}; near: {close}")
