"""The battery bench as its control unit shows it: signals of battery.dbc."""

import random
from collections.abc import Callable, Collection

from device_sims.battery import alarms, pack
from device_sims.battery.cells import CELLS
from device_sims.battery.pack import BatteryCommand, BatteryFaults
from device_sims.battery.thermal import MODULES
from device_sims.duty_cycles import DutyCycle
from device_sims.encoding import Signals
from device_sims.identity import identity_signals

CELLS_PER_FRAME = 4
SENSORS_PER_FRAME = 6
_CELL_NAMES = [f"V{cell + 1:02d}" for cell in range(CELLS)]
_SENSOR_NAMES = [f"T{module + 1:02d}" for module in range(MODULES)]
_MODULE_NAMES = [f"M{module + 1:02d}" for module in range(MODULES)]

FaultsOf = Callable[[Collection[str]], BatteryFaults]


class BatteryPlant:
    """A battery under a tester's work."""

    step_s = 0.05

    def __init__(self, seed: int, duty: DutyCycle[BatteryCommand], faults_of: FaultsOf) -> None:
        # a vehicle that comes to a bench is neither full nor empty
        charge = random.Random(seed).uniform(0.5, 0.75)  # noqa: S311 -- repeatable
        self.state = pack.new_pack(seed, charge)
        self._duty = duty
        self._faults_of = faults_of
        self._faults = faults_of(())
        self._active: tuple[str, ...] = ()
        self._cell_group = -1
        self._sensor_group = -1
        self._measures: dict[str, Callable[[], Signals]] = {
            "BMS_Pack": self._pack,
            "BMS_Cells": self._cells,
            "BMS_Temperatures": self._temperatures,
            "BMS_Contactors": self._contactors,
            "BMS_Isolation": self._isolation,
            "BMS_Limits": self._limits,
            "BMS_Supply": self._supply,
            "BMS_Cell": self._cell,
            "BMS_Sensor": self._sensor,
            "BMS_Balancing": self._balancing,
            "BMS_Alarm": self._alarm,
            "SIM_Identity": identity_signals,
        }

    def advance(self, dt_s: float, active_faults: tuple[str, ...]) -> None:
        """Let time pass."""
        if active_faults != self._active:
            self._active, self._faults = active_faults, self._faults_of(active_faults)
        self.state = pack.step(self.state, self._duty.after(dt_s), self._faults, dt_s)

    def signals(self, message: str) -> Signals | None:
        """The signals of a message as measured now."""
        return self._measures[message]()

    def _pack(self) -> Signals:
        state = self.state
        return {
            "PackVoltage": state.pack_v,
            "PackCurrent": state.shown_current_a,
            "LinkVoltage": state.hv.link_v,
        }

    def _cells(self) -> Signals:
        state = self.state
        return {
            "CellVoltageMax": float(state.voltages.max()),
            "CellVoltageMin": float(state.voltages.min()),
            "Soc": state.soc,
            "Soh": state.soh,
        }

    def _temperatures(self) -> Signals:
        shown, heat = self.state.sensors_c(), self.state.heat
        return {
            "TemperatureMax": max(shown),
            "TemperatureMin": min(shown),
            "CoolantIn": heat.coolant_in_c,
            "CoolantOut": heat.coolant_out_c,
        }

    def _contactors(self) -> Signals:
        hv = self.state.hv
        return {
            "HvCommanded": hv.is_commanded,
            "PositiveClosed": hv.is_positive_closed,
            "NegativeClosed": hv.is_negative_closed,
            "Precharging": hv.is_precharging,
            "PrechargeFailed": hv.has_precharge_failed,
            "InterlockClosed": hv.is_interlock_closed,
        }

    def _isolation(self) -> Signals:
        return {"IsolationResistance": self.state.isolation_kohm}

    def _limits(self) -> Signals:
        state, limits = self.state, self.state.limits
        pack_kv = state.pack_v / 1000
        return {
            "DischargeCurrentLimit": limits.discharge_a,
            "ChargeCurrentLimit": limits.charge_a,
            "DischargePowerLimit": limits.discharge_a * pack_kv,
            "ChargePowerLimit": limits.charge_a * pack_kv,
        }

    def _supply(self) -> Signals:
        state = self.state
        return {"SupplyVoltage": state.supply_v, "CellVoltageMean": state.pack_v / CELLS}

    def _cell(self) -> Signals:
        self._cell_group = (self._cell_group + 1) % (CELLS // CELLS_PER_FRAME)
        first = self._cell_group * CELLS_PER_FRAME
        part = slice(first, first + CELLS_PER_FRAME)
        shown = zip(_CELL_NAMES[part], self.state.voltages[part].tolist(), strict=True)
        return {"Group": self._cell_group, **dict(shown)}

    def _sensor(self) -> Signals:
        self._sensor_group = (self._sensor_group + 1) % (MODULES // SENSORS_PER_FRAME)
        first = self._sensor_group * SENSORS_PER_FRAME
        part = slice(first, first + SENSORS_PER_FRAME)
        shown = zip(_SENSOR_NAMES[part], self.state.sensors_c()[part], strict=True)
        return {"Group": self._sensor_group, **dict(shown)}

    def _balancing(self) -> Signals:
        per_module = self.state.cells.is_bleeding.reshape(MODULES, -1).sum(axis=1).tolist()
        return dict(zip(_MODULE_NAMES, per_module, strict=True))

    def _alarm(self) -> Signals:
        up = alarms.general_alarms(self.state)
        return {"HighestAlarmLevel": alarms.highest_level(up), "GeneralAlarmFlags": int(up)}
