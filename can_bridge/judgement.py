"""The rules at work on one bench: their state, and their outcomes as messages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

import msgspec

from can_bridge import faults, usage_sessions
from can_bridge.faults import FaultOutcome, FaultPhase, FaultRule
from can_bridge.profile import CheckedFault, CheckedProfile
from can_bridge.usage_sessions import UsageOutcome, UsageRule, UsageState
from telemetry.contract.payloads import (
    DurableMessage,
    FaultReport,
    FaultState,
    UsageEvent,
    UsageReport,
    Value,
)

_USAGE = "usage"
_FAULTS = "faults"


class KeptStates(Protocol):
    """Where the states of the rules survive the process."""

    def state(self, name: str) -> bytes | None:
        """The state kept last under that name."""


class Judgement:
    """Usage sessions and faults of one bench.

    After a step, `states()` must be kept together with the messages it returned, or not at all.
    """

    def __init__(
        self, profile: CheckedProfile, usage: UsageState, phases: dict[str, FaultPhase]
    ) -> None:
        self._profile = profile
        self._usage = usage
        self._phases = phases
        self._tests = [(fault, _rule(fault)) for fault in profile.faults]

    @classmethod
    def restored(cls, profile: CheckedProfile, kept: KeptStates) -> "Judgement":
        """Go on from the kept states; a state of an older shape is forgotten."""
        usage, phases = kept.state(_USAGE), kept.state(_FAULTS)
        try:
            return cls(
                profile,
                UsageState() if usage is None else msgspec.json.decode(usage, type=UsageState),
                {} if phases is None else msgspec.json.decode(phases, type=dict[str, FaultPhase]),
            )
        except msgspec.DecodeError:
            return cls(profile, UsageState(), {})

    def step(self, values: Mapping[str, Value], at_ms: int, frames: int) -> list[DurableMessage]:
        """Advance all rules by one observation; epoch and seq of the messages are placeholders."""
        messages: list[DurableMessage] = []
        entry = self._profile.profile.usage
        if entry is not None and self._profile.in_use is not None:
            self._usage, steps = usage_sessions.step(
                UsageRule(entry.start_s, entry.idle_s),
                self._usage,
                at_ms,
                self._profile.in_use.holds(values),
                frames,
            )
            messages += [_usage_report(outcome, at_ms) for outcome in steps]
        for fault, rule in self._tests:
            key = f"{rule.dtc}-{rule.failure_type:02X}"
            snapshot = {
                name: values.get(name) for name in (*fault.condition.names, *fault.entry.freeze)
            }
            phase = self._phases.get(key, FaultPhase())
            failing = fault.condition.holds(values)
            self._phases[key], outcomes = faults.step(rule, phase, at_ms, failing, snapshot)
            messages += [_fault_report(fault, outcome, at_ms) for outcome in outcomes]
        return messages

    def end_usage(self, at_ms: int) -> list[DurableMessage]:
        """End the open usage session, when no more traffic can come."""
        self._usage, steps = usage_sessions.end(self._usage)
        return [_usage_report(outcome, at_ms) for outcome in steps]

    def states(self) -> dict[str, bytes]:
        """States to keep."""
        return {
            _USAGE: msgspec.json.encode(asdict(self._usage)),
            _FAULTS: msgspec.json.encode(
                {key: asdict(phase) for key, phase in self._phases.items()}
            ),
        }

    def open_fault_codes(self) -> list[str]:
        """DTCs of confirmed faults."""
        return sorted(
            {key.partition("-")[0] for key, phase in self._phases.items() if phase.is_confirmed}
        )

    @property
    def is_in_use(self) -> bool:
        """Whether a usage session is running."""
        return self._usage.open is not None


def _rule(fault: CheckedFault) -> FaultRule:
    entry = fault.entry
    return FaultRule(entry.dtc, entry.failure_type, entry.severity, entry.confirm_s, entry.clear_s)


def _usage_report(outcome: UsageOutcome, at_ms: int) -> UsageReport:
    return UsageReport(
        observed_at_ms=at_ms,
        epoch=1,
        seq=1,
        usage_id=outcome.usage_id,
        event=UsageEvent(outcome.step.value),
        started_at_ms=outcome.started_at_ms,
        ended_at_ms=outcome.ended_at_ms,
        evidence={"active_s": outcome.active_s, "frames": outcome.frames},
    )


def _fault_report(fault: CheckedFault, outcome: FaultOutcome, at_ms: int) -> FaultReport:
    entry = fault.entry
    return FaultReport(
        observed_at_ms=at_ms,
        epoch=1,
        seq=1,
        fault_id=outcome.fault_id,
        dtc=entry.dtc,
        failure_type=entry.failure_type,
        status=outcome.status,
        severity=entry.severity,
        state=FaultState(outcome.step.value),
        first_at_ms=outcome.first_at_ms,
        text_zh=entry.text_zh,
        text_en=entry.text_en,
        remedy_zh=entry.remedy_zh,
        remedy_en=entry.remedy_en,
        signals=dict(outcome.signals),
    )
