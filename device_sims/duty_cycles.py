"""What testers do at a bench all day: exercises and pauses, from a seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from device_sims.battery import BatteryCommand
from device_sims.gateway import GatewayCommand
from device_sims.motor import MotorCommand

_Command = TypeVar("_Command")
Exercise = Callable[[random.Random], "list[Phase[_Command]]"]


@dataclass(frozen=True, slots=True)
class Phase(Generic[_Command]):
    """One command held for `lasts_s` seconds."""

    lasts_s: float
    command: _Command


def battery_exercise(chance: random.Random) -> list[Phase[BatteryCommand]]:
    """Switch high voltage on, discharge and charge in pulses, switch off, pause."""
    phases = [Phase(1.5, BatteryCommand(is_hv_on=True))]
    for _ in range(chance.randint(3, 7)):
        discharge_a = chance.uniform(15, 90)
        phases += [
            Phase(chance.uniform(3, 9), BatteryCommand(is_hv_on=True, current_a=discharge_a)),
            Phase(chance.uniform(1, 3), BatteryCommand(is_hv_on=True)),
            Phase(
                chance.uniform(3, 9),
                BatteryCommand(is_hv_on=True, current_a=-discharge_a * chance.uniform(0.9, 1.1)),
            ),
        ]
    return [*phases, Phase(1.0, BatteryCommand(is_hv_on=True)), _pause(chance, BatteryCommand())]


def motor_exercise(chance: random.Random) -> list[Phase[MotorCommand]]:
    """Enable, run a staircase of speeds under load, coast, disable, pause."""
    phases = [Phase(1.0, MotorCommand(is_enabled=True))]
    for _ in range(chance.randint(4, 8)):
        speed = chance.choice((800, 1500, 2500, 4000, 6000, 8000))
        phases.append(
            Phase(
                chance.uniform(4, 9),
                MotorCommand(is_enabled=True, speed_rpm=speed, load_nm=chance.uniform(5, 80)),
            )
        )
    return [*phases, Phase(3.0, MotorCommand(is_enabled=True)), _pause(chance, MotorCommand())]


def gateway_exercise(chance: random.Random) -> list[Phase[GatewayCommand]]:
    """Unlock, open the door, ignition on, work with lamps on and off, close down, pause."""
    phases = [
        Phase(1.5, GatewayCommand(is_door_open=True)),
        Phase(2.0, GatewayCommand(is_ignition_on=True)),
    ]
    for _ in range(chance.randint(4, 9)):
        phases += [
            Phase(chance.uniform(2, 5), GatewayCommand(is_ignition_on=True, is_lamp_on=True)),
            Phase(
                chance.uniform(1, 4),
                GatewayCommand(is_ignition_on=True, is_door_open=chance.random() < 0.3),  # noqa: PLR2004
            ),
        ]
    return [*phases, _pause(chance, GatewayCommand(is_locked=True))]


def _pause(chance: random.Random, idle: _Command) -> Phase[_Command]:
    return Phase(chance.uniform(20, 35), idle)


class DutyCycle(Generic[_Command]):
    """Endless exercises one after the other; the same seed gives the same day."""

    def __init__(self, exercise: "Exercise[_Command]", seed: int) -> None:
        self._exercise = exercise
        # a simulation must be repeatable, not unpredictable
        self._chance = random.Random(seed)  # noqa: S311
        self._phases: list[Phase[_Command]] = []
        self._left_s = 0.0

    def after(self, dt_s: float) -> _Command:
        """The command that holds `dt_s` seconds later."""
        self._left_s -= dt_s
        while not self._phases or self._left_s <= 0:
            if self._phases:
                self._phases.pop(0)
            if not self._phases:
                self._phases = self._exercise(self._chance)
            self._left_s += self._phases[0].lasts_s
        return self._phases[0].command
