"""How a failing test becomes a fault: pending, confirmed, cleared, with times and damping."""

from dataclasses import dataclass, replace
from enum import StrEnum

from can_bridge.conditions import Scalar, Values
from can_bridge.dtc import DtcStatus

WARNING_SEVERITY = 2
"""From this GB/T 32960 alarm level on the driver is warned, so the warning indicator bit is set."""
FLAP_WINDOW_MS = 60_000
MAX_CYCLES_PER_WINDOW = 12
"""Chosen: a fault that comes and goes faster than every 5 s stays confirmed until it calms down."""
PENDING_QUIET_MS = 10_000
"""Chosen: a test that blips tells so at most this often."""

_FAILING = DtcStatus.TEST_FAILED | DtcStatus.TEST_FAILED_THIS_CYCLE | DtcStatus.FAILED_SINCE_CLEAR


class FaultStep(StrEnum):
    """What a step tells the outside."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """When a test counts: it must fail for `confirm_s` and pass for `clear_s` without a break.

    `origin` is put before the fault's id where several sources can have the same code.
    """

    dtc: str
    failure_type: int
    severity: int
    confirm_s: float
    clear_s: float
    origin: str = ""

    @property
    def name(self) -> str:
        """The code with its failure type and origin, unique among the tests of a bench."""
        return f"{self.origin}{self.dtc}-{self.failure_type:02X}".replace(" ", "-")


@dataclass(frozen=True, slots=True)
class FaultPhase:
    """State of one fault test; moments are milliseconds since 1970.

    `fault_id` names the fault whose steps are told, whatever the clock does meanwhile; `severity`
    is the one it was told with.
    `first_at_ms` is set from the first failing step until the fault is cleared; `is_reported` says
    that the outside heard of it. `confirmed_at_ms` holds the confirmations of the flap window.
    """

    first_at_ms: int | None = None
    passing_since_ms: int | None = None
    is_confirmed: bool = False
    is_reported: bool = False
    pending_told_at_ms: int | None = None
    confirmed_at_ms: tuple[int, ...] = ()
    signals: tuple[tuple[str, Scalar], ...] = ()
    fault_id: str = ""
    severity: int = 0


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """A step of a fault's life to report; `signals` were frozen at confirmation.

    `severity` is the highest since it was confirmed, even where the test says less by now.
    """

    step: FaultStep
    fault_id: str
    status: int
    first_at_ms: int
    severity: int
    signals: tuple[tuple[str, Scalar], ...] = ()


def step(
    rule: FaultRule, phase: FaultPhase, at_ms: int, is_failing: bool | None, snapshot: Values
) -> tuple[FaultPhase, list[FaultOutcome]]:
    """Advance one fault test.

    `is_failing` is None while the condition is undecided: then nothing is confirmed, and a
    confirmed fault stays. A clock that jumps back restarts the running time, never ends it early.
    """
    if phase.is_confirmed:
        return _while_confirmed(rule, phase, at_ms, is_failing)
    if is_failing:
        return _while_failing(rule, phase, at_ms, snapshot)
    if phase.first_at_ms is None:
        return phase, []
    calm = replace(phase, first_at_ms=None, is_reported=False, fault_id="")
    if not phase.is_reported:
        return calm, []
    healed = DtcStatus.TEST_FAILED_THIS_CYCLE | DtcStatus.FAILED_SINCE_CLEAR
    return calm, [_outcome(rule, phase, FaultStep.CLEARED, healed)]


def shifted(phase: FaultPhase, by_ms: int) -> FaultPhase:
    """The same phase after the wall clock was set by `by_ms`; running times are as before."""

    def moved(at_ms: int | None) -> int | None:
        return None if at_ms is None else at_ms + by_ms

    return replace(
        phase,
        first_at_ms=moved(phase.first_at_ms),
        passing_since_ms=moved(phase.passing_since_ms),
        pending_told_at_ms=moved(phase.pending_told_at_ms),
        confirmed_at_ms=tuple(at_ms + by_ms for at_ms in phase.confirmed_at_ms),
    )


def _while_failing(
    rule: FaultRule, phase: FaultPhase, at_ms: int, snapshot: Values
) -> tuple[FaultPhase, list[FaultOutcome]]:
    if phase.first_at_ms is None or at_ms < phase.first_at_ms:
        fault_id = phase.fault_id or f"{rule.name}-{at_ms}"
        phase = replace(phase, first_at_ms=at_ms, fault_id=fault_id)
    since_ms = at_ms if phase.first_at_ms is None else phase.first_at_ms
    if at_ms - since_ms >= rule.confirm_s * 1000:
        recent = tuple(at for at in phase.confirmed_at_ms if 0 <= at_ms - at < FLAP_WINDOW_MS)
        frozen = tuple(sorted(snapshot.items()))
        phase = replace(
            phase,
            is_confirmed=True,
            is_reported=True,
            passing_since_ms=None,
            confirmed_at_ms=(*recent, at_ms),
            signals=frozen,
            severity=rule.severity,
        )
        return phase, [_outcome(rule, phase, FaultStep.CONFIRMED, _confirmed_status(rule))]
    told = phase.pending_told_at_ms
    if phase.is_reported or (told is not None and 0 <= at_ms - told < PENDING_QUIET_MS):
        return phase, []
    phase = replace(phase, is_reported=True, pending_told_at_ms=at_ms)
    return phase, [_outcome(rule, phase, FaultStep.PENDING, _FAILING | DtcStatus.PENDING)]


def _while_confirmed(
    rule: FaultRule, phase: FaultPhase, at_ms: int, is_failing: bool | None
) -> tuple[FaultPhase, list[FaultOutcome]]:
    if is_failing is None or is_failing:
        if phase.passing_since_ms is not None:
            phase = replace(phase, passing_since_ms=None)
        if is_failing and rule.severity > phase.severity:
            # a fault that gets worse is told again under its id
            phase = replace(phase, severity=rule.severity)
            return phase, [_outcome(rule, phase, FaultStep.CONFIRMED, _confirmed_status(rule))]
        return phase, []
    if phase.passing_since_ms is None or at_ms < phase.passing_since_ms:
        phase = replace(phase, passing_since_ms=at_ms)
    since_ms = at_ms if phase.passing_since_ms is None else phase.passing_since_ms
    recent = [at for at in phase.confirmed_at_ms if 0 <= at_ms - at < FLAP_WINDOW_MS]
    if at_ms - since_ms < rule.clear_s * 1000 or len(recent) >= MAX_CYCLES_PER_WINDOW:
        return phase, []
    healed = DtcStatus.TEST_FAILED_THIS_CYCLE | DtcStatus.FAILED_SINCE_CLEAR | DtcStatus.CONFIRMED
    calm = FaultPhase(pending_told_at_ms=phase.pending_told_at_ms, confirmed_at_ms=tuple(recent))
    return calm, [_outcome(rule, phase, FaultStep.CLEARED, healed)]


def _outcome(rule: FaultRule, phase: FaultPhase, kind: FaultStep, status: int) -> FaultOutcome:
    first_at_ms = phase.first_at_ms or 0
    return FaultOutcome(
        step=kind,
        fault_id=phase.fault_id or f"{rule.name}-{first_at_ms}",
        status=int(status),
        first_at_ms=first_at_ms,
        severity=phase.severity or rule.severity,
        signals=phase.signals,
    )


def _confirmed_status(rule: FaultRule) -> int:
    lamp = DtcStatus.WARNING_INDICATOR if rule.severity >= WARNING_SEVERITY else 0
    return _FAILING | DtcStatus.PENDING | DtcStatus.CONFIRMED | lamp
