"""A plant with its duty: what each kind of bench shows on its buses at any moment."""

from typing import Protocol

from device_sims import repertoires
from device_sims.battery.plant import BatteryPlant
from device_sims.duty_cycles import Duty, DutyCycle
from device_sims.encoding import Signals
from device_sims.fault_scenarios import (
    BenchKind,
    battery_faults,
    gateway_faults,
    motor_faults,
)
from device_sims.gateway.plant import GatewayPlant
from device_sims.motor.plant import MotorPlant


class Plant(Protocol):
    """What a simulated bench steps and reads."""

    step_s: float
    """How long a step is, the shortest cycle time of the bench's DBCs."""

    def advance(self, dt_s: float, active_faults: tuple[str, ...]) -> None:
        """Let `dt_s` seconds pass with these scenarios injected."""

    def signals(self, message: str) -> Signals | None:
        """Signals of a message of the bench's own DBCs, in the units stated there.

        None while nobody sends it. Called once for every frame that is due.
        """


def plant_of(kind: BenchKind, seed: int, duty: Duty = Duty.FREE) -> Plant:
    """A plant of that kind; the same seed and duty give the same day."""
    match kind:
        case BenchKind.BATTERY:
            battery = DutyCycle(repertoires.BATTERY, duty, seed)
            return BatteryPlant(seed, battery, battery_faults)
        case BenchKind.MOTOR:
            return MotorPlant(DutyCycle(repertoires.MOTOR, duty, seed), motor_faults)
        case BenchKind.GATEWAY:
            return GatewayPlant(DutyCycle(repertoires.GATEWAY, duty, seed), gateway_faults)
