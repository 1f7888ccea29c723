"""The named faults one can inject into a simulated bench, and how they bend its plant."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from device_sims.battery import BatteryFaults
from device_sims.gateway import GatewayFaults
from device_sims.motor import MotorFaults


class BenchKind(StrEnum):
    """What a bench trains."""

    BATTERY = "battery"
    MOTOR = "motor"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault that can be injected; `dtc` is what the bench's profile makes of it."""

    kind: BenchKind
    name: str
    dtc: str
    zh: str
    en: str


SCENARIOS = (
    Scenario(BenchKind.BATTERY, "isolation-low", "P0AA6",
             "绝缘电阻降至 20 kΩ", "isolation resistance falls to 20 kΩ"),
    Scenario(BenchKind.BATTERY, "cell-overvoltage", "P0AFB",
             "一节单体电压升高 0.8 V", "one cell rises by 0.8 V"),
    Scenario(BenchKind.BATTERY, "over-temperature", "P0A7E",
             "电池温度传感器升高 50 °C", "the pack's hottest sensor rises by 50 °C"),
    Scenario(BenchKind.BATTERY, "contactor-stuck", "P0AA1",
             "主正接触器粘连", "the positive main contactor sticks closed"),
    Scenario(BenchKind.MOTOR, "over-temperature", "P0A2F",
             "绕组温度升高 160 °C", "the winding heats up by 160 °C"),
    Scenario(BenchKind.MOTOR, "overspeed", "P0A44",
             "转速升高 13000 r/min", "the speed rises by 13,000 rpm"),
    Scenario(BenchKind.MOTOR, "resolver-loss", "P0A3F",
             "旋变信号丢失", "the resolver signal is lost"),
    Scenario(BenchKind.GATEWAY, "node-lost", "U0111",
             "电池管理系统从网络上消失", "the battery control unit vanishes from the network"),
    Scenario(BenchKind.GATEWAY, "bus-load-high", "U0001",
             "总线负载升高 55 %", "bus load rises by 55 %"),
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


def battery_faults(active: Collection[str]) -> BatteryFaults:
    """How the active scenarios bend the pack."""
    return BatteryFaults(
        isolation_kohm=20.0 if "isolation-low" in active else None,
        extra_cell_v=0.8 if "cell-overvoltage" in active else 0.0,
        extra_heat_c=50.0 if "over-temperature" in active else 0.0,
        is_positive_stuck="contactor-stuck" in active,
    )


def motor_faults(active: Collection[str]) -> MotorFaults:
    """How the active scenarios bend the drive."""
    return MotorFaults(
        extra_heat_c=160.0 if "over-temperature" in active else 0.0,
        extra_speed_rpm=13_000.0 if "overspeed" in active else 0.0,
        is_resolver_lost="resolver-loss" in active,
    )


def gateway_faults(active: Collection[str]) -> GatewayFaults:
    """How the active scenarios bend the network."""
    return GatewayFaults(
        lost_node="bms" if "node-lost" in active else None,
        extra_load=0.55 if "bus-load-high" in active else 0.0,
    )
