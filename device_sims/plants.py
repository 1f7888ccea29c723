"""A plant with its duty cycle: what each kind of bench shows on its buses at any moment."""

from collections.abc import Collection, Mapping
from typing import Protocol

from device_sims import battery, gateway, motor
from device_sims.battery import Battery
from device_sims.duty_cycles import (
    DutyCycle,
    battery_exercise,
    gateway_exercise,
    motor_exercise,
)
from device_sims.fault_scenarios import (
    BenchKind,
    battery_faults,
    gateway_faults,
    motor_faults,
)
from device_sims.gateway import NODES, Gateway
from device_sims.motor import Motor

Signals = Mapping[str, float]


class Plant(Protocol):
    """What a simulated bench steps and reads."""

    def advance(self, dt_s: float, active_faults: Collection[str]) -> None:
        """Let `dt_s` seconds pass with these scenarios injected."""

    def messages(self) -> Mapping[str, Signals]:
        """Signals by message name of the bench's own DBCs, in the units stated there."""


class BatteryPlant:
    """A battery under a tester's exercises."""

    def __init__(self, seed: int) -> None:
        self.state = Battery()
        self._duty = DutyCycle(battery_exercise, seed)
        self._alive = 0

    def advance(self, dt_s: float, active_faults: Collection[str]) -> None:
        """Let time pass."""
        command = self._duty.after(dt_s)
        self.state = battery.step(self.state, command, battery_faults(active_faults), dt_s)
        self._alive = (self._alive + 1) % 16

    def messages(self) -> Mapping[str, Signals]:
        """Signals of battery.dbc."""
        pack = self.state
        return {
            "BMS_Pack": {
                "PackVoltage": pack.pack_v,
                "PackCurrent": pack.current_a,
                "LinkVoltage": pack.link_v,
                "AliveCounter": self._alive,
            },
            "BMS_Cells": {
                "CellVoltageMax": pack.cell_max_v,
                "CellVoltageMin": pack.cell_min_v,
                "Soc": pack.soc,
                "Soh": pack.soh,
            },
            "BMS_Temperatures": {
                "TemperatureMax": pack.hottest_c,
                "TemperatureMin": pack.coldest_c,
            },
            "BMS_Contactors": {
                "HvCommanded": pack.is_hv_commanded,
                "PositiveClosed": pack.is_positive_closed,
                "NegativeClosed": pack.is_negative_closed,
                "Precharging": pack.is_precharging,
            },
            "BMS_Isolation": {"IsolationResistance": pack.isolation_kohm},
        }


class MotorPlant:
    """A drive motor under a tester's exercises."""

    def __init__(self, seed: int) -> None:
        self.state = Motor()
        self._duty = DutyCycle(motor_exercise, seed)
        self._alive = 0

    def advance(self, dt_s: float, active_faults: Collection[str]) -> None:
        """Let time pass."""
        command = self._duty.after(dt_s)
        self.state = motor.step(self.state, command, motor_faults(active_faults), dt_s)
        self._alive = (self._alive + 1) % 16

    def messages(self) -> Mapping[str, Signals]:
        """Signals of motor.dbc."""
        drive = self.state
        return {
            "MCU_Drive": {
                "Speed": drive.shown_speed_rpm,
                "Torque": drive.torque_nm,
                "TargetSpeed": drive.target_rpm,
                "AliveCounter": self._alive,
                "Enabled": drive.is_enabled,
                "ResolverValid": drive.is_resolver_valid,
            },
            "MCU_Link": {"LinkVoltage": drive.dc_v, "LinkCurrent": drive.dc_a},
            "MCU_Temperatures": {
                "WindingTemperature": drive.shown_winding_c,
                "InverterTemperature": drive.shown_inverter_c,
            },
        }


class GatewayPlant:
    """A gateway and body under a tester's exercises."""

    def __init__(self, seed: int) -> None:
        self.state = Gateway()
        self._duty = DutyCycle(gateway_exercise, seed)

    def advance(self, dt_s: float, active_faults: Collection[str]) -> None:
        """Let time pass."""
        command = self._duty.after(dt_s)
        self.state = gateway.step(self.state, command, gateway_faults(active_faults), dt_s)

    def messages(self) -> Mapping[str, Signals]:
        """Signals of gateway_powertrain.dbc and gateway_body.dbc."""
        network = self.state
        present = {f"{node.capitalize()}Present": network.is_present(node) for node in NODES}
        return {
            "GW_Network": {"AliveCounter": network.counter, "BusLoad": network.load, **present},
            "BCM_Body": {
                "IgnitionOn": network.is_ignition_on,
                "DoorOpen": network.is_door_open,
                "Locked": network.is_locked,
                "LampOn": network.is_lamp_on,
                "SupplyVoltage": network.supply_v,
            },
        }


def plant_of(kind: BenchKind, seed: int) -> Plant:
    """A plant of that kind; the same seed gives the same day."""
    match kind:
        case BenchKind.BATTERY:
            return BatteryPlant(seed)
        case BenchKind.MOTOR:
            return MotorPlant(seed)
        case BenchKind.GATEWAY:
            return GatewayPlant(seed)
