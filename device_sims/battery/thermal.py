"""Twelve modules on a cooling plate: how heat goes in, along and out."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

MODULES = 12
MODULE_J_PER_K = 9_500.0
"""Eight cells of about 1 kg with 1,000 J/(kg·K), and their housing."""
TO_PLATE_W_PER_K = 9.0
TO_NEIGHBOUR_W_PER_K = 2.0
COOLANT_RISE_K_PER_W = 0.0015
"""What a watt taken from the modules before adds to the coolant: 10 L/min of water-glycol."""
AMBIENT_C = 22.0
LONGEST_STEP_S = 60.0
"""A tenth of the shortest time constant; explicit integration needs no shorter steps."""

Column = NDArray[np.float64]

_ALONG = np.linspace(0.0, 1.0, MODULES)


def _heat_paths() -> Column:
    """Coefficients of dT/dt per second: `paths @ temperatures_c` without the plate's part."""
    paths = np.zeros((MODULES, MODULES))
    for module in range(MODULES - 1):
        for one, other in ((module, module + 1), (module + 1, module)):
            paths[one, one] -= TO_NEIGHBOUR_W_PER_K
            paths[one, other] += TO_NEIGHBOUR_W_PER_K
    return (paths - TO_PLATE_W_PER_K * np.eye(MODULES)) / MODULE_J_PER_K


_PATHS = _heat_paths()


def _even(at_c: float) -> Column:
    return np.full(MODULES, at_c)


@dataclass(frozen=True, slots=True, eq=False)
class PackHeat:
    """Temperatures in °C; `owed_s` and `owed_j` wait for the next integration of the modules."""

    modules_c: Column = field(default_factory=lambda: _even(24.0))
    coolant_in_c: float = AMBIENT_C
    coolant_out_c: float = AMBIENT_C
    owed_s: float = 0.0
    owed_j: float = 0.0


INTEGRATE_EACH_S = 1.0
"""Modules take minutes to warm: until this much time has gathered, heat is only summed."""


def step(heat: PackHeat, loss_w: float, dt_s: float) -> PackHeat:
    """The pack's temperatures after `dt_s` seconds with `loss_w` of heat in all cells together."""
    owed_s, owed_j = heat.owed_s + dt_s, heat.owed_j + loss_w * dt_s
    if owed_s < INTEGRATE_EACH_S - 1e-9:
        return replace(heat, owed_s=owed_s, owed_j=owed_j)
    modules_c, left_s = heat.modules_c, owed_s
    while left_s > 1e-9:  # noqa: PLR2004 -- rounding
        part_s = min(left_s, LONGEST_STEP_S)
        coolant_c = heat.coolant_in_c + (heat.coolant_out_c - heat.coolant_in_c) * _ALONG
        gained_w = owed_j / owed_s / MODULES + TO_PLATE_W_PER_K * coolant_c
        modules_c = modules_c + part_s * (_PATHS @ modules_c + gained_w / MODULE_J_PER_K)
        left_s -= part_s
    taken_w = TO_PLATE_W_PER_K * float(np.sum(modules_c - heat.coolant_in_c))
    out_c = heat.coolant_in_c + COOLANT_RISE_K_PER_W * taken_w
    return PackHeat(modules_c, heat.coolant_in_c, out_c)
