"""What the battery says in the manner of GB/T 32960.3-2016: alarm flags and the highest level."""

from collections.abc import Iterator
from enum import IntFlag

from device_sims.battery.pack import Battery

TEMPERATURE_DIFFERENCE_C = 15.0
HIGH_TEMPERATURE_C = 60.0
HIGH_CELL_V, LOW_CELL_V, UNEVEN_CELLS_V = 4.3, 2.8, 0.15
LOW_SOC, HIGH_SOC = 0.08, 0.985
LEAST_OHM_PER_V = 100.0
"""GB 18384: insulation of a DC circuit."""
LOW_SUPPLY_V = 10.5


class GeneralAlarm(IntFlag):
    """General alarm flags (table 18 of the 2016 edition, bit 0 least significant), those of a pack.

    Bits 9 and 12 to 15, 17 belong to other units or to the gateway of a car.
    """

    TEMPERATURE_DIFFERENCE = 1 << 0
    HIGH_TEMPERATURE = 1 << 1
    STORAGE_OVERVOLTAGE = 1 << 2
    STORAGE_UNDERVOLTAGE = 1 << 3
    SOC_LOW = 1 << 4
    CELL_OVERVOLTAGE = 1 << 5
    CELL_UNDERVOLTAGE = 1 << 6
    SOC_HIGH = 1 << 7
    CELL_CONSISTENCY = 1 << 10
    INSULATION = 1 << 11
    DCDC_STATE = 1 << 14
    HV_INTERLOCK = 1 << 16


LEVELS = {
    GeneralAlarm.TEMPERATURE_DIFFERENCE: 1,
    GeneralAlarm.HIGH_TEMPERATURE: 3,
    GeneralAlarm.STORAGE_OVERVOLTAGE: 3,
    GeneralAlarm.STORAGE_UNDERVOLTAGE: 2,
    GeneralAlarm.SOC_LOW: 1,
    GeneralAlarm.CELL_OVERVOLTAGE: 3,
    GeneralAlarm.CELL_UNDERVOLTAGE: 2,
    GeneralAlarm.SOC_HIGH: 1,
    GeneralAlarm.CELL_CONSISTENCY: 2,
    GeneralAlarm.INSULATION: 3,
    GeneralAlarm.DCDC_STATE: 1,
    GeneralAlarm.HV_INTERLOCK: 3,
}
"""1 drives on, 2 drives on with limits, 3 stops at once."""


def general_alarms(pack: Battery) -> GeneralAlarm:
    """The flags that are up."""
    up = GeneralAlarm(0)
    for flag in (*_of_cells(pack), *_of_the_pack(pack)):
        up |= flag
    return up


def highest_level(alarms: GeneralAlarm) -> int:
    """The highest level of the flags that are up, 0 when none is."""
    return max((LEVELS[flag] for flag in alarms), default=0)


def _of_cells(pack: Battery) -> Iterator[GeneralAlarm]:
    highest, lowest = float(pack.voltages.max()), float(pack.voltages.min())
    if highest > HIGH_CELL_V:
        yield GeneralAlarm.CELL_OVERVOLTAGE
    if lowest < LOW_CELL_V:
        yield GeneralAlarm.CELL_UNDERVOLTAGE
    if highest - lowest > UNEVEN_CELLS_V:
        yield GeneralAlarm.CELL_CONSISTENCY
    mean_v = pack.pack_v / len(pack.voltages)
    if mean_v > HIGH_CELL_V:
        yield GeneralAlarm.STORAGE_OVERVOLTAGE
    if mean_v < LOW_CELL_V:
        yield GeneralAlarm.STORAGE_UNDERVOLTAGE


def _of_the_pack(pack: Battery) -> Iterator[GeneralAlarm]:
    shown = pack.sensors_c()
    if max(shown) > HIGH_TEMPERATURE_C:
        yield GeneralAlarm.HIGH_TEMPERATURE
    if max(shown) - min(shown) > TEMPERATURE_DIFFERENCE_C:
        yield GeneralAlarm.TEMPERATURE_DIFFERENCE
    if pack.soc < LOW_SOC:
        yield GeneralAlarm.SOC_LOW
    if pack.soc > HIGH_SOC:
        yield GeneralAlarm.SOC_HIGH
    if pack.isolation_kohm * 1000 < LEAST_OHM_PER_V * pack.pack_v:
        yield GeneralAlarm.INSULATION
    if pack.supply_v < LOW_SUPPLY_V:
        yield GeneralAlarm.DCDC_STATE
    if not pack.hv.is_interlock_closed:
        yield GeneralAlarm.HV_INTERLOCK
