"""A gateway bench: two buses, four control units that must be alive, a body with doors."""

from dataclasses import dataclass, replace

NODES = ("bms", "mcu", "vcu", "bcm")
NODE_TIMEOUT_S = 1.0
"""As network management does it: three missed 300 ms messages and a little."""
QUIET_LOAD = 0.18
BUSY_LOAD = 0.34


@dataclass(frozen=True, slots=True)
class GatewayCommand:
    """What the tester does to the car's body."""

    is_ignition_on: bool = False
    is_door_open: bool = False
    is_locked: bool = False
    is_lamp_on: bool = False


@dataclass(frozen=True, slots=True)
class GatewayFaults:
    """How an injected fault bends the network."""

    lost_node: str | None = None
    extra_load: float = 0.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """State of the gateway; bus load is a fraction, `silent_for_s` in the order of `NODES`."""

    is_ignition_on: bool = False
    is_door_open: bool = False
    is_locked: bool = True
    is_lamp_on: bool = False
    load: float = QUIET_LOAD
    alive_counter: float = 0.0
    silent_for_s: tuple[float, ...] = (0.0,) * len(NODES)
    supply_v: float = 12.6

    @property
    def counter(self) -> int:
        """Network management alive counter, 0-15."""
        return int(self.alive_counter) % 16

    def is_present(self, node: str) -> bool:
        """Whether a control unit has been heard of lately."""
        return self.silent_for_s[NODES.index(node)] < NODE_TIMEOUT_S


def step(gateway: Gateway, command: GatewayCommand, faults: GatewayFaults, dt_s: float) -> Gateway:
    """The network after `dt_s` seconds; the alive counter runs at 10 per second."""
    target = (BUSY_LOAD if command.is_ignition_on else QUIET_LOAD) + faults.extra_load
    target += 0.02 * command.is_lamp_on
    load = gateway.load + (target - gateway.load) * min(1.0, dt_s / 0.5)
    silent_for_s = tuple(
        silent + dt_s if node == faults.lost_node else 0.0
        for node, silent in zip(NODES, gateway.silent_for_s, strict=True)
    )
    supply = 13.9 if command.is_ignition_on else 12.6
    return replace(
        gateway,
        is_ignition_on=command.is_ignition_on,
        is_door_open=command.is_door_open,
        is_locked=command.is_locked,
        is_lamp_on=command.is_lamp_on,
        load=min(1.0, max(0.0, load)),
        alive_counter=(gateway.alive_counter + 10 * dt_s) % 16,
        silent_for_s=silent_for_s,
        supply_v=gateway.supply_v
        + (supply - 0.2 * command.is_lamp_on - gateway.supply_v) * min(1.0, dt_s / 0.3),
    )
