"""A traction battery bench: 96 cells in series on a charger/load unit, after each step of time."""

from dataclasses import dataclass, replace
from itertools import pairwise

CELLS = 96
CAPACITY_AH = 60.0
CELL_RESISTANCE_OHM = 0.0012
THERMAL_CAPACITY_J_PER_K = 110_000.0
COOLING_W_PER_K = 55.0
CONTACTOR_DELAY_S = 0.05
PRECHARGE_S = 0.4
HEALTHY_ISOLATION_KOHM = 2200.0
SMALLEST_SOC, LARGEST_SOC = 0.05, 0.98


@dataclass(frozen=True, slots=True)
class BatteryCommand:
    """What the tester asks for; `current_a` > 0 discharges."""

    is_hv_on: bool = False
    current_a: float = 0.0


@dataclass(frozen=True, slots=True)
class BatteryFaults:
    """How an injected fault bends the pack."""

    isolation_kohm: float | None = None
    extra_cell_v: float = 0.0
    extra_heat_c: float = 0.0
    is_positive_stuck: bool = False


@dataclass(frozen=True, slots=True)
class Battery:
    """State of the pack; `soc` and `soh` are fractions, currents positive when discharging."""

    soc: float = 0.62
    soh: float = 0.97
    temperature_c: float = 24.0
    ambient_c: float = 22.0
    current_a: float = 0.0
    hv_on_for_s: float = 0.0
    is_hv_commanded: bool = False
    is_positive_closed: bool = False
    is_negative_closed: bool = False
    is_precharging: bool = False
    isolation_kohm: float = HEALTHY_ISOLATION_KOHM
    extra_cell_v: float = 0.0
    extra_heat_c: float = 0.0

    @property
    def open_circuit_cell_v(self) -> float:
        """Open-circuit voltage of an NMC cell over SOC, straight lines through typical points."""
        return _interpolated(self.soc, _OCV_CURVE)

    @property
    def cell_mean_v(self) -> float:
        """Mean cell voltage under load."""
        return self.open_circuit_cell_v - self.current_a * CELL_RESISTANCE_OHM

    @property
    def cell_max_v(self) -> float:
        """Highest cell; 12 mV spread when healthy."""
        return self.cell_mean_v + 0.006 + self.extra_cell_v

    @property
    def cell_min_v(self) -> float:
        """Lowest cell."""
        return self.cell_mean_v - 0.006

    @property
    def pack_v(self) -> float:
        """Voltage of the cell stack, before the contactors."""
        return self.cell_mean_v * CELLS + self.extra_cell_v

    @property
    def link_v(self) -> float:
        """Voltage behind the contactors."""
        if self.is_positive_closed and self.is_negative_closed:
            return self.pack_v
        if self.is_precharging:
            return self.pack_v * min(1.0, self.hv_on_for_s / PRECHARGE_S)
        return 0.0

    @property
    def hottest_c(self) -> float:
        """Hottest of the temperature sensors."""
        return self.temperature_c + 1.5 + self.extra_heat_c

    @property
    def coldest_c(self) -> float:
        """Coldest of the temperature sensors."""
        return self.temperature_c - 1.5


_OCV_CURVE = ((0.0, 3.0), (0.1, 3.45), (0.3, 3.6), (0.6, 3.78), (0.8, 3.98), (1.0, 4.18))


def step(pack: Battery, command: BatteryCommand, faults: BatteryFaults, dt_s: float) -> Battery:
    """The pack after `dt_s` seconds."""
    on_for_s = pack.hv_on_for_s + dt_s if command.is_hv_on else 0.0
    is_closed = on_for_s > PRECHARGE_S + CONTACTOR_DELAY_S
    is_positive_closed = is_closed or faults.is_positive_stuck
    is_negative_closed = on_for_s > CONTACTOR_DELAY_S
    wanted_a = command.current_a if is_closed else 0.0
    if (wanted_a > 0 and pack.soc <= SMALLEST_SOC) or (wanted_a < 0 and pack.soc >= LARGEST_SOC):
        wanted_a = 0.0
    # contactor units ramp within about 0.2 s
    current_a = pack.current_a + (wanted_a - pack.current_a) * min(1.0, dt_s / 0.2)
    if not is_closed:
        current_a = 0.0
    soc = pack.soc - current_a * dt_s / 3600 / (CAPACITY_AH * pack.soh)
    loss_w = current_a**2 * CELL_RESISTANCE_OHM * CELLS
    cooling_w = COOLING_W_PER_K * (pack.temperature_c - pack.ambient_c)
    temperature_c = pack.temperature_c + (loss_w - cooling_w) * dt_s / THERMAL_CAPACITY_J_PER_K
    isolation = HEALTHY_ISOLATION_KOHM if faults.isolation_kohm is None else faults.isolation_kohm
    return replace(
        pack,
        soc=min(1.0, max(0.0, soc)),
        temperature_c=temperature_c,
        current_a=current_a,
        hv_on_for_s=on_for_s,
        is_hv_commanded=command.is_hv_on,
        is_positive_closed=is_positive_closed,
        is_negative_closed=is_negative_closed,
        is_precharging=command.is_hv_on and not is_closed and is_negative_closed,
        isolation_kohm=isolation,
        extra_cell_v=faults.extra_cell_v,
        extra_heat_c=faults.extra_heat_c,
    )


def _interpolated(x: float, curve: tuple[tuple[float, float], ...]) -> float:
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1]
