"""Contactors, precharge and interlock between the cells and the inverter's link capacitor."""

import math
from dataclasses import dataclass
from enum import Enum

CONTACTOR_DELAY_S = 0.05
PRECHARGE_OHM = 120.0
LINK_FARAD = 0.001
PRECHARGED_SHARE = 0.95
"""The positive contactor closes when the link has this share of the pack's voltage."""
PRECHARGE_TIMEOUT_S = 2.0
DISCHARGE_S = 0.9
"""Time constant of the active discharge: below 60 V in 5 s, as UN R100 wants, with a margin."""


class HvPhase(Enum):
    """Where the switching-on is."""

    OFF = "off"
    CLOSING = "closing"
    PRECHARGING = "precharging"
    ON = "on"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HvFaults:
    """What is wrong on the high-voltage side."""

    is_positive_stuck: bool = False
    is_negative_stuck: bool = False
    is_interlock_open: bool = False
    precharge_ohm: float = PRECHARGE_OHM


@dataclass(frozen=True, slots=True)
class HighVoltage:
    """State of the switching; `link_v` is the voltage behind the contactors."""

    phase: HvPhase = HvPhase.OFF
    in_phase_s: float = 0.0
    link_v: float = 0.0
    is_commanded: bool = False
    is_interlock_closed: bool = True
    is_positive_stuck: bool = False
    is_negative_stuck: bool = False

    @property
    def is_on(self) -> bool:
        """Whether both main contactors are closed on command."""
        return self.phase is HvPhase.ON

    @property
    def is_positive_closed(self) -> bool:
        """State of the positive main contactor."""
        return self.is_on or self.is_positive_stuck

    @property
    def is_negative_closed(self) -> bool:
        """State of the negative main contactor."""
        return self.phase in {HvPhase.PRECHARGING, HvPhase.ON} or self.is_negative_stuck

    @property
    def is_precharging(self) -> bool:
        """Whether the precharge contactor is closed."""
        return self.phase is HvPhase.PRECHARGING

    @property
    def has_precharge_failed(self) -> bool:
        """Whether the last precharge timed out; forgotten when high voltage is switched off."""
        return self.phase is HvPhase.FAILED


def step(
    state: HighVoltage, is_commanded: bool, faults: HvFaults, pack_v: float, dt_s: float
) -> HighVoltage:
    """The switching after `dt_s` seconds, at most a few hundredths of a second at once."""
    link_v = _link_after(state, faults, pack_v, dt_s)
    phase = _phase_after(state, is_commanded, faults, link_v / pack_v if pack_v > 0 else 0.0)
    return HighVoltage(
        phase=phase,
        in_phase_s=state.in_phase_s + dt_s if phase is state.phase else 0.0,
        link_v=link_v,
        is_commanded=is_commanded,
        is_interlock_closed=not faults.is_interlock_open,
        is_positive_stuck=faults.is_positive_stuck,
        is_negative_stuck=faults.is_negative_stuck,
    )


def _phase_after(
    state: HighVoltage, is_commanded: bool, faults: HvFaults, charged: float
) -> HvPhase:
    if not is_commanded or faults.is_interlock_open:
        return HvPhase.OFF
    waited_s = state.in_phase_s
    match state.phase:
        case HvPhase.OFF:
            return HvPhase.CLOSING
        case HvPhase.CLOSING if waited_s >= CONTACTOR_DELAY_S:
            return HvPhase.PRECHARGING
        case HvPhase.PRECHARGING if charged >= PRECHARGED_SHARE:
            return HvPhase.ON
        case HvPhase.PRECHARGING if waited_s >= PRECHARGE_TIMEOUT_S:
            return HvPhase.FAILED
        case unchanged:
            return unchanged


def _link_after(state: HighVoltage, faults: HvFaults, pack_v: float, dt_s: float) -> float:
    if state.is_positive_closed and state.is_negative_closed:
        return pack_v
    if state.is_precharging:
        share = -math.expm1(-dt_s / (faults.precharge_ohm * LINK_FARAD))
        return state.link_v + (pack_v - state.link_v) * share
    return state.link_v * math.exp(-dt_s / DISCHARGE_S)
