import math

import numpy as np
import pytest

from device_sims.battery import alarms, cells, thermal
from device_sims.battery.alarms import GeneralAlarm
from device_sims.battery.high_voltage import HvPhase
from device_sims.battery.limits import limits
from device_sims.battery.pack import Battery, BatteryCommand, BatteryFaults, new_pack, step

HEALTHY = BatteryFaults()
OFF, ON = BatteryCommand(), BatteryCommand(is_hv_on=True)


def after(pack: Battery, command: BatteryCommand, seconds: float, dt_s: float = 0.05) -> Battery:
    for _ in range(round(seconds / dt_s)):
        pack = step(pack, command, HEALTHY, dt_s)
    return pack


def drawing(amperes: float) -> BatteryCommand:
    return BatteryCommand(is_hv_on=True, current_a=amperes)


def test_ninety_six_cells_differ_and_the_seed_says_how() -> None:
    one, same, other = new_pack(7), new_pack(7), new_pack(8)
    assert len(one.voltages) == 96
    assert 0.001 < np.ptp(one.voltages) < 0.05
    assert (one.voltages == same.voltages).all()
    assert (one.voltages != other.voltages).any()
    assert one.pack_v == pytest.approx(float(one.voltages.sum()))


def test_charge_is_counted() -> None:
    before = after(new_pack(7), ON, 2)
    later = after(before, drawing(60.0), 600)
    drawn_ah = (later.cells.drawn_ah - before.cells.drawn_ah) * 1.0
    assert drawn_ah == pytest.approx(60.0 * 600 / 3600, rel=0.002)
    expected = before.soc - drawn_ah / (cells.CAPACITY_AH * before.soh)
    assert later.soc == pytest.approx(expected, abs=0.002)


def test_voltage_drops_at_once_sags_and_recovers() -> None:
    rest = after(new_pack(7), ON, 2)
    soon = after(rest, drawing(90.0), 1.5)
    late = after(soon, drawing(90.0), 60)
    recovered = after(late, ON, 200)
    ohmic_v = 90 * cells.RESISTANCE_OHM * 96
    assert rest.pack_v - soon.pack_v == pytest.approx(ohmic_v, rel=0.1)
    assert late.pack_v < soon.pack_v - 2
    assert recovered.pack_v > late.pack_v + ohmic_v


@pytest.mark.parametrize("seconds", [20.0, 120.0])
def test_ten_times_longer_steps_give_the_same_pack(seconds: float) -> None:
    fine = after(new_pack(7), drawing(80.0), seconds, 0.05)
    coarse = after(new_pack(7), drawing(80.0), seconds, 0.5)
    assert coarse.pack_v == pytest.approx(fine.pack_v, abs=0.05)
    assert coarse.soc == pytest.approx(fine.soc, abs=1e-4)
    assert coarse.heat.modules_c == pytest.approx(fine.heat.modules_c, abs=0.05)


def test_precharge_fills_the_link_before_the_positive_contactor_closes() -> None:
    pack, seen = new_pack(7), []
    for _ in range(40):
        pack = step(pack, ON, HEALTHY, 0.02)
        seen.append((pack.hv.phase, pack.hv.link_v / pack.pack_v))
    order = list(dict.fromkeys(phase for phase, _ in seen))
    assert order == [HvPhase.CLOSING, HvPhase.PRECHARGING, HvPhase.ON]
    filling = [share for phase, share in seen if phase is HvPhase.PRECHARGING]
    assert filling == sorted(filling)
    assert filling[0] < 0.5 < filling[-1] < 1
    gone = after(pack, OFF, 5.0)
    assert gone.hv.link_v < 60, "discharged below 60 V within 5 s"


def test_an_open_interlock_keeps_the_contactors_open_and_a_weak_resistor_times_out() -> None:
    barred = step(new_pack(7), ON, BatteryFaults(is_interlock_open=True), 3.0)
    assert barred.hv.phase is HvPhase.OFF
    slow = BatteryFaults(precharge_ohm=12_000.0)
    failed = step(new_pack(7), ON, slow, 3.0)
    assert failed.hv.has_precharge_failed
    assert not failed.hv.is_positive_closed
    assert failed.current_a == 0
    assert not step(failed, OFF, slow, 0.1).hv.has_precharge_failed


def test_balancing_brings_the_cells_together() -> None:
    stack = new_pack(7).cells
    assert np.ptp(stack.voltages(0.0)) > cells.BALANCE_ABOVE_V + 0.002
    for _ in range(8 * 60):
        stack = cells.balanced(stack, stack.voltages(0.0), 0.0)
        stack = cells.after(stack, 0.0, 60.0)
    assert np.ptp(stack.voltages(0.0)) <= cells.BALANCE_ABOVE_V
    assert not cells.balanced(stack, stack.voltages(50.0), 50.0).is_bleeding.any()


def test_current_is_limited_when_nearly_empty_full_hot_or_cold() -> None:
    usual = limits(0.5, 23.0, 26.0)
    assert (usual.discharge_a, usual.charge_a) == (180.0, 120.0)
    assert limits(0.03, 23, 26).discharge_a == 0
    assert limits(0.98, 23, 26).charge_a == 0
    assert limits(0.5, -20, 26).charge_a == 0
    assert limits(0.5, 23, 60).discharge_a == 0
    assert usual.allowed(500.0) == 180.0
    assert usual.allowed(-500.0) == -120.0


def test_heat_stays_in_balance() -> None:
    heat = thermal.PackHeat()
    for _ in range(2000):
        heat = thermal.step(heat, 1000.0, 30.0)
    taken_w = thermal.TO_PLATE_W_PER_K * 12 * (heat.modules_c.mean() - thermal.AMBIENT_C)
    assert heat.modules_c[0] < heat.modules_c[-1], "the coolant warms on its way"
    assert taken_w == pytest.approx(1000.0, rel=0.15)


def test_alarm_flags_have_the_bits_of_the_standard() -> None:
    assert alarms.general_alarms(new_pack(7)) == GeneralAlarm(0)
    isolated = step(new_pack(7), OFF, BatteryFaults(isolation_kohm=20.0), 0.05)
    assert alarms.general_alarms(isolated) == 1 << 11
    assert alarms.highest_level(GeneralAlarm.INSULATION) == 3
    hot = step(new_pack(7), OFF, BatteryFaults(extra_heat_c=50.0), 0.05)
    assert alarms.general_alarms(hot) == 0b11
    high = step(new_pack(7), OFF, BatteryFaults(extra_cell_v=0.8), 0.05)
    assert alarms.general_alarms(high) == 1 << 5 | 1 << 10
    assert alarms.highest_level(GeneralAlarm(0)) == 0
    assert set(alarms.LEVELS) == set(GeneralAlarm)


def test_a_long_rest_changes_nothing_but_temperatures() -> None:
    rested = step(new_pack(7), OFF, HEALTHY, 600.0)
    assert rested.cells.drawn_ah == 0
    assert math.isclose(rested.hv.link_v, 0.0)
    assert rested.heat.modules_c.max() < 24.01
