"""The tests of a bench: conditions of the profile, and alarm bits that the bench itself sets."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from can_bridge import alarm_flags
from can_bridge.dtc import Dtc
from can_bridge.faults import FaultOutcome, FaultRule
from can_bridge.profile import CheckedFault, CheckedProfile
from can_bridge.profile_tables import AlarmFlagsEntry
from telemetry.contract.payloads import FaultReport, FaultSource, FaultState, Value

FLAG_CONFIRM_S, FLAG_CLEAR_S = 1.0, 2.0
"""Chosen: the sender has judged already; this only takes out single frames."""
_BITS = 32


class Seen(NamedTuple):
    """What a test says of the values now, and the rule that this counts by."""

    rule: FaultRule
    is_failing: bool | None


class FaultTest(Protocol):
    """One fault that can be told from signals."""

    @property
    def key(self) -> str:
        """Unique among the tests of a bench."""

    @property
    def dtc(self) -> str:
        """The code it reports."""

    @property
    def names(self) -> Sequence[str]:
        """Signals that belong to the fault, the telling ones first."""

    def look(self, values: Mapping[str, Value]) -> Seen:
        """Judge the values of this moment."""

    def report(self, outcome: FaultOutcome, at_ms: int) -> FaultReport:
        """A step as a message; epoch and seq are placeholders."""


def fault_tests(profile: CheckedProfile) -> list[FaultTest]:
    """All tests of a profile."""
    tests: list[FaultTest] = [ConditionTest(fault) for fault in profile.faults]
    for entry in profile.profile.alarm_flags:
        tests += [FlagTest(entry, bit) for bit in range(_BITS)]
    return tests


class ConditionTest:
    """A condition of the profile."""

    def __init__(self, fault: CheckedFault) -> None:
        entry = fault.entry
        self._fault = fault
        self.dtc = Dtc.parse(entry.dtc).text
        self._rule = FaultRule(
            self.dtc, entry.failure_type, entry.severity, entry.confirm_s, entry.clear_s
        )
        self.key = self._rule.name
        self.names: Sequence[str] = tuple(
            dict.fromkeys([*sorted(fault.condition.names), *entry.freeze])
        )

    def look(self, values: Mapping[str, Value]) -> Seen:
        """Judge the values of this moment."""
        return Seen(self._rule, self._fault.condition.holds(values))

    def report(self, outcome: FaultOutcome, at_ms: int) -> FaultReport:
        """A step as a message; epoch and seq are placeholders."""
        entry = self._fault.entry
        return FaultReport(
            observed_at_ms=at_ms,
            epoch=1,
            seq=1,
            fault_id=outcome.fault_id,
            dtc=self.dtc,
            failure_type=entry.failure_type,
            status=outcome.status,
            severity=outcome.severity,
            state=FaultState(outcome.step.value),
            first_at_ms=outcome.first_at_ms,
            text_zh=entry.text_zh,
            text_en=entry.text_en,
            remedy_zh=entry.remedy_zh,
            remedy_en=entry.remedy_en,
            signals=dict(outcome.signals),
        )


class FlagTest:
    """One bit of a signal with GB/T 32960.3 alarm flags; the level signal is its severity."""

    def __init__(self, entry: AlarmFlagsEntry, bit: int) -> None:
        self._entry = entry
        self._bit = bit
        self._flag = alarm_flags.flag(entry.edition, bit)
        self.dtc = f"GB32960-{bit}"
        # several signals may carry flags, each with bits of its own
        self.key = f"{entry.signal} {self.dtc}"
        self.names: Sequence[str] = tuple(
            name for name in (entry.signal, entry.level_signal) if name
        )

    def look(self, values: Mapping[str, Value]) -> Seen:
        """Judge the values of this moment."""
        level = _number(values.get(self._entry.level_signal))
        severity = alarm_flags.severity(self._entry.edition, level)
        origin = f"{self._entry.signal}-"
        rule = FaultRule(self.dtc, 0, severity, FLAG_CONFIRM_S, FLAG_CLEAR_S, origin)
        value = _number(values.get(self._entry.signal))
        return Seen(rule, None if value is None else alarm_flags.is_raised(self._bit, value))

    def report(self, outcome: FaultOutcome, at_ms: int) -> FaultReport:
        """A step as a message; epoch and seq are placeholders."""
        return FaultReport(
            observed_at_ms=at_ms,
            epoch=1,
            seq=1,
            fault_id=outcome.fault_id,
            dtc=self.dtc,
            status=outcome.status,
            severity=outcome.severity,
            state=FaultState(outcome.step.value),
            first_at_ms=outcome.first_at_ms,
            text_zh=self._flag.zh,
            text_en=self._flag.en,
            signals=dict(outcome.signals),
            source=FaultSource.ALARM_FLAG,
        )


def _number(value: Value) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)
