"""A drive motor bench: a 150 kW motor on a dynamometer, after each step of time."""

from dataclasses import dataclass, replace

INERTIA_KGM2 = 0.09
DRAG_NM_PER_RPM = 0.0022
LARGEST_TORQUE_NM = 310.0
RATED_SPEED_RPM = 12_000.0
DC_LINK_V = 352.0
SLEW_RPM_PER_S = 1_500.0
"""Chosen: test benches ramp their set point; a step would ask for full torque each time."""
WINDING_J_PER_K = 9_000.0
INVERTER_J_PER_K = 3_500.0
COOLING_W_PER_K = 95.0


@dataclass(frozen=True, slots=True)
class MotorCommand:
    """What the tester asks for."""

    is_enabled: bool = False
    speed_rpm: float = 0.0
    load_nm: float = 0.0


@dataclass(frozen=True, slots=True)
class MotorFaults:
    """How an injected fault bends the drive."""

    extra_heat_c: float = 0.0
    extra_speed_rpm: float = 0.0
    is_resolver_lost: bool = False


@dataclass(frozen=True, slots=True)
class Motor:
    """State of the drive; positive torque drives, negative brakes."""

    speed_rpm: float = 0.0
    torque_nm: float = 0.0
    target_rpm: float = 0.0
    is_enabled: bool = False
    winding_c: float = 26.0
    inverter_c: float = 25.0
    coolant_c: float = 23.0
    extra_heat_c: float = 0.0
    extra_speed_rpm: float = 0.0
    is_resolver_valid: bool = True

    @property
    def shown_speed_rpm(self) -> float:
        """Speed as the controller reports it."""
        return self.speed_rpm + self.extra_speed_rpm

    @property
    def shown_winding_c(self) -> float:
        """Winding temperature as the controller reports it."""
        return self.winding_c + self.extra_heat_c

    @property
    def shown_inverter_c(self) -> float:
        """Inverter temperature as the controller reports it."""
        return self.inverter_c + 0.6 * self.extra_heat_c

    @property
    def shaft_w(self) -> float:
        """Mechanical power."""
        return self.torque_nm * self.speed_rpm * 0.104_719_755

    @property
    def dc_a(self) -> float:
        """DC link current, positive when driving; 94 % efficiency either way."""
        power_w = self.shaft_w
        if not self.is_enabled:
            return 0.0
        return power_w / 0.94 / self.dc_v if power_w >= 0 else power_w * 0.94 / self.dc_v

    @property
    def dc_v(self) -> float:
        """DC link voltage; sags 0.1 V per kW."""
        return DC_LINK_V - 0.0001 * self.shaft_w if self.is_enabled else 0.0


def step(motor: Motor, command: MotorCommand, faults: MotorFaults, dt_s: float) -> Motor:
    """The drive after `dt_s` seconds under a proportional speed controller."""
    asked = command.speed_rpm if command.is_enabled else 0.0
    reach = SLEW_RPM_PER_S * dt_s
    target = max(motor.target_rpm - reach, min(motor.target_rpm + reach, asked))
    drag_nm = DRAG_NM_PER_RPM * motor.speed_rpm + command.load_nm * min(1.0, motor.speed_rpm / 200)
    torque = 0.0
    if command.is_enabled and not faults.is_resolver_lost:
        wanted = 0.25 * (target - motor.speed_rpm) + drag_nm
        torque = max(-LARGEST_TORQUE_NM, min(LARGEST_TORQUE_NM, wanted))
    # 9.549 rpm per rad/s
    speed = motor.speed_rpm + (torque - drag_nm) / INERTIA_KGM2 * dt_s * 9.549
    speed = max(0.0, speed)
    copper_w = 0.035 * torque**2
    iron_w = 1.2e-5 * speed**2
    winding = motor.winding_c + dt_s / WINDING_J_PER_K * (
        copper_w + iron_w - COOLING_W_PER_K * (motor.winding_c - motor.coolant_c)
    )
    inverter = motor.inverter_c + dt_s / INVERTER_J_PER_K * (
        0.5 * copper_w + 30 * bool(torque) - COOLING_W_PER_K * (motor.inverter_c - motor.coolant_c)
    )
    return replace(
        motor,
        speed_rpm=speed,
        torque_nm=torque,
        target_rpm=target,
        is_enabled=command.is_enabled,
        winding_c=winding,
        inverter_c=inverter,
        extra_heat_c=faults.extra_heat_c,
        extra_speed_rpm=faults.extra_speed_rpm,
        is_resolver_valid=not faults.is_resolver_lost,
    )
