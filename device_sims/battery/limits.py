"""How much current the battery management allows, by state of charge and temperature."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_DISCHARGE_A = 180.0
"""3 C of the cell."""
LARGEST_CHARGE_A = 120.0
"""2 C of the cell."""
_Curve = tuple[Sequence[float], Sequence[float]]
_DISCHARGE_BY_SOC: _Curve = ((0.03, 0.08, 0.20), (0.0, 0.4, 1.0))
_CHARGE_BY_SOC: _Curve = ((0.80, 0.95, 0.98), (1.0, 0.3, 0.0))
_DISCHARGE_BY_C: _Curve = ((-30.0, -10.0, 10.0, 45.0, 58.0), (0.0, 0.3, 1.0, 1.0, 0.0))
_CHARGE_BY_C: _Curve = ((-5.0, 0.0, 20.0, 42.0, 55.0), (0.0, 0.1, 1.0, 1.0, 0.0))


@dataclass(frozen=True, slots=True)
class CurrentLimits:
    """Largest discharge and charge current in ampere, both positive."""

    discharge_a: float = LARGEST_DISCHARGE_A
    charge_a: float = LARGEST_CHARGE_A

    def allowed(self, wanted_a: float) -> float:
        """The wanted current (discharge positive) cut to the limits."""
        return max(-self.charge_a, min(self.discharge_a, wanted_a))


def limits(soc: float, coldest_c: float, hottest_c: float) -> CurrentLimits:
    """The limits at this state; the worst of the curves counts."""
    discharge = min(_at(_DISCHARGE_BY_SOC, soc), _worst(_DISCHARGE_BY_C, coldest_c, hottest_c))
    charge = min(_at(_CHARGE_BY_SOC, soc), _worst(_CHARGE_BY_C, coldest_c, hottest_c))
    return CurrentLimits(LARGEST_DISCHARGE_A * discharge, LARGEST_CHARGE_A * charge)


def _worst(curve: _Curve, coldest_c: float, hottest_c: float) -> float:
    return min(_at(curve, coldest_c), _at(curve, hottest_c))


def _at(curve: _Curve, x: float) -> float:
    places, shares = curve
    after = bisect_right(places, x)
    if after == 0:
        return shares[0]
    if after == len(places):
        return shares[-1]
    share = (x - places[after - 1]) / (places[after] - places[after - 1])
    return shares[after - 1] + share * (shares[after] - shares[after - 1])
