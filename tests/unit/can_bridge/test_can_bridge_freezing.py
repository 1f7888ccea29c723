import msgspec
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.freezing import AFTER_MS, BEFORE_MS, MOST_CAPTURES, Capture, Freezer, Moment
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES, encode
from telemetry.contract.payloads import FaultReport, FaultState, Value

WALL_MS = 1_764_554_400_000


def report(fault_id: str, state: FaultState = FaultState.CONFIRMED) -> FaultReport:
    return FaultReport(
        observed_at_ms=WALL_MS,
        epoch=1,
        seq=1,
        fault_id=fault_id,
        dtc="P0AA6",
        failure_type=int(fault_id, 16) % 256,
        severity=3,
        state=state,
        first_at_ms=WALL_MS,
        text_zh="绝缘",
        text_en="isolation",
    )


def run(
    freezer: Freezer, from_ms: int, until_ms: int, every_ms: int = 50
) -> list[tuple[int, FaultReport]]:
    found = []
    for at_ms in range(from_ms, until_ms, every_ms):
        values: dict[str, Value] = {"iso": at_ms / 1000, "current": 1.0, "dead": None}
        done = freezer.step(values, Moment(WALL_MS + at_ms, at_ms))
        found += [(at_ms, one) for one in done]
    return found


def test_a_freeze_holds_ten_seconds_before_and_five_after() -> None:
    freezer = Freezer(["current", "iso", "dead"])
    run(freezer, 0, 20_000)
    freezer.watch([report("a")], ["iso"], Moment(WALL_MS + 20_000, 20_000))
    (done,) = run(freezer, 20_000, 40_000)
    at_ms, told = done
    assert 25_000 <= at_ms < 25_200
    freeze = told.freeze
    assert freeze is not None
    assert freeze.is_complete
    assert freeze.at_ms == WALL_MS + 20_000
    assert (freeze.offsets_ms[0], freeze.offsets_ms[-1]) == (-BEFORE_MS, AFTER_MS)
    assert len(freeze.offsets_ms) == 151
    # the fault's own signal first, a signal without any value not at all
    assert list(freeze.signals) == ["iso", "current"]
    expected = [(20_000 + offset) / 1000 for offset in freeze.offsets_ms]
    assert freeze.signals["iso"] == expected


def test_a_fault_that_is_over_before_its_freeze_stays_over() -> None:
    freezer = Freezer(["iso"])
    run(freezer, 0, 1000)
    now = Moment(WALL_MS + 1000, 1000)
    freezer.watch([report("a")], ["iso"], now)
    freezer.watch([report("a", FaultState.CLEARED)], ["iso"], now)
    ((_, told),) = run(freezer, 1000, 8000)
    assert told.state is FaultState.CLEARED
    assert told.freeze is not None
    assert told.freeze.offsets_ms[0] == -1000


def test_a_bridge_that_was_killed_sends_what_it_had() -> None:
    freezer = Freezer(["iso"])
    run(freezer, 0, 12_000)
    freezer.watch([report("a")], ["iso"], Moment(WALL_MS + 12_000, 12_000))
    run(freezer, 12_000, 14_000)
    kept = msgspec.json.decode(freezer.kept(), type=list[Capture])
    again = Freezer(["iso"], kept)
    ((_, told),) = run(again, 0, 10_000)
    assert told.freeze is not None
    assert not told.freeze.is_complete
    assert told.freeze.offsets_ms[0] == -BEFORE_MS
    assert 1800 <= told.freeze.offsets_ms[-1] <= 2000
    assert msgspec.json.decode(again.kept()) == []


def test_a_fault_that_comes_and_goes_is_frozen_once_a_minute() -> None:
    freezer = Freezer(["iso"])
    found = []
    for at_ms in range(0, 130_000, 10_000):
        freezer.watch([report("a")], ["iso"], Moment(WALL_MS + at_ms, at_ms))
        found += run(freezer, at_ms, at_ms + 10_000)
    assert len(found) == 3


def test_faults_beyond_those_captured_at_once_are_counted() -> None:
    freezer = Freezer(["iso"])
    freezer.watch([report(f"{n:x}") for n in range(20)], ["iso"], Moment(WALL_MS, 0))
    assert len(run(freezer, 0, 6000)) == MOST_CAPTURES
    assert freezer.passed_over == 20 - MOST_CAPTURES


def test_the_largest_freeze_fits_a_message_with_room() -> None:
    names = [f"message_with_a_long_name.signal_{n:03}" for n in range(300)]
    freezer = Freezer(names)
    for at_ms in range(0, 16_000, 100):
        values: dict[str, Value] = dict.fromkeys(names, -1234.5678901)
        done = freezer.step(values, Moment(WALL_MS + at_ms, at_ms))
        if at_ms == 10_000:
            freezer.watch([report("a")], names[-3:], Moment(WALL_MS + at_ms, at_ms))
        for told in done:
            assert told.freeze is not None
            assert list(told.freeze.signals)[:3] == names[-3:]
            assert len(encode(told)) < MAX_PAYLOAD_BYTES / 10
            return
    raise AssertionError("no freeze came")


@given(st.lists(st.integers(0, 5_000), max_size=60), st.integers(0, 59))
def test_a_freeze_comes_once_however_the_ticks_fall(pauses: list[int], when: int) -> None:
    freezer, at_ms, found = Freezer(["iso"]), 0, []
    for turn, pause in enumerate([*pauses, 6000, 6000]):
        at_ms += pause
        now = Moment(WALL_MS + at_ms, at_ms)
        found += freezer.step({"iso": 1.0}, now)
        if turn == min(when, len(pauses)):
            freezer.watch([report("a")], ["iso"], now)
    assert len(found) == 1
    freeze = found[0].freeze
    assert freeze is not None
    assert freeze.offsets_ms == sorted(set(freeze.offsets_ms))
    assert all(-BEFORE_MS <= offset <= AFTER_MS for offset in freeze.offsets_ms)
    assert all(len(column) == len(freeze.offsets_ms) for column in freeze.signals.values())
