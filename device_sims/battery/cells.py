"""96 cells in series, each a little different: open-circuit voltage, resistance, polarisation.

Numbers and where they come from: docs/decisions/0012-plant-models-of-the-simulators.md.
"""

import math
import random
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

CELLS = 96
CAPACITY_AH = 60.0
RESISTANCE_OHM = 0.0012
POLARISATION_SHARE = 0.5
"""Polarisation resistance of a cell as a share of its ohmic one."""
POLARISATION_S = 25.0
CAPACITY_SPREAD, RESISTANCE_SPREAD, SOC_SPREAD = 0.008, 0.04, 0.004
BLEED_A = 0.12
"""A balancing resistor of 33 Ω on a cell of about 4 V."""
BALANCE_ABOVE_V, BALANCED_WITHIN_V = 0.010, 0.004
QUIET_A = 5.0
"""Below this current cell voltages are near enough to rest to balance by them."""

_SOC = np.array([0.0, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
_OPEN_CIRCUIT_V = np.array([3.00, 3.28, 3.45, 3.55, 3.61, 3.65, 3.70, 3.78, 3.87, 3.97, 4.07, 4.19])

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CellStack:
    """The cells as columns of 96.

    `drawn_ah` is the charge every cell gave since `soc_at_start`; `bled_ah` what balancing took
    besides; `polarisation_a` the current the slow part of the voltage drop has followed to.
    """

    capacity_ah: Column
    resistance_ohm: Column
    soc_at_start: Column
    bled_ah: Column
    is_bleeding: NDArray[np.bool_]
    drawn_ah: float = 0.0
    polarisation_a: float = 0.0

    @property
    def soc(self) -> Column:
        """State of charge of each cell, a fraction."""
        given = (self.drawn_ah + self.bled_ah) / self.capacity_ah
        cells: Column = self.soc_at_start - given
        return cells

    def voltages(self, current_a: float, extra_v: float = 0.0, weak_cell: int = 0) -> Column:
        """Voltage of each cell under a current, positive when discharging.

        `extra_v` is added to `weak_cell`.
        """
        drop_a = current_a + POLARISATION_SHARE * self.polarisation_a
        cells: Column = np.interp(self.soc, _SOC, _OPEN_CIRCUIT_V) - drop_a * self.resistance_ohm
        if extra_v:
            cells[weak_cell] += extra_v
        return cells


def stack_of(seed: int, soc: float, soh: float) -> CellStack:
    """A stack whose cells differ as those of a used pack do; the same seed gives the same cells."""
    # the standard library's generator: its numbers stay the same from version to version
    chance = random.Random(seed)  # noqa: S311

    def spread(around: float, share: float) -> Column:
        return np.array([around * (1 + chance.gauss(0, share)) for _ in range(CELLS)])

    return CellStack(
        capacity_ah=spread(CAPACITY_AH * soh, CAPACITY_SPREAD),
        resistance_ohm=spread(RESISTANCE_OHM, RESISTANCE_SPREAD),
        soc_at_start=np.array([soc + chance.gauss(0, SOC_SPREAD) for _ in range(CELLS)]),
        bled_ah=np.zeros(CELLS),
        is_bleeding=np.zeros(CELLS, bool),
    )


def after(stack: CellStack, current_a: float, dt_s: float) -> CellStack:
    """The stack after `dt_s` seconds at that current; exact for any `dt_s`."""
    follows = -math.expm1(-dt_s / POLARISATION_S)
    bled_ah = stack.bled_ah
    if stack.is_bleeding.any():
        bled_ah = bled_ah + stack.is_bleeding * (BLEED_A * dt_s / 3600)
    return replace(
        stack,
        bled_ah=bled_ah,
        drawn_ah=stack.drawn_ah + current_a * dt_s / 3600,
        polarisation_a=stack.polarisation_a + (current_a - stack.polarisation_a) * follows,
    )


def balanced(stack: CellStack, voltages: Column, current_a: float) -> CellStack:
    """Choose which cells bleed: those well above the lowest, while nearly no current flows."""
    if abs(current_a) > QUIET_A or abs(stack.polarisation_a) > QUIET_A:
        return replace(stack, is_bleeding=np.zeros(CELLS, bool))
    above = voltages - voltages.min()
    keeps = stack.is_bleeding & (above > BALANCED_WITHIN_V)
    return replace(stack, is_bleeding=keeps | (above > BALANCE_ABOVE_V))
