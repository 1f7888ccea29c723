"""What testers can do at each kind of bench; currents, speeds and times are those of a lesson."""

import random

from device_sims.battery.pack import BatteryCommand
from device_sims.duty_cycles import Phase, Repertoire
from device_sims.gateway.body import GatewayCommand
from device_sims.motor.drive import MotorCommand

SPEEDS_RPM = (800, 1500, 2500, 4000, 6000, 8000)
SPEEDS_KMH = (0, 0, 20, 40, 60)

_HV_ON = BatteryCommand(is_hv_on=True)
_ENABLED = MotorCommand(is_enabled=True)
_IGNITION = GatewayCommand(is_ignition_on=True)
_LOCKED = GatewayCommand(is_locked=True)


def _pulse(chance: random.Random) -> list[Phase[BatteryCommand]]:
    """Discharge, rest, and charge back about as much."""
    discharge_a = chance.uniform(15, 90)
    charge_a = discharge_a * chance.uniform(0.9, 1.1)
    lasts_s = chance.uniform(3, 9)
    return [
        Phase(lasts_s, BatteryCommand(is_hv_on=True, current_a=discharge_a)),
        Phase(chance.uniform(1, 3), _HV_ON),
        Phase(lasts_s, BatteryCommand(is_hv_on=True, current_a=-charge_a)),
        Phase(1.0, _HV_ON),
    ]


def _plateau(chance: random.Random) -> list[Phase[MotorCommand]]:
    """Hold a speed under load."""
    speed_rpm, load_nm = chance.choice(SPEEDS_RPM), chance.uniform(5, 80)
    held = MotorCommand(is_enabled=True, speed_rpm=speed_rpm, load_nm=load_nm)
    return [Phase(chance.uniform(4, 9), held)]


def _drive(chance: random.Random) -> list[Phase[GatewayCommand]]:
    """Lamps, wipers, indicators, the window, a little speed, sometimes a door."""
    moving = GatewayCommand(
        is_ignition_on=True,
        is_lamp_on=True,
        wiper_level=chance.randint(0, 3),
        window_open=chance.choice((0.0, 0.5, 1.0)),
        turn=chance.randint(0, 3),
        speed_kmh=chance.choice(SPEEDS_KMH),
    )
    halted = GatewayCommand(is_ignition_on=True, is_door_open=chance.random() < 0.3)  # noqa: PLR2004
    return [Phase(chance.uniform(2, 5), moving), Phase(chance.uniform(1, 4), halted)]


BATTERY = Repertoire(
    idle=BatteryCommand(),
    ready=_HV_ON,
    start=lambda: [Phase(1.5, _HV_ON)],
    work=_pulse,
    stop=lambda: [Phase(1.0, _HV_ON)],
)
MOTOR = Repertoire(
    idle=MotorCommand(),
    ready=_ENABLED,
    start=lambda: [Phase(1.0, _ENABLED)],
    work=_plateau,
    stop=lambda: [Phase(3.0, _ENABLED)],
)
GATEWAY = Repertoire(
    idle=_LOCKED,
    ready=_IGNITION,
    start=lambda: [Phase(1.5, GatewayCommand(is_door_open=True)), Phase(2.0, _IGNITION)],
    work=_drive,
    stop=lambda: [Phase(1.0, _IGNITION)],
)
