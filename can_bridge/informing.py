"""Who tells a bridge what is not in its signals: reported trouble codes, and who the bench is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from can_bridge.reported_codes import Heard
from telemetry.contract.diagnostics import DiagnosticsCounts
from telemetry.contract.payloads import Birth, Identity, IdentityKind, Value

HEARD_FOR_S = 1.5
"""Chosen: a simulator says that it is one at least once a second."""
NOTHING_HEARD_FOR_S = 3.0
"""Chosen: a bench that is switched off still says who it is before anybody wonders."""


class Informant(Protocol):
    """Knows by the diagnostics of a bench; called by the bridge's one thread, every tick."""

    def heard(self) -> Sequence[Heard]:
        """Lists of trouble codes since the last call."""

    def identity(self, values: Mapping[str, Value]) -> Identity:
        """Who the bench is by what is known now; `values` are its fresh signals."""

    def counts(self, passed_over: int) -> DiagnosticsCounts:
        """What was asked and overheard; `passed_over` codes and freezes there was no room for."""


class Introduction:
    """When a bench says for the first time who it is (pure; seconds of one monotonic clock).

    One that claims to be hardware listens first, so that a simulator never says so.
    """

    def __init__(self, now_s: float) -> None:
        self._since_s = now_s
        self._first_frame_s: float | None = None

    def heard(self, now_s: float) -> None:
        """Note that frames came."""
        if self._first_frame_s is None:
            self._first_frame_s = now_s

    def is_due(self, kind: IdentityKind, now_s: float) -> bool:
        """Whether it may be said now that the bench is of this kind."""
        if kind is not IdentityKind.HARDWARE:
            return True
        if self._first_frame_s is None:
            return now_s - self._since_s >= NOTHING_HEARD_FOR_S
        return now_s - self._first_frame_s >= HEARD_FOR_S


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
