"""The diagnostics of one bench: overheard and read, handed to the bridge in its own time."""

import queue
from collections.abc import Mapping, Sequence

import msgspec

from can_bridge.diagnostics import identity
from can_bridge.diagnostics.asking import Asking
from can_bridge.diagnostics.identity import Known
from can_bridge.diagnostics.overhearing import Fact, Overhearing
from can_bridge.diagnostics.uds import VIN_DID
from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from can_bridge.profile_tables import Profile
from can_bridge.reported_codes import Heard
from telemetry.contract.diagnostics import DiagnosticsCounts
from telemetry.contract.payloads import DurableMessage, Identity, Value

_KNOWN = "diagnostics-identity"
_WITHOUT_WIRES = "virtual"


def is_without_wires(profile: Profile) -> bool:
    """Whether a bus of the profile exists within one process only."""
    return any(bus.interface == _WITHOUT_WIRES for bus in profile.buses)


class BenchDiagnostics:
    """Observer of a bench's frames and informant of its bridge, both in the bridge's thread."""

    def __init__(self, profile: Profile, stated: Identity, asking: Asking | None = None) -> None:
        entry = profile.diagnostics
        # what a profile calls its control units is used for overheard answers too
        ecus = {(ecu.bus, ecu.response_id): ecu.name for ecu in entry.all_ecus()}
        self._entry = entry
        self._stated = stated
        self._asking = asking
        self._is_without_wires = is_without_wires(profile)
        self.overhearing = Overhearing(
            ecus,
            frozenset(entry.j1939_buses),
            hears_testers=entry.overhear,
            has_many_buses=len(profile.buses) > 1,
        )
        self._known = Known()
        self._last: list[Heard] = []
        self._again: list[Heard] = []

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        """See frames of a bus."""
        del now_ms
        overhearing = self.overhearing
        before = overhearing.marks
        overhearing.take(bus, batch)
        self._known = identity.marked(self._known, overhearing.marks - before, len(batch))
        if overhearing.facts:
            facts, overhearing.facts = overhearing.facts, []
            self._known = identity.learnt(self._known, facts)

    def heard(self) -> Sequence[Heard]:
        """Lists of trouble codes since the last call."""
        overheard, self.overhearing.heard = self.overhearing.heard, []
        known = [*self._again, *overheard]
        self._again = []
        if self._asking is not None:
            self._asking.start()
            known += self._answers(self._asking)
        self._last = known
        return known

    def identity(self, values: Mapping[str, Value]) -> Identity:
        """Who the bench is by what is known now."""
        names = self._entry.vin_signals
        vin = identity.vin_of([values.get(name) for name in names]) if names else ""
        if vin:
            self._known = identity.learnt(self._known, [Fact("broadcast", VIN_DID, vin)])
        return identity.introduced(
            self._stated, self._known, is_without_wires=self._is_without_wires
        )

    def counts(self, passed_over: int) -> DiagnosticsCounts:
        """What was asked and overheard so far."""
        gate = None if self._asking is None else self._asking.gate
        reassembly, transport = self.overhearing.reassembly.counts, self.overhearing.transport
        return DiagnosticsCounts(
            is_armed=gate is not None and gate.is_armed,
            sent=0 if gate is None else gate.sent,
            refused=0 if gate is None else sum(gate.refused.values()),
            messages=reassembly.complete + transport.complete,
            broken=reassembly.broken + transport.broken,
            unasked=self.overhearing.counts.unasked,
            passed_over=passed_over,
        )

    def due(self, now_ms: int) -> Sequence[DurableMessage]:
        """Nothing by itself: what is heard goes through the rules of the bridge."""
        del now_ms
        return ()

    def states(self) -> dict[str, bytes]:
        """What control units said of who they are."""
        return {_KNOWN: msgspec.json.encode(self._known)}

    def restore(self, kept: KeptStates) -> None:
        """Go on from the kept state; what was heard last is told again."""
        raw = kept.state(_KNOWN)
        try:
            self._known = Known() if raw is None else msgspec.json.decode(raw, type=Known)
        except msgspec.DecodeError:
            self._known = Known()
        self._again = [*self._last, *self._again]
        self._last = []

    def close(self, now_ms: int) -> Sequence[DurableMessage]:
        """End the asking."""
        del now_ms
        if self._asking is not None:
            self._asking.stop()
        return ()

    def _answers(self, asking: Asking) -> list[Heard]:
        heard: list[Heard] = []
        while True:
            try:
                answer = asking.answers.get_nowait()
            except queue.Empty:
                return heard
            if isinstance(answer, Heard):
                heard.append(answer)
            else:
                self._known = identity.learnt(self._known, [answer])
