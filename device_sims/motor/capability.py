"""What torque the machine can give at a speed, voltage and temperature, and at what current."""

import math

LARGEST_TORQUE_NM = 310.0
LARGEST_POWER_W = 150_000.0
NOMINAL_LINK_V = 352.0
RAD_PER_S = math.pi / 30
"""Of one revolution per minute."""
POLE_PAIRS = 4
MAGNET_FLUX_VS = 0.08
NM_PER_A = 1.5 * POLE_PAIRS * MAGNET_FLUX_VS
"""Torque per ampere (peak, q axis); reluctance torque is left out."""
STATOR_OHM = 0.012
INDUCTANCE_H = 0.00035
_DERATE_WINDING_C = (130.0, 165.0)
_DERATE_INVERTER_C = (75.0, 105.0)


def torque_limit_nm(speed_rpm: float, link_v: float, winding_c: float, inverter_c: float) -> float:
    """Largest torque: flat, then at constant power (field weakening), less when hot."""
    power_w = LARGEST_POWER_W * min(1.0, link_v / NOMINAL_LINK_V)
    by_power = power_w / max(1.0, speed_rpm * RAD_PER_S)
    heat = min(_left(winding_c, _DERATE_WINDING_C), _left(inverter_c, _DERATE_INVERTER_C))
    return min(LARGEST_TORQUE_NM, by_power) * heat


def _left(at_c: float, span_c: tuple[float, float]) -> float:
    begins_c, ends_c = span_c
    return max(0.0, min(1.0, (ends_c - at_c) / (ends_c - begins_c)))


def phase_current_a(torque_nm: float, speed_rpm: float, link_v: float) -> float:
    """Phase current (effective value): torque current and what weakens the field at speed."""
    torque_a = abs(torque_nm) / NM_PER_A
    electrical = speed_rpm * RAD_PER_S * POLE_PAIRS
    if not electrical or not link_v:
        return torque_a / math.sqrt(2)
    flux_room_vs = link_v / math.sqrt(3) / electrical
    weakening_a = max(0.0, (MAGNET_FLUX_VS - flux_room_vs) / INDUCTANCE_H)
    return math.hypot(torque_a, weakening_a) / math.sqrt(2)
