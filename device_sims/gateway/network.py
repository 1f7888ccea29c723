"""Three buses with network management: who is awake, who is alive, how full each bus is.

After AUTOSAR CAN network management, reduced to what can be seen on the bus: nodes repeat their
message after waking, keep it up while anybody needs the bus, fall silent together, and sleep.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class BusName(StrEnum):
    """The buses of the bench; the first one carries the diagnostics."""

    POWERTRAIN = "powertrain"
    BODY = "body"
    COMFORT = "comfort"


class Node(StrEnum):
    """Control units besides the gateway itself."""

    BMS = "bms"
    MCU = "mcu"
    VCU = "vcu"
    BCM = "bcm"
    ICM = "icm"
    DCM = "dcm"


BUS_OF = {
    Node.BMS: BusName.POWERTRAIN,
    Node.MCU: BusName.POWERTRAIN,
    Node.VCU: BusName.POWERTRAIN,
    Node.BCM: BusName.BODY,
    Node.ICM: BusName.COMFORT,
    Node.DCM: BusName.COMFORT,
}
NODE_TIMEOUT_S = 1.0
"""Chosen: twice the cycle of the network management messages."""
REPEAT_S, STAY_S, PREPARE_S = 1.5, 2.0, 1.0
"""Times in which a woken bus repeats, an unneeded one stays up, and a silent one gets ready."""
LOAD_S = 0.5
_LOADS = {
    BusName.POWERTRAIN: (0.18, 0.34),
    BusName.BODY: (0.09, 0.16),
    BusName.COMFORT: (0.06, 0.12),
}
"""Share of each bus taken with ignition off and on, of which the bench itself sends the smaller
part: the rest stands for units that a training bench leaves out."""


class NmPhase(IntEnum):
    """Where a bus is; the numbers are those in the network management messages."""

    BUS_SLEEP = 0
    REPEAT_MESSAGE = 1
    NORMAL_OPERATION = 2
    READY_SLEEP = 3
    PREPARE_BUS_SLEEP = 4


@dataclass(frozen=True, slots=True)
class Bus:
    """State of one bus; `load` is a fraction."""

    phase: NmPhase = NmPhase.REPEAT_MESSAGE
    in_phase_s: float = 0.0
    load: float = 0.0

    @property
    def has_traffic(self) -> bool:
        """Whether anything is sent."""
        return self.phase not in {NmPhase.BUS_SLEEP, NmPhase.PREPARE_BUS_SLEEP}


@dataclass(frozen=True, slots=True)
class NetworkFaults:
    """What is wrong with the network.

    `is_gateway_mute`: the gateway sends nothing to the body bus. `is_counter_frozen`: the motor
    controller repeats its last message.
    """

    lost_nodes: frozenset[Node] = frozenset()
    extra_load: float = 0.0
    is_gateway_mute: bool = False
    is_counter_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """State of the network; `silent_for_s` in the order of `Node`."""

    powertrain: Bus = Bus()
    body: Bus = Bus()
    comfort: Bus = Bus()
    silent_for_s: tuple[float, ...] = (0.0,) * len(Node)
    gateway_silent_s: float = 0.0
    frozen_for_s: float = 0.0
    faults: NetworkFaults = NetworkFaults()

    def bus(self, name: BusName) -> Bus:
        """A bus by its name."""
        match name:
            case BusName.POWERTRAIN:
                return self.powertrain
            case BusName.BODY:
                return self.body
            case BusName.COMFORT:
                return self.comfort

    def is_present(self, node: Node) -> bool:
        """Whether the gateway has heard of a control unit lately; units that sleep are not lost."""
        return self.silent_for_s[_PLACE[node]] < NODE_TIMEOUT_S

    def is_sending(self, node: Node) -> bool:
        """Whether a control unit sends just now."""
        return node not in self.faults.lost_nodes and self.bus(BUS_OF[node]).has_traffic

    @property
    def is_gateway_heard(self) -> bool:
        """Whether the body control unit has heard of the gateway lately."""
        return self.gateway_silent_s < NODE_TIMEOUT_S

    @property
    def is_motor_data_valid(self) -> bool:
        """Whether the counter in the motor controller's messages moves."""
        return self.frozen_for_s < NODE_TIMEOUT_S


_PLACE = {node: place for place, node in enumerate(Node)}


def step(
    network: Network,
    needed: Collection[BusName],
    is_ignition_on: bool,
    faults: NetworkFaults,
    dt_s: float,
) -> Network:
    """The network after `dt_s` seconds, at most a tenth of a second at once."""
    buses = {
        name: _bus_after(
            network.bus(name), name in needed, _load(name, is_ignition_on, faults), dt_s
        )
        for name in BusName
    }
    silent_for_s = tuple(
        silent + dt_s if node in faults.lost_nodes and buses[BUS_OF[node]].has_traffic else 0.0
        for node, silent in zip(Node, network.silent_for_s, strict=True)
    )
    is_mute = faults.is_gateway_mute and buses[BusName.BODY].has_traffic
    return replace(
        network,
        powertrain=buses[BusName.POWERTRAIN],
        body=buses[BusName.BODY],
        comfort=buses[BusName.COMFORT],
        silent_for_s=silent_for_s,
        gateway_silent_s=network.gateway_silent_s + dt_s if is_mute else 0.0,
        frozen_for_s=network.frozen_for_s + dt_s if faults.is_counter_frozen else 0.0,
        faults=faults,
    )


def _load(name: BusName, is_ignition_on: bool, faults: NetworkFaults) -> float:
    extra = faults.extra_load if name is BusName.POWERTRAIN else 0.0
    return _LOADS[name][is_ignition_on] + extra


def _bus_after(bus: Bus, is_needed: bool, wanted_load: float, dt_s: float) -> Bus:
    phase = _phase_after(bus, is_needed)
    load = 0.0
    if phase not in {NmPhase.BUS_SLEEP, NmPhase.PREPARE_BUS_SLEEP}:
        load = bus.load + (wanted_load - bus.load) * min(1.0, dt_s / LOAD_S)
    in_phase_s = bus.in_phase_s + dt_s if phase is bus.phase else 0.0
    return Bus(phase, in_phase_s, min(1.0, load))


_WHEN_UNNEEDED = {
    NmPhase.REPEAT_MESSAGE: (REPEAT_S, NmPhase.READY_SLEEP),
    NmPhase.NORMAL_OPERATION: (0.0, NmPhase.READY_SLEEP),
    NmPhase.READY_SLEEP: (STAY_S, NmPhase.PREPARE_BUS_SLEEP),
    NmPhase.PREPARE_BUS_SLEEP: (PREPARE_S, NmPhase.BUS_SLEEP),
}
"""After how long in a phase a bus that nobody needs goes on to which."""


def _phase_after(bus: Bus, is_needed: bool) -> NmPhase:
    if is_needed:
        if not bus.has_traffic:
            return NmPhase.REPEAT_MESSAGE
        is_new = bus.phase is NmPhase.REPEAT_MESSAGE and bus.in_phase_s < REPEAT_S
        return NmPhase.REPEAT_MESSAGE if is_new else NmPhase.NORMAL_OPERATION
    after_s, following = _WHEN_UNNEEDED.get(bus.phase, (0.0, bus.phase))
    return following if bus.in_phase_s >= after_s else bus.phase
