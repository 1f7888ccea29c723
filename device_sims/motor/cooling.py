"""Winding, inverter and coolant: how losses warm them."""

from dataclasses import dataclass

WINDING_J_PER_K = 9_000.0
INVERTER_J_PER_K = 3_500.0
COOLANT_J_PER_K = 14_000.0
WINDING_W_PER_K, INVERTER_W_PER_K = 95.0, 140.0
RADIATOR_W_PER_K = 450.0
STILL_SHARE = 0.04
"""Heat that still crosses to a coolant that doesn't flow."""
AMBIENT_C = 23.0
FULL_FLOW_LPM = 10.0
FLOW_S = 1.5


@dataclass(frozen=True, slots=True)
class DriveHeat:
    """Temperatures in °C and the coolant's flow in litres a minute."""

    winding_c: float = 26.0
    inverter_c: float = 25.0
    coolant_c: float = 23.5
    flow_lpm: float = 0.0


def step(
    heat: DriveHeat, winding_w: float, inverter_w: float, wanted_lpm: float, dt_s: float
) -> DriveHeat:
    """The temperatures after `dt_s` seconds (at most a second) with these losses."""
    flow_lpm = heat.flow_lpm + (wanted_lpm - heat.flow_lpm) * min(1.0, dt_s / FLOW_S)
    share = STILL_SHARE + (1 - STILL_SHARE) * flow_lpm / FULL_FLOW_LPM
    from_winding_w = WINDING_W_PER_K * share * (heat.winding_c - heat.coolant_c)
    from_inverter_w = INVERTER_W_PER_K * share * (heat.inverter_c - heat.coolant_c)
    to_air_w = RADIATOR_W_PER_K * share * (heat.coolant_c - AMBIENT_C)
    return DriveHeat(
        winding_c=heat.winding_c + dt_s * (winding_w - from_winding_w) / WINDING_J_PER_K,
        inverter_c=heat.inverter_c + dt_s * (inverter_w - from_inverter_w) / INVERTER_J_PER_K,
        coolant_c=heat.coolant_c
        + dt_s * (from_winding_w + from_inverter_w - to_air_w) / COOLANT_J_PER_K,
        flow_lpm=flow_lpm,
    )
