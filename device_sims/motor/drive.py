"""The drive on its dynamometer after each step of time; positive torque drives, negative brakes.

Numbers and where they come from: docs/decisions/0012-plant-models-of-the-simulators.md.
"""

import math
from dataclasses import dataclass, field, replace

from device_sims.motor import cooling
from device_sims.motor.capability import (
    NOMINAL_LINK_V,
    RAD_PER_S,
    STATOR_OHM,
    phase_current_a,
    torque_limit_nm,
)
from device_sims.motor.cooling import FULL_FLOW_LPM, DriveHeat

LONGEST_STEP_S = 0.02
"""The speed controller is stable up to 0.07 s; longer steps are taken as several."""
INERTIA_KGM2 = 0.09
DRAG_NM_PER_RPM = 0.0022
CONTROL_NM_PER_RPM = 0.25
SLEW_RPM_PER_S = 1_500.0
"""Chosen: test benches ramp their set point; a step would ask for full torque each time."""
TORQUE_S = 0.015
"""Time constant of the current control, seen as torque."""
LINK_S = 0.15
INVERTER_LOSS_SHARE = 0.5
SWITCHING_W = 30.0
EFFICIENCY = 0.94
SAG_V_PER_KW = 0.1
PUMP_ABOVE_C = 35.0
TORQUE_BAND_NM, DEVIATES_AFTER_S = 4.0, 1.0
LEAST_FLOW_LPM, FLOW_LOW_AFTER_S = 3.0, 5.0
"""The controller's own plausibility tests, with the time in which a transient is let pass."""
OPEN_SENSOR_C = -49.0
LOST_TORQUE_SHARE = 0.5
"""What a machine with demagnetised magnets lacks of the torque it is asked for."""


@dataclass(frozen=True, slots=True)
class MotorCommand:
    """What the tester asks for."""

    is_enabled: bool = False
    speed_rpm: float = 0.0
    load_nm: float = 0.0


@dataclass(frozen=True, slots=True)
class MotorFaults:
    """How injected faults bend the drive."""

    extra_heat_c: float = 0.0
    extra_inverter_c: float = 0.0
    extra_speed_rpm: float = 0.0
    is_resolver_lost: bool = False
    is_pump_dead: bool = False
    is_phase_open: bool = False
    is_demagnetised: bool = False
    is_sensor_open: bool = False


@dataclass(frozen=True, slots=True)
class Motor:
    """State of the drive: speed in r/min, torque in N·m, DC link in V."""

    speed_rpm: float = 0.0
    torque_nm: float = 0.0
    torque_target_nm: float = 0.0
    torque_limit_nm: float = 0.0
    target_rpm: float = 0.0
    rotor_rad: float = 0.0
    link_v: float = 0.0
    is_enabled: bool = False
    heat: DriveHeat = field(default_factory=DriveHeat)
    faults: MotorFaults = MotorFaults()
    deviating_for_s: float = 0.0
    flow_low_for_s: float = 0.0

    @property
    def shown_speed_rpm(self) -> float:
        """Speed as the controller reports it."""
        return self.speed_rpm + self.faults.extra_speed_rpm

    @property
    def shown_winding_c(self) -> float:
        """Winding temperature as the controller reports it."""
        if self.faults.is_sensor_open:
            return OPEN_SENSOR_C
        return self.heat.winding_c + self.faults.extra_heat_c

    @property
    def shown_inverter_c(self) -> float:
        """Inverter temperature as the controller reports it."""
        return self.heat.inverter_c + self.faults.extra_inverter_c

    @property
    def shaft_w(self) -> float:
        """Mechanical power."""
        return self.torque_nm * self.speed_rpm * RAD_PER_S

    @property
    def dc_v(self) -> float:
        """DC link voltage; sags under load."""
        return max(0.0, self.link_v - SAG_V_PER_KW * self.shaft_w / 1000) if self.link_v else 0.0

    @property
    def dc_a(self) -> float:
        """DC link current, positive when driving."""
        power_w = self.shaft_w
        if not self.is_enabled or self.dc_v < 1:
            return 0.0
        return (power_w / EFFICIENCY if power_w >= 0 else power_w * EFFICIENCY) / self.dc_v

    @property
    def phase_currents_a(self) -> tuple[float, float, float]:
        """Currents of the phases U, V, W (effective values); an open phase leaves two."""
        if not self.is_enabled:
            return 0.0, 0.0, 0.0
        current_a = phase_current_a(self.torque_nm, self.speed_rpm, self.dc_v)
        if self.faults.is_phase_open:
            return current_a * math.sqrt(3) / 1.5, current_a * math.sqrt(3) / 1.5, 0.0
        return current_a, current_a, current_a

    @property
    def deviates(self) -> bool:
        """Whether the torque has differed from the target for long."""
        return self.deviating_for_s >= DEVIATES_AFTER_S

    @property
    def is_flow_low(self) -> bool:
        """Whether the coolant has not flowed for long though the pump should run."""
        return self.flow_low_for_s >= FLOW_LOW_AFTER_S

    @property
    def is_pump_on(self) -> bool:
        """Whether the coolant pump is asked to run."""
        return self.is_enabled or self.heat.coolant_c > PUMP_ABOVE_C


def step(motor: Motor, command: MotorCommand, faults: MotorFaults, dt_s: float) -> Motor:
    """The drive after `dt_s` seconds under a proportional speed controller."""
    parts = max(1, math.ceil(dt_s / LONGEST_STEP_S - 1e-9))
    for _ in range(parts):
        motor = _short_step(motor, command, faults, dt_s / parts)
    return motor


def _short_step(motor: Motor, command: MotorCommand, faults: MotorFaults, dt_s: float) -> Motor:
    asked = command.speed_rpm if command.is_enabled else 0.0
    reach = SLEW_RPM_PER_S * dt_s
    target = max(motor.target_rpm - reach, min(motor.target_rpm + reach, asked))
    drag_nm = DRAG_NM_PER_RPM * motor.speed_rpm + command.load_nm * min(1.0, motor.speed_rpm / 200)
    largest_nm = torque_limit_nm(
        motor.speed_rpm, motor.link_v, motor.shown_winding_c, motor.shown_inverter_c
    )
    wanted_nm = 0.0
    if command.is_enabled and not faults.is_resolver_lost:
        wanted_nm = CONTROL_NM_PER_RPM * (target - motor.speed_rpm) + drag_nm
        wanted_nm = max(-largest_nm, min(largest_nm, wanted_nm))
    given_nm = wanted_nm * (1 - LOST_TORQUE_SHARE * faults.is_demagnetised)
    torque_nm = motor.torque_nm - (given_nm - motor.torque_nm) * math.expm1(-dt_s / TORQUE_S)
    speed = motor.speed_rpm + (torque_nm - drag_nm) / INERTIA_KGM2 * dt_s / RAD_PER_S
    link_v = NOMINAL_LINK_V if command.is_enabled else 0.0
    return replace(
        motor,
        speed_rpm=max(0.0, speed),
        torque_nm=torque_nm,
        torque_target_nm=wanted_nm,
        torque_limit_nm=largest_nm,
        target_rpm=target,
        rotor_rad=(motor.rotor_rad + motor.speed_rpm * RAD_PER_S * dt_s) % (2 * math.pi),
        link_v=motor.link_v - (link_v - motor.link_v) * math.expm1(-dt_s / LINK_S),
        is_enabled=command.is_enabled,
        heat=_warmed(motor, faults, dt_s),
        faults=faults,
        deviating_for_s=_held(
            motor.deviating_for_s, dt_s, abs(wanted_nm - torque_nm) > TORQUE_BAND_NM
        ),
        flow_low_for_s=_held(
            motor.flow_low_for_s, dt_s, motor.is_pump_on and motor.heat.flow_lpm < LEAST_FLOW_LPM
        ),
    )


def _held(held_s: float, dt_s: float, is_so: bool) -> float:
    """For how long something has been so without a break."""
    return held_s + dt_s if is_so else 0.0


def _warmed(motor: Motor, faults: MotorFaults, dt_s: float) -> DriveHeat:
    current_a = max(motor.phase_currents_a)
    copper_w = 3 * STATOR_OHM * current_a**2
    iron_w = 1.2e-5 * motor.speed_rpm**2
    inverter_w = INVERTER_LOSS_SHARE * copper_w + SWITCHING_W * (motor.torque_nm != 0)
    wanted_lpm = FULL_FLOW_LPM if motor.is_pump_on and not faults.is_pump_dead else 0.0
    return cooling.step(motor.heat, copper_w + iron_w, inverter_w, wanted_lpm, dt_s)
