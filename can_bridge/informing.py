"""Who tells a bridge what is not in its signals: reported trouble codes, and who the bench is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from can_bridge.reported_codes import Heard
from telemetry.contract.diagnostics import DiagnosticsCounts
from telemetry.contract.payloads import Birth, Identity, Value


class Informant(Protocol):
    """Knows by the diagnostics of a bench; called by the bridge's one thread, every tick."""

    def heard(self) -> Sequence[Heard]:
        """Lists of trouble codes since the last call."""

    def identity(self, values: Mapping[str, Value]) -> Identity:
        """Who the bench is by what is known now; `values` are its fresh signals."""

    def counts(self, passed_over: int) -> DiagnosticsCounts:
        """What was asked and overheard; `passed_over` codes and freezes there was no room for."""


def reintroduced(birth: Birth, identity: Identity, now_ms: int) -> Birth:
    """The birth to announce again where the bench is somebody else by now, else the same one."""
    if identity == birth.identity:
        return birth
    return msgspec.structs.replace(birth, observed_at_ms=now_ms, identity=identity)


def counts_of(informant: Informant | None, passed_over: int) -> DiagnosticsCounts:
    """The counts of a bench's diagnostics, also of one without any."""
    if informant is None:
        return DiagnosticsCounts(passed_over=passed_over)
    return informant.counts(passed_over)
