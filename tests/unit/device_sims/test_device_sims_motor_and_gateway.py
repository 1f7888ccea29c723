import pytest

from device_sims.gateway import bench
from device_sims.gateway.bench import AWAKE_AFTER_S, Gateway, GatewayFaults
from device_sims.gateway.body import GatewayCommand
from device_sims.gateway.network import NetworkFaults, NmPhase, Node
from device_sims.motor import drive
from device_sims.motor.capability import (
    LARGEST_POWER_W,
    LARGEST_TORQUE_NM,
    RAD_PER_S,
    phase_current_a,
    torque_limit_nm,
)
from device_sims.motor.drive import Motor, MotorCommand, MotorFaults

HEALTHY, SOUND = MotorFaults(), GatewayFaults()
DRIVING = GatewayCommand(is_ignition_on=True)
LEFT = GatewayCommand(is_locked=True)


def run(command: MotorCommand, seconds: float, dt_s: float = 0.02) -> Motor:
    motor = Motor()
    for _ in range(round(seconds / dt_s)):
        motor = drive.step(motor, command, HEALTHY, dt_s)
    return motor


def test_the_drive_reaches_its_speed_and_carries_the_load() -> None:
    motor = run(MotorCommand(is_enabled=True, speed_rpm=4000, load_nm=60), 10)
    assert motor.speed_rpm == pytest.approx(4000, abs=1)
    assert motor.torque_nm == pytest.approx(60 + 0.0022 * 4000, abs=0.5)
    assert motor.dc_a * motor.dc_v == pytest.approx(motor.shaft_w / 0.94, rel=0.01)
    assert len(set(motor.phase_currents_a)) == 1


def test_ten_times_longer_steps_give_the_same_drive() -> None:
    command = MotorCommand(is_enabled=True, speed_rpm=6000, load_nm=80)
    fine, coarse = run(command, 20, 0.02), run(command, 20, 0.2)
    assert coarse.speed_rpm == pytest.approx(fine.speed_rpm, rel=0.005)
    assert coarse.heat.winding_c == pytest.approx(fine.heat.winding_c, abs=0.1)


def test_torque_falls_with_speed_heat_and_voltage() -> None:
    assert torque_limit_nm(1000, 352, 60, 50) == LARGEST_TORQUE_NM
    weakened = torque_limit_nm(9000, 352, 60, 50)
    assert weakened * 9000 * RAD_PER_S == pytest.approx(LARGEST_POWER_W)
    assert torque_limit_nm(9000, 176, 60, 50) == pytest.approx(weakened / 2)
    assert torque_limit_nm(1000, 352, 170, 50) == 0
    assert torque_limit_nm(1000, 352, 60, 90) == pytest.approx(LARGEST_TORQUE_NM / 2)
    assert phase_current_a(50, 11_000, 352) > phase_current_a(50, 3000, 352)


def test_a_standing_pump_warms_the_drive_and_is_noticed() -> None:
    command = MotorCommand(is_enabled=True, speed_rpm=4000, load_nm=80)
    cooled, dry = Motor(), Motor()
    for _ in range(600):
        cooled = drive.step(cooled, command, HEALTHY, 0.2)
        dry = drive.step(dry, command, MotorFaults(is_pump_dead=True), 0.2)
    assert dry.heat.inverter_c > cooled.heat.inverter_c + 1
    assert dry.is_flow_low
    assert not cooled.is_flow_low


def test_without_resolver_or_phase_the_drive_says_so() -> None:
    command = MotorCommand(is_enabled=True, speed_rpm=2000, load_nm=40)
    lost = drive.step(run(command, 5), command, MotorFaults(is_resolver_lost=True), 2.0)
    assert lost.torque_nm == pytest.approx(0, abs=0.5)
    opened = drive.step(run(command, 5), command, MotorFaults(is_phase_open=True), 0.1)
    u_a, v_a, w_a = opened.phase_currents_a
    assert u_a == v_a > 0
    assert w_a == 0
    weak = drive.step(run(command, 5), command, MotorFaults(is_demagnetised=True), 4.0)
    assert weak.deviates


def test_buses_that_nobody_needs_fall_asleep_in_the_order_of_the_standard_and_wake() -> None:
    state = bench.step(Gateway(), DRIVING, SOUND, 5.0)
    assert state.network.body.phase is NmPhase.NORMAL_OPERATION
    seen = [state.network.comfort.phase]
    for _ in range(round((AWAKE_AFTER_S + 10) / 0.1)):
        state = bench.step(state, LEFT, SOUND, 0.1)
        if state.network.comfort.phase is not seen[-1]:
            seen.append(state.network.comfort.phase)
    assert seen == [
        NmPhase.NORMAL_OPERATION,
        NmPhase.READY_SLEEP,
        NmPhase.PREPARE_BUS_SLEEP,
        NmPhase.BUS_SLEEP,
    ]
    assert state.network.powertrain.has_traffic, "a bench that is switched on must be heard"
    assert all(state.network.is_present(node) for node in Node), "who sleeps is not lost"
    woken = bench.step(state, GatewayCommand(is_door_open=True), SOUND, 0.1)
    assert woken.network.body.phase is NmPhase.REPEAT_MESSAGE


@pytest.mark.parametrize("node", list(Node))
def test_a_lost_control_unit_is_missed_within_two_seconds_and_found_again(node: Node) -> None:
    faults = GatewayFaults(NetworkFaults(lost_nodes=frozenset({node})))
    state = bench.step(Gateway(), DRIVING, SOUND, 3.0)
    early = bench.step(state, DRIVING, faults, 0.5)
    assert early.network.is_present(node)
    assert not early.network.is_sending(node)
    late = bench.step(early, DRIVING, faults, 1.5)
    assert [one for one in Node if not late.network.is_present(one)] == [node]
    assert bench.step(late, DRIVING, SOUND, 0.1).network.is_present(node)


def test_the_body_moves_its_window_and_feels_its_lamps() -> None:
    opening = GatewayCommand(is_ignition_on=True, window_open=1.0, is_lamp_on=True)
    state = bench.step(Gateway(), opening, SOUND, 2.0)
    assert 0.3 < state.body.window_open < 0.6
    assert bench.step(state, opening, SOUND, 5.0).body.window_open == 1.0
    assert state.body.supply_v == pytest.approx(13.7, abs=0.05)
    coarse = bench.step(Gateway(), opening, SOUND, 20.0)
    fine = Gateway()
    for _ in range(200):
        fine = bench.step(fine, opening, SOUND, 0.1)
    assert coarse.network.powertrain.load == pytest.approx(fine.network.powertrain.load, rel=0.01)
