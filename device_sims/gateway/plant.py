"""The gateway bench as its control units show it: signals of the three gateway DBCs."""

from collections.abc import Callable, Collection

from device_sims.duty_cycles import DutyCycle
from device_sims.encoding import COUNTER, Signals
from device_sims.gateway import bench
from device_sims.gateway.bench import Gateway, GatewayFaults
from device_sims.gateway.body import GatewayCommand
from device_sims.gateway.network import BusName, Network, NmPhase, Node
from device_sims.identity import identity_signals

FaultsOf = Callable[[Collection[str]], GatewayFaults]
PACK_V, SOC = 352.0, 0.62
MOTOR_RPM_PER_KMH = 72.0
"""A reduction of about 9 and a wheel of 0.33 m."""
TORQUE_NM_PER_KMH = 0.6
DRIVE, PARK = 3, 0
_GATEWAY_ADDRESS = 0
_ADDRESS = {node: place + 1 for place, node in enumerate(Node)}
_MOVING_WINDOW = 1e-6


class GatewayPlant:
    """A gateway with control units and a body under a tester's work."""

    step_s = 0.05

    def __init__(self, duty: DutyCycle[GatewayCommand], faults_of: FaultsOf) -> None:
        self.state = Gateway()
        self._duty = duty
        self._faults_of = faults_of
        self._faults = faults_of(())
        self._active: tuple[str, ...] = ()
        self._measures: dict[str, tuple[Node | BusName, Callable[[], Signals]]] = {
            "GW_Network": (BusName.POWERTRAIN, self._network),
            "BMS_Status": (Node.BMS, self._battery),
            "MCU_Status": (Node.MCU, self._motor),
            "VCU_Status": (Node.VCU, self._vehicle),
            "GW_BodyToPowertrain": (BusName.POWERTRAIN, self._body_to_powertrain),
            "NM_GW": (BusName.POWERTRAIN, lambda: self._nm(BusName.POWERTRAIN)),
            "NM_BMS": (Node.BMS, lambda: self._nm(BusName.POWERTRAIN, Node.BMS)),
            "NM_MCU": (Node.MCU, lambda: self._nm(BusName.POWERTRAIN, Node.MCU)),
            "NM_VCU": (Node.VCU, lambda: self._nm(BusName.POWERTRAIN, Node.VCU)),
            "BCM_Body": (Node.BCM, self._body),
            "GW_PowertrainToBody": (BusName.BODY, self._powertrain_to_body),
            "NM_GW_Body": (BusName.BODY, lambda: self._nm(BusName.BODY)),
            "NM_BCM": (Node.BCM, lambda: self._nm(BusName.BODY, Node.BCM)),
            "ICM_Display": (Node.ICM, self._display),
            "DCM_DriverDoor": (Node.DCM, self._driver_door),
            "GW_ToComfort": (BusName.COMFORT, self._to_comfort),
            "NM_GW_Comfort": (BusName.COMFORT, lambda: self._nm(BusName.COMFORT)),
            "NM_ICM": (Node.ICM, lambda: self._nm(BusName.COMFORT, Node.ICM)),
            "NM_DCM": (Node.DCM, lambda: self._nm(BusName.COMFORT, Node.DCM)),
        }

    def advance(self, dt_s: float, active_faults: tuple[str, ...]) -> None:
        """Let time pass."""
        if active_faults != self._active:
            self._active, self._faults = active_faults, self._faults_of(active_faults)
        self.state = bench.step(self.state, self._duty.after(dt_s), self._faults, dt_s)

    def signals(self, message: str) -> Signals | None:
        """The signals of a message now; None while its sender is lost, mute or asleep."""
        if message == "SIM_Identity":
            return identity_signals()
        sender, measure = self._measures[message]
        return measure() if self._is_sending(sender) else None

    def _is_sending(self, sender: Node | BusName) -> bool:
        network = self.state.network
        if isinstance(sender, Node):
            return network.is_sending(sender)
        if sender is BusName.BODY and network.faults.is_gateway_mute:
            return False
        return network.bus(sender).has_traffic

    def _network(self) -> Signals:
        network = self.state.network
        return {
            "BodyAwake": network.body.has_traffic,
            "ComfortAwake": network.comfort.has_traffic,
            **{f"{node.capitalize()}Present": network.is_present(node) for node in Node},
            "McuDataValid": network.is_motor_data_valid,
            "BusLoad": network.powertrain.load,
            "BodyBusLoad": network.body.load,
            "ComfortBusLoad": network.comfort.load,
        }

    def _nm(self, name: BusName, node: Node | None = None) -> Signals:
        phase = self.state.network.bus(name).phase
        return {
            "SourceNode": _GATEWAY_ADDRESS if node is None else _ADDRESS[node],
            "RepeatRequest": phase is NmPhase.REPEAT_MESSAGE,
            "ActiveWakeup": phase is NmPhase.REPEAT_MESSAGE and node is Node.BCM,
            "Phase": phase,
        }

    @property
    def _is_ready(self) -> bool:
        return self.state.body.command.is_ignition_on

    def _battery(self) -> Signals:
        return {"PackVoltage": PACK_V, "Soc": SOC, "Ready": self._is_ready}

    def _motor(self) -> Signals:
        kmh = self.state.body.speed_kmh
        signals = {"Speed": kmh * MOTOR_RPM_PER_KMH, "Torque": kmh * TORQUE_NM_PER_KMH}
        return _frozen(signals, self.state.network)

    def _vehicle(self) -> Signals:
        kmh = self.state.body.speed_kmh
        return {"VehicleSpeed": kmh, "Gear": DRIVE if kmh else PARK, "Ready": self._is_ready}

    def _body_to_powertrain(self) -> Signals:
        shown = self.state.body
        return {
            "IgnitionOn": shown.command.is_ignition_on,
            "DoorOpen": shown.command.is_door_open,
            "SupplyVoltage": shown.supply_v,
        }

    def _body(self) -> Signals:
        shown, command = self.state.body, self.state.body.command
        return {
            "IgnitionOn": command.is_ignition_on,
            "DoorOpen": command.is_door_open,
            "Locked": command.is_locked,
            "LampOn": command.is_lamp_on,
            "GatewayHeard": self.state.network.is_gateway_heard,
            "WiperLevel": command.wiper_level,
            "SupplyVoltage": shown.supply_v,
            "TurnIndicator": command.turn,
        }

    def _powertrain_to_body(self) -> Signals:
        return {"VehicleSpeed": self._routed_kmh, "Ready": self._is_ready}

    @property
    def _routed_kmh(self) -> float:
        # a gateway that hears no vehicle control unit forwards standstill
        return self.state.body.speed_kmh if self.state.network.is_present(Node.VCU) else 0.0

    def _display(self) -> Signals:
        shown, command = self.state.body, self.state.body.command
        return {
            "ShownSpeed": self._routed_kmh * 1.03,
            "Odometer": shown.odometer_km,
            "DoorWarning": command.is_door_open,
            "LampTelltale": command.is_lamp_on,
            "TurnTelltale": command.turn,
        }

    def _driver_door(self) -> Signals:
        shown = self.state.body
        return {
            "WindowOpen": shown.window_open,
            "WindowMoving": abs(shown.window_open - shown.command.window_open) > _MOVING_WINDOW,
            "DoorLocked": shown.command.is_locked,
        }

    def _to_comfort(self) -> Signals:
        command = self.state.body.command
        return {
            "VehicleSpeed": self._routed_kmh,
            "DoorOpen": command.is_door_open,
            "LampOn": command.is_lamp_on,
            "TurnIndicator": command.turn,
        }


def _frozen(signals: Signals, network: Network) -> Signals:
    return {**signals, COUNTER: 0} if network.faults.is_counter_frozen else signals
