"""The named faults one can inject into a simulated bench, and how they bend its plant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from device_sims.battery.pack import BatteryFaults
from device_sims.gateway.bench import GatewayFaults
from device_sims.gateway.network import NetworkFaults, Node
from device_sims.motor.drive import MotorFaults


class BenchKind(StrEnum):
    """What a bench trains."""

    BATTERY = "battery"
    MOTOR = "motor"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault that can be injected.

    `dtc` and `failure_type` are what the bench's profile makes of it and its control unit stores;
    `bends` are the fields of the plant's faults that it sets.
    """

    kind: BenchKind
    name: str
    dtc: str
    zh: str
    en: str
    bends: Mapping[str, Any] = field(default_factory=dict, hash=False)
    failure_type: int = 0


_MISSING_MESSAGE = 0x87
"""Failure type of SAE J2012-DA."""


def _battery(name: str, dtc: str, zh: str, en: str, **bends: object) -> Scenario:
    return Scenario(BenchKind.BATTERY, name, dtc, zh, en, bends)


def _motor(name: str, dtc: str, zh: str, en: str, **bends: object) -> Scenario:
    return Scenario(BenchKind.MOTOR, name, dtc, zh, en, bends)


def _gateway(name: str, dtc: str, zh: str, en: str, **bends: object) -> Scenario:
    lost = _MISSING_MESSAGE if "lost_node" in bends or "is_gateway_mute" in bends else 0
    return Scenario(BenchKind.GATEWAY, name, dtc, zh, en, bends, lost)


SCENARIOS = (
    _battery("isolation-low", "P0AA6",
             "绝缘电阻降至 20 kΩ", "isolation resistance falls to 20 kΩ", isolation_kohm=20.0),
    _battery("cell-overvoltage", "P0AFB",
             "一节单体电压升高 0.8 V", "one cell rises by 0.8 V", extra_cell_v=0.8),
    _battery("cell-undervoltage", "P0AFA",
             "一节单体电压降低 1.1 V", "one cell falls by 1.1 V", extra_cell_v=-1.1),
    _battery("cell-imbalance", "P0BBD",
             "一节单体比其他低 0.25 V", "one cell is 0.25 V below the others", extra_cell_v=-0.25),
    _battery("over-temperature", "P0A7E",
             "电池温度传感器升高 50 °C", "the pack's hottest sensor rises by 50 °C",
             extra_heat_c=50.0),
    _battery("sensor-open", "P0A9E",
             "一个模组温度传感器断路", "the wire of a module's temperature sensor is broken",
             is_sensor_open=True),
    _battery("contactor-stuck", "P0AA1",
             "主正接触器粘连", "the positive main contactor sticks closed",
             is_positive_stuck=True),
    _battery("negative-contactor-stuck", "P0AA4",
             "主负接触器粘连", "the negative main contactor sticks closed",
             is_negative_stuck=True),
    _battery("precharge-timeout", "P0C78",
             "预充电阻变大，预充超时", "an aged precharge resistor: precharging takes too long",
             precharge_ohm=12_000.0),
    _battery("interlock-open", "P0A0D",
             "高压互锁断开", "the high-voltage interlock is open", is_interlock_open=True),
    _battery("current-offset", "P0AC0",
             "电流传感器零点漂移 25 A", "the current sensor is off by 25 A",
             current_offset_a=25.0),
    _battery("supply-low", "P0562",
             "12 V 电源降低 4 V", "the 12 V supply falls by 4 V", supply_drop_v=4.0),
    _motor("over-temperature", "P0A2F",
           "绕组温度升高 160 °C", "the winding heats up by 160 °C", extra_heat_c=160.0),
    _motor("inverter-over-temperature", "P0A3C",
           "电机控制器温度升高 90 °C", "the inverter heats up by 90 °C", extra_inverter_c=90.0),
    _motor("overspeed", "P0A44",
           "转速升高 13000 r/min", "the speed rises by 13,000 rpm", extra_speed_rpm=13_000.0),
    _motor("resolver-loss", "P0A3F",
           "旋变信号丢失", "the resolver signal is lost", is_resolver_lost=True),
    _motor("coolant-pump-dead", "P0A93",
           "冷却液泵不转", "the coolant pump stands still", is_pump_dead=True),
    _motor("phase-open", "P0A78",
           "W 相断路", "phase W is open", is_phase_open=True),
    _motor("torque-lost", "P0A90",
           "磁钢退磁，转矩只有一半", "the magnets are weak: half the torque is missing",
           is_demagnetised=True),
    _motor("sensor-open", "P0A2D",
           "绕组温度传感器断路", "the wire of the winding's temperature sensor is broken",
           is_sensor_open=True),
    _gateway("node-lost", "U0111",
             "电池管理系统从网络上消失", "the battery control unit vanishes from the network",
             lost_node=Node.BMS),
    _gateway("motor-controller-lost", "U0110",
             "电机控制器从网络上消失", "the motor control unit vanishes from the network",
             lost_node=Node.MCU),
    _gateway("vehicle-controller-lost", "U0293",
             "整车控制器从网络上消失", "the vehicle control unit vanishes from the network",
             lost_node=Node.VCU),
    _gateway("body-controller-lost", "U0140",
             "车身控制器从网络上消失", "the body control unit vanishes from the network",
             lost_node=Node.BCM),
    _gateway("cluster-lost", "U0155",
             "仪表从网络上消失", "the instrument cluster vanishes from the network",
             lost_node=Node.ICM),
    _gateway("door-module-lost", "U0199",
             "驾驶员门模块从网络上消失", "the driver's door module vanishes from the network",
             lost_node=Node.DCM),
    _gateway("gateway-mute", "U0146",
             "网关停止向车身总线转发", "the gateway sends nothing to the body bus any more",
             is_gateway_mute=True),
    _gateway("counter-frozen", "U0411",
             "电机控制器报文计数器停滞", "the counter in the motor controller's frames stands",
             is_counter_frozen=True),
    _gateway("bus-load-high", "U0001",
             "总线负载升高 55 %", "bus load rises by 55 %", extra_load=0.55),
    _gateway("supply-low", "P0562",
             "12 V 电源降低 4 V", "the 12 V supply falls by 4 V", supply_drop_v=4.0),
)  # fmt: skip


class UnknownScenario(LookupError):
    """No such fault for this kind of bench; `known` lists those there are."""

    def __init__(self, kind: BenchKind, name: str) -> None:
        self.known = scenario_names(kind)
        super().__init__(f"{kind.value} benches have no fault {name!r}: {', '.join(self.known)}")


def scenario_names(kind: BenchKind) -> list[str]:
    """Names of the faults a kind of bench can have."""
    return [scenario.name for scenario in SCENARIOS if scenario.kind is kind]


def find_scenario(kind: BenchKind, name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        UnknownScenario: this kind of bench has none of that name.
    """
    for scenario in SCENARIOS:
        if (scenario.kind, scenario.name) == (kind, name):
            return scenario
    raise UnknownScenario(kind, name)


def _bends(kind: BenchKind, active: Collection[str]) -> dict[str, Any]:
    """What the scenarios set together; amounts of the same field add up."""
    together: dict[str, Any] = {}
    for name in active:
        for place, value in find_scenario(kind, name).bends.items():
            is_amount = place in together and isinstance(value, float)
            together[place] = together[place] + value if is_amount else value
    return together


def battery_faults(active: Collection[str]) -> BatteryFaults:
    """How the active scenarios bend the pack."""
    return replace(BatteryFaults(), **_bends(BenchKind.BATTERY, active))


def motor_faults(active: Collection[str]) -> MotorFaults:
    """How the active scenarios bend the drive."""
    return replace(MotorFaults(), **_bends(BenchKind.MOTOR, active))


def gateway_faults(active: Collection[str]) -> GatewayFaults:
    """How the active scenarios bend the network."""
    bends = _bends(BenchKind.GATEWAY, active)
    bends.pop("lost_node", None)
    lost = [find_scenario(BenchKind.GATEWAY, name).bends.get("lost_node") for name in active]
    supply_drop_v = bends.pop("supply_drop_v", 0.0)
    lost_nodes = frozenset(node for node in lost if node is not None)
    return GatewayFaults(NetworkFaults(lost_nodes=lost_nodes, **bends), supply_drop_v)
