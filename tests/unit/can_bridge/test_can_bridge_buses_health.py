import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.buses.adapter import Controller
from can_bridge.buses.backlog import Backlog
from can_bridge.buses.health import ERRORS_WITHOUT_FRAME, Signs
from can_bridge.buses.load import BitRates, LoadMeter, seconds_on_wire
from can_bridge.buses.port import BusStatus
from can_bridge.buses.reconnecting import FIRST_PAUSE_S, LONGEST_PAUSE_S, pause_s
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_FD, Frame, FrameBatch
from telemetry.contract import encoding
from telemetry.contract.payloads import BenchState, BusHealth
from telemetry.contract.topics import Stream


def traffic(frames: int, *, size: int = 8, is_extended: bool = False) -> FrameBatch:
    return FrameBatch.of(Frame(0.0, "hv", 1, is_extended, bytes(size)) for _ in range(frames))


def test_a_bus_with_frames_is_active_and_falls_silent_after_two_seconds() -> None:
    signs = Signs().after(5, 0, None, 10.0)
    assert signs.health(12.0) is BusHealth.ACTIVE
    assert signs.health(12.1) is BusHealth.SILENT


def test_a_bus_that_never_spoke_is_silent() -> None:
    assert Signs().health(0.0) is BusHealth.SILENT


def test_an_adapter_that_is_gone_comes_before_everything_else() -> None:
    signs = Signs().after(5, 0, Controller.OFF, 10.0).closed()
    assert signs.health(10.0) is BusHealth.DOWN
    assert signs.opened().health(10.0) is BusHealth.ACTIVE
    assert signs.opened().health(20.0) is BusHealth.SILENT


def test_errors_without_a_single_frame_mean_a_wrong_bit_rate() -> None:
    signs = Signs().after(0, ERRORS_WITHOUT_FRAME - 1, None, 10.0)
    assert signs.health(10.0) is BusHealth.SILENT
    signs = signs.after(0, 1, None, 11.0)
    assert signs.health(11.0) is BusHealth.WRONG_BITRATE
    assert signs.health(14.0) is BusHealth.SILENT
    assert signs.after(1, 0, None, 11.5).health(11.5) is BusHealth.ACTIVE


def test_errors_among_frames_are_no_wrong_bit_rate() -> None:
    signs = Signs()
    for tenth in range(50):
        signs = signs.after(1, 100, None, tenth / 10)
    assert signs.health(5.0) is BusHealth.ACTIVE


def test_bus_off_lasts_until_the_controller_is_back_or_frames_come() -> None:
    off = Signs().after(3, 1, Controller.OFF, 10.0)
    assert off.health(10.0) is BusHealth.BUS_OFF
    assert off.health(1000.0) is BusHealth.BUS_OFF
    assert off.after(0, 0, Controller.ACTIVE, 11.0).health(11.0) is BusHealth.ACTIVE
    assert off.after(1, 0, None, 11.0).health(11.0) is BusHealth.ACTIVE


def test_error_passive_fades_when_no_more_errors_come() -> None:
    signs = Signs().after(3, 1, Controller.PASSIVE, 10.0)
    for second in range(11, 20):
        signs = signs.after(10, 0, None, float(second))
    assert signs.health(10.5) is BusHealth.ERROR_PASSIVE
    assert signs.health(19.0) is BusHealth.ACTIVE
    again = signs.after(0, 1, None, 19.0)
    assert again.health(19.0) is BusHealth.ERROR_PASSIVE


@pytest.mark.parametrize(
    ("bit_rate", "is_extended", "frames_per_s"),
    [
        (250_000, False, 2080),
        (500_000, False, 4170),
        (500_000, True, 3510),
        (1_000_000, True, 7020),
    ],
)
def test_the_typical_full_bus_measures_as_full(
    bit_rate: int, is_extended: bool, frames_per_s: int
) -> None:
    # frames per second measured on recorded traffic of real vehicles, 8 bytes each
    busy_s = seconds_on_wire(traffic(frames_per_s, is_extended=is_extended), BitRates(bit_rate, 0))
    assert busy_s == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("rates", "size", "frames_per_s"),
    [
        (BitRates(500_000, 2_000_000), 8, 9120),
        (BitRates(1_000_000, 5_000_000), 8, 20080),
        (BitRates(500_000, 2_000_000), 64, 2880),
        (BitRates(1_000_000, 5_000_000), 64, 6900),
    ],
)
def test_a_full_can_fd_bus_measures_as_about_full(
    rates: BitRates, size: int, frames_per_s: int
) -> None:
    frames = traffic(frames_per_s, size=size)
    frames.flags[:] = IS_FD | IS_BITRATE_SWITCHED
    assert seconds_on_wire(frames, rates) == pytest.approx(1.0, abs=0.06)


def test_classic_and_fd_frames_on_one_bus_add_up() -> None:
    rates = BitRates(500_000, 2_000_000)
    classic, fast = traffic(100), traffic(50, size=64)
    fast.flags[:] = IS_FD | IS_BITRATE_SWITCHED
    both = FrameBatch.joined([classic, fast])
    apart = seconds_on_wire(classic, rates) + seconds_on_wire(fast, rates)
    assert seconds_on_wire(both, rates) == pytest.approx(apart)


def test_the_meter_shows_the_last_full_second() -> None:
    meter = LoadMeter()
    meter.look(0.0)
    meter.add(2000, 0.5)
    meter.look(0.5)
    assert (meter.load, meter.frames_per_s) == (0.0, 0.0)
    meter.look(2.0)
    assert (meter.load, meter.frames_per_s) == (0.25, 1000.0)
    meter.look(3.0)
    assert (meter.load, meter.frames_per_s) == (0.0, 0.0)


def test_the_pause_grows_from_a_fifth_of_a_second_to_five() -> None:
    pauses = [pause_s(failures, 1.0) for failures in range(100)]
    assert pauses[0] == FIRST_PAUSE_S
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_chance_shortens_a_pause_by_half_at_most(failures: int, chance: float) -> None:
    longest = pause_s(failures, 1.0)
    assert longest / 2 <= pause_s(failures, chance) <= longest


@given(st.lists(st.integers(0, 60), max_size=8))
def test_a_full_backlog_counts_every_frame_it_refuses(sizes: list[int]) -> None:
    backlog = Backlog(limit=100)
    refused = sum(backlog.put(traffic(size)) for size in sizes)
    kept = len(backlog.take())
    assert kept + refused == sum(sizes)
    assert kept == min(100, sum(sizes))
    assert len(backlog.take()) == 0


def test_a_backlog_keeps_the_earliest_frames_in_order() -> None:
    backlog = Backlog(limit=3)
    for number in range(5):
        backlog.put(FrameBatch.of([Frame(0.0, "hv", number, False, b"")]))
    assert backlog.take().arbitration_id.tolist() == [0, 1, 2]


def test_a_status_becomes_the_report_the_bench_sends() -> None:
    status = BusStatus(
        BusHealth.BUS_OFF, frames=7, load=0.123456, interface="slcan", detail="x" * 999
    )
    report = status.report("hv")
    assert (report.name, report.state, report.frames) == ("hv", BusHealth.BUS_OFF, 7)
    assert (report.load, len(report.detail)) == (0.1235, 300)
    assert status.is_down
    assert not BusStatus(BusHealth.WRONG_BITRATE).is_down
    assert np.isfinite(report.frames_per_s)


def test_a_state_of_an_older_bridge_has_no_buses_and_a_new_one_comes_back_whole() -> None:
    old = encoding.decode(Stream.STATE, b'{"observed_at_ms":1,"online":true,"bus":"active"}')
    assert isinstance(old, BenchState)
    assert old.buses == []
    report = BusStatus(BusHealth.WRONG_BITRATE, frames=3, last_frame_at_ms=9).report("hv")
    new = BenchState(observed_at_ms=1, online=True, buses=[report])
    assert encoding.decode(Stream.STATE, encoding.encode(new)) == new
