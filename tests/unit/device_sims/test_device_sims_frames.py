from itertools import pairwise
from pathlib import Path

import pytest
from cantools.database.can import Database
from hypothesis import given
from hypothesis import strategies as st

from device_sims.bench import Send, SimulatedBench, bus_names
from device_sims.duty_cycles import EXAMINEES, GROUPS, Duty, DutyCycle
from device_sims.encoding import MessageEncoder, crc8
from device_sims.fault_scenarios import SCENARIOS, BenchKind, UnknownScenario
from device_sims.frames import DBC_FOLDER
from device_sims.identity import MARK, MARK_ID
from device_sims.plants import plant_of
from device_sims.recording import RecordingPlan, TimedFault, UnusableRecording, recorded
from device_sims.repertoires import BATTERY, GATEWAY

DBCS = sorted(DBC_FOLDER.glob("*.dbc"))


def database(path: Path) -> Database:
    loaded = Database(strict=True)
    loaded.add_dbc_file(path, encoding="utf-8")
    return loaded


DATABASES = {path.name: database(path) for path in DBCS}


@given(data=st.data())
def test_payloads_are_those_of_cantools(data: st.DataObject) -> None:
    message = data.draw(
        st.sampled_from([one for loaded in DATABASES.values() for one in loaded.messages])
    )
    chosen: dict[str, float] = {}
    for signal in message.signals:
        low, high = signal.minimum or 0, signal.maximum or 0
        raw = data.draw(st.integers(round((low - signal.offset) / signal.scale),
                                    round((high - signal.offset) / signal.scale)))  # fmt: skip
        chosen[signal.name] = raw * signal.scale + signal.offset
    encoded = MessageEncoder(message).encode(chosen)
    group = int(chosen.get("Group", 0))
    present = {
        signal.name: chosen[signal.name]
        for signal in message.signals
        if signal.multiplexer_ids is None or group in signal.multiplexer_ids
    }
    expected = bytearray(message.encode(present, strict=False))
    if any(signal.name == "Checksum" for signal in message.signals):
        at = next(one.start // 8 for one in message.signals if one.name == "Checksum")
        expected[at] = crc8(bytes(expected[:at] + expected[at + 1 :]))
    assert encoded == expected


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc8(b"123456789") == 0x4B


def frames_of(kind: BenchKind, seed: int, seconds: float = 30.0) -> list[object]:
    return [frame for part in recorded(RecordingPlan(kind, seconds, seed)) for frame in part]


@pytest.mark.parametrize("kind", list(BenchKind))
def test_the_same_seed_gives_the_same_bytes_however_time_is_cut(kind: BenchKind) -> None:
    whole = frames_of(kind, 3)
    pieces: list[object] = []

    def onto(bus: str) -> Send:
        return lambda frame: pieces.append((bench.now_s, bus, frame))

    sends = {bus: onto(bus) for bus in bus_names(kind)}
    bench = SimulatedBench("other-code", kind, 3, sends)
    for step in range(3000):
        bench.advance(0.005 if step % 2 else 0.015)
    assert pieces == whole
    assert frames_of(kind, 4) != whole


@pytest.mark.parametrize("kind", list(BenchKind))
def test_every_bus_carries_the_mark_of_a_simulator_each_second(kind: BenchKind) -> None:
    parts = recorded(RecordingPlan(kind, 10.0, 1))
    marks = [(bus, frame.data) for part in parts for _, bus, frame in part
             if (frame.arbitration_id, frame.is_extended_id) == (MARK_ID, True)]  # fmt: skip
    assert {bus for bus, _ in marks} == set(bus_names(kind))
    assert {data for _, data in marks} == {MARK}
    assert len(marks) >= 9 * len(bus_names(kind))


def test_messages_keep_their_cycle_and_do_not_start_together() -> None:
    times: dict[int, list[float]] = {}
    for part in recorded(RecordingPlan(BenchKind.BATTERY, 5.0, 1)):
        for at_s, _, frame in part:
            times.setdefault(frame.arbitration_id, []).append(at_s)
    cycles = {
        one.frame_id: (one.cycle_time or 0) / 1000 for one in DATABASES["battery.dbc"].messages
    }
    for number, moments in times.items():
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert gaps == pytest.approx([cycles[number]] * len(gaps)), hex(number)
    assert len({moments[0] for moments in times.values()}) > 3


def test_a_lost_control_unit_sends_nothing_and_the_others_go_on() -> None:
    plan = RecordingPlan(
        BenchKind.GATEWAY, 20.0, 1, faults=[TimedFault("motor-controller-lost", 5.0, 15.0)]
    )
    loaded = DATABASES["gateway_powertrain.dbc"]
    ids = {loaded.get_message_by_name(name).frame_id for name in ("MCU_Status", "NM_MCU")}
    silent = [frame for part in recorded(plan) for frame in part if 5.0 < frame.at_s <= 15.0]
    assert silent
    assert not [frame for frame in silent if frame.frame.arbitration_id in ids]


def test_timed_faults_are_read_and_refused() -> None:
    assert TimedFault.parse("isolation-low@600-900.5") == ("isolation-low", 600.0, 900.5)
    for wrong in ("isolation-low", "x@5", "x@9-5", "x@-3-5"):
        with pytest.raises(UnusableRecording, match="NAME@FROM-UNTIL"):
            TimedFault.parse(wrong)
    with pytest.raises(UnusableRecording, match="more than 0"):
        next(recorded(RecordingPlan(BenchKind.MOTOR, 0.0)))
    with pytest.raises(UnknownScenario):
        next(recorded(RecordingPlan(BenchKind.MOTOR, 1.0, faults=[TimedFault("x", 0, 1)])))


def uses(duty: Duty, seed: int, hours: float) -> list[tuple[float, float]]:
    """When high voltage was on: start and end in seconds."""
    cycle, found, began_s = DutyCycle(BATTERY, duty, seed), [], None
    for step in range(round(hours * 3600)):
        is_on = cycle.after(1.0).is_hv_on
        if is_on and began_s is None:
            began_s = float(step)
        elif not is_on and began_s is not None:
            found.append((began_s, float(step)))
            began_s = None
    return found


def test_a_class_is_groups_in_turn_and_then_a_break() -> None:
    periods = uses(Duty.CLASS, 5, 4.0)
    pauses = [later[0] - earlier[1] for earlier, later in pairwise(periods)]
    breaks = [place for place, pause in enumerate(pauses, 1) if pause > 300]
    assert breaks[:2] == [GROUPS, 2 * GROUPS]
    assert all(pause >= 39 for pause in pauses)


def test_an_exam_asks_the_same_of_each_examinee_at_a_pace_of_their_own() -> None:
    periods = uses(Duty.EXAM, 5, 2.0)[:EXAMINEES]
    lengths = [end - start for start, end in periods]
    assert len(lengths) == EXAMINEES
    assert max(lengths) < 2.2 * min(lengths)
    assert len(set(lengths)) > EXAMINEES // 2


@pytest.mark.parametrize("duty", list(Duty))
def test_a_day_repeats_by_its_seed_and_not_by_another(duty: Duty) -> None:
    def commands(seed: int) -> list[object]:
        cycle = DutyCycle(GATEWAY, duty, seed)
        return [cycle.after(0.1 + (step * 7 % 29) / 10) for step in range(300)]

    assert commands(5) == commands(5)
    assert commands(5) != commands(6)


def test_every_scenario_bends_its_plant() -> None:
    for scenario in SCENARIOS:
        plant = plant_of(scenario.kind, 1)
        plant.advance(plant.step_s, (scenario.name,))
        healthy = plant_of(scenario.kind, 1)
        healthy.advance(plant.step_s, ())
        assert scenario.bends
        assert repr(vars(plant)["_faults"]) != repr(vars(healthy)["_faults"])
