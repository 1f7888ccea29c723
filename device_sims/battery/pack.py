"""The whole battery after each step of time."""

import math
from dataclasses import dataclass, field, replace

from device_sims.battery import cells, high_voltage, thermal
from device_sims.battery.cells import CELLS, CellStack, Column
from device_sims.battery.high_voltage import PRECHARGE_OHM, HighVoltage, HvFaults
from device_sims.battery.limits import CurrentLimits, limits
from device_sims.battery.thermal import PackHeat

LONGEST_STEP_S = 0.05
"""Contactors move within this; longer steps are taken as several."""
CURRENT_RAMP_S = 0.2
"""Time constant of the load unit's current control."""
CHOOSE_CELLS_EACH_S = 1.0
HEALTHY_ISOLATION_KOHM = 2200.0
SUPPLY_V, SUPPLY_CHARGED_V, SUPPLY_S = 12.6, 13.9, 0.4
WEAK_CELL = 41
BROKEN_SENSOR = 7
OPEN_SENSOR_C = -40.0
"""What a thermistor's input shows when its wire is broken."""
SENSOR_SPREAD_C = 1.2


@dataclass(frozen=True, slots=True)
class BatteryCommand:
    """What the tester asks for; `current_a` > 0 discharges."""

    is_hv_on: bool = False
    current_a: float = 0.0


@dataclass(frozen=True, slots=True)
class BatteryFaults:
    """How injected faults bend the pack."""

    isolation_kohm: float | None = None
    extra_cell_v: float = 0.0
    extra_heat_c: float = 0.0
    is_positive_stuck: bool = False
    is_negative_stuck: bool = False
    is_interlock_open: bool = False
    precharge_ohm: float = PRECHARGE_OHM
    current_offset_a: float = 0.0
    is_sensor_open: bool = False
    supply_drop_v: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Battery:
    """State of the pack; `soh` is a fraction, currents are positive when discharging.

    `current_a` flows; `shown_current_a` is what the sensor says.
    """

    cells: CellStack
    voltages: Column
    pack_v: float
    """Voltage of the cell stack, before the contactors."""
    heat: PackHeat = field(default_factory=PackHeat)
    hv: HighVoltage = field(default_factory=HighVoltage)
    limits: CurrentLimits = field(default_factory=CurrentLimits)
    faults: BatteryFaults = BatteryFaults()
    soh: float = 0.97
    current_a: float = 0.0
    supply_v: float = SUPPLY_V
    since_choosing_s: float = 0.0

    @property
    def soc(self) -> float:
        """Mean state of charge."""
        return float(self.cells.soc.sum()) / CELLS

    @property
    def shown_current_a(self) -> float:
        """Current as the sensor shows it."""
        return self.current_a + self.faults.current_offset_a

    @property
    def isolation_kohm(self) -> float:
        """Isolation resistance as the monitor measures it."""
        isolation = self.faults.isolation_kohm
        return HEALTHY_ISOLATION_KOHM if isolation is None else isolation

    def sensors_c(self) -> list[float]:
        """Temperature sensors, one per module."""
        shown: list[float] = self.heat.modules_c.tolist()
        shown[0] -= SENSOR_SPREAD_C
        shown[-1] += SENSOR_SPREAD_C + self.faults.extra_heat_c
        if self.faults.is_sensor_open:
            shown[BROKEN_SENSOR] = OPEN_SENSOR_C
        return shown


def new_pack(seed: int, soc: float = 0.62, soh: float = 0.97) -> Battery:
    """A pack at rest; the same seed gives the same cells."""
    stack = cells.stack_of(seed, soc, soh)
    voltages = stack.voltages(0.0)
    return Battery(stack, voltages, float(voltages.sum()), soh=soh)


def step(pack: Battery, command: BatteryCommand, faults: BatteryFaults, dt_s: float) -> Battery:
    """The pack after `dt_s` seconds."""
    parts = max(1, math.ceil(dt_s / LONGEST_STEP_S - 1e-9))
    for _ in range(parts):
        pack = _short_step(pack, command, faults, dt_s / parts)
    return pack


def _short_step(
    pack: Battery, command: BatteryCommand, faults: BatteryFaults, dt_s: float
) -> Battery:
    hv_faults = HvFaults(
        faults.is_positive_stuck,
        faults.is_negative_stuck,
        faults.is_interlock_open,
        faults.precharge_ohm,
    )
    hv = high_voltage.step(pack.hv, command.is_hv_on, hv_faults, pack.pack_v, dt_s)
    current_a = 0.0
    if hv.is_on:
        wanted_a = pack.limits.allowed(command.current_a)
        current_a = pack.current_a - (wanted_a - pack.current_a) * math.expm1(
            -dt_s / CURRENT_RAMP_S
        )
    stack = cells.after(pack.cells, current_a, dt_s)
    voltages = stack.voltages(current_a, faults.extra_cell_v, WEAK_CELL)
    loss_w = current_a**2 * cells.RESISTANCE_OHM * CELLS * (1 + cells.POLARISATION_SHARE)
    charged_v = (SUPPLY_CHARGED_V if hv.is_on else SUPPLY_V) - faults.supply_drop_v
    stepped = replace(
        pack,
        cells=stack,
        voltages=voltages,
        pack_v=float(voltages.sum()),
        heat=thermal.step(pack.heat, loss_w, dt_s),
        hv=hv,
        faults=faults,
        current_a=current_a,
        supply_v=pack.supply_v - (charged_v - pack.supply_v) * math.expm1(-dt_s / SUPPLY_S),
        since_choosing_s=pack.since_choosing_s + dt_s,
    )
    return _managed(stepped) if stepped.since_choosing_s >= CHOOSE_CELLS_EACH_S - 1e-9 else stepped


def _managed(pack: Battery) -> Battery:
    """The slow task of the battery management: limits and which cells bleed."""
    shown = pack.sensors_c()
    return replace(
        pack,
        cells=cells.balanced(pack.cells, pack.voltages, pack.current_a),
        limits=limits(pack.soc, min(shown), max(shown)),
        since_choosing_s=0.0,
    )
