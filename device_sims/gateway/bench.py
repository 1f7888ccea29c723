"""The gateway bench after each step of time: its body decides which buses are needed."""

import math
from dataclasses import dataclass, field

from device_sims.gateway import body, network
from device_sims.gateway.body import Body, GatewayCommand
from device_sims.gateway.network import BusName, Network, NetworkFaults

LONGEST_STEP_S = 0.05
AWAKE_AFTER_S = 60.0
"""Chosen: body and comfort bus stay awake for this long after the last touch. The powertrain bus
never sleeps: a bench that is switched on must be heard."""


@dataclass(frozen=True, slots=True)
class GatewayFaults:
    """How injected faults bend the bench."""

    network: NetworkFaults = field(default_factory=NetworkFaults)
    supply_drop_v: float = 0.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """State of the bench."""

    body: Body = field(default_factory=Body)
    network: Network = field(default_factory=Network)


def step(gateway: Gateway, command: GatewayCommand, faults: GatewayFaults, dt_s: float) -> Gateway:
    """The bench after `dt_s` seconds."""
    parts = max(1, math.ceil(dt_s / LONGEST_STEP_S - 1e-9))
    part_s = dt_s / parts
    for _ in range(parts):
        moved = body.step(gateway.body, command, faults.supply_drop_v, part_s)
        needed = set(BusName) if moved.idle_for_s < AWAKE_AFTER_S else {BusName.POWERTRAIN}
        stepped = network.step(
            gateway.network, needed, command.is_ignition_on, faults.network, part_s
        )
        gateway = Gateway(moved, stepped)
    return gateway
