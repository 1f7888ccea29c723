from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.frames import FrameBatch
from can_bridge.recording.blocks import MAGIC, encoded, read_blocks
from can_bridge.recording.reading import Recording
from can_bridge.recording.recorder import LONGEST_BACKLOG, FrameRecorder
from can_bridge.recording.segments import SegmentWriter, counts_in, segments_in
from can_bridge.recording.wall_clock import WallClock
from tests.unit.can_bridge.log_batches import DATE_S, any_frames, content

NOW_MS = int(DATE_S * 1000)
MIB = 1 << 20


def recorded(folder: Path, from_s: float = -np.inf, to_s: float = np.inf) -> FrameBatch:
    return FrameBatch.joined(list(Recording(folder, from_s, to_s).batches()))


def test_blocks_come_back_as_they_were(tmp_path: Path) -> None:
    batches = [any_frames(seed, channels=("hv", "body")) for seed in range(3)]
    path = tmp_path / "s"
    path.write_bytes(MAGIC + b"".join(encoded(batch, NOW_MS) for batch in batches))
    blocks = list(read_blocks(path))
    assert [content(block.frames) for block in blocks if block] == list(map(content, batches))
    assert [block.written_at_ms for block in blocks if block] == [NOW_MS] * 3


@given(share=st.floats(0, 1), flipped=st.integers(0, 7))
def test_a_segment_cut_or_damaged_anywhere_is_read_up_to_there(
    tmp_path_factory: pytest.TempPathFactory, share: float, flipped: int
) -> None:
    path = tmp_path_factory.mktemp("segments") / "s"
    pieces = [MAGIC, *(encoded(any_frames(seed), NOW_MS) for seed in range(3))]
    whole = b"".join(pieces)
    at = int(share * (len(whole) - 1))
    ends = np.cumsum([len(piece) for piece in pieces])
    untouched = max(int(np.count_nonzero(ends <= at)) - 1, 0)

    path.write_bytes(whole[:at])
    read = list(read_blocks(path))
    assert len([block for block in read if block]) == untouched
    assert (None in read) == (at not in ends)

    damaged = bytearray(whole)
    damaged[at] ^= 1 << flipped
    path.write_bytes(damaged)
    read = list(read_blocks(path))
    assert [content(block.frames) for block in read if block] == [
        content(any_frames(seed)) for seed in range(untouched)
    ]
    assert read[-1] is None


def test_the_oldest_segments_make_room_and_are_counted(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, keep_bytes=40_000, segment_s=600)
    for second in range(60):
        batch = any_frames(second, has_fd=False, start_s=DATE_S + second)
        writer.append(encoded(batch, NOW_MS), len(batch), NOW_MS + second * 1000)
    writer.close()
    assert sum(segment.size for segment in segments_in(tmp_path)) <= 40_000
    counts = counts_in(tmp_path)
    assert counts.frames == 60 * 60
    assert counts.deleted_segments > 0
    kept = recorded(tmp_path)
    assert 0 < len(kept) < 60 * 60
    # what was kept are the latest frames, without a hole
    assert content(kept)[-60:] == content(any_frames(59, has_fd=False, start_s=DATE_S + 59))
    assert len(kept) % 60 == 0


def test_a_segment_ends_after_its_time_and_when_the_clock_is_set_back(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, keep_bytes=MIB, segment_s=10)
    for now_ms in (NOW_MS, NOW_MS + 9_999, NOW_MS + 10_000, NOW_MS + 5_000):
        writer.append(encoded(any_frames(1), now_ms), 60, now_ms)
    writer.close()
    assert [len(list(read_blocks(one.path))) for one in segments_in(tmp_path)] == [2, 1, 1]


def test_a_restarted_writer_leaves_what_was_there_and_counts_on(tmp_path: Path) -> None:
    for _ in range(2):
        writer = SegmentWriter(tmp_path, keep_bytes=MIB, segment_s=600)
        writer.append(encoded(any_frames(1), NOW_MS), 60, NOW_MS)
        writer.close()
    assert [segment.number for segment in segments_in(tmp_path)] == [1, 2]
    assert counts_in(tmp_path).frames == 120


def test_a_disk_that_refuses_costs_frames_but_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "recordings"
    blocked.write_text("in the way", "utf-8")
    recorder = FrameRecorder(SegmentWriter(blocked / "battery-01", MIB, 600))
    for second in range(3):
        recorder.take("hv", any_frames(second, 50), NOW_MS + second * 1000)
        recorder.flush()
    assert recorder.counts.lost_frames == 150
    assert len([line for line in caplog.records if "not recorded" in line.message]) == 1
    blocked.unlink()
    recorder.take("hv", any_frames(3, 50), NOW_MS + 3000)
    recorder.close(NOW_MS + 3000)
    assert len(recorded(blocked / "battery-01")) == 50
    assert counts_in(blocked / "battery-01").lost_frames == 150


def test_frames_of_all_buses_are_kept_in_order_of_time_on_the_wall_clock(tmp_path: Path) -> None:
    recorder = FrameRecorder(SegmentWriter(tmp_path, MIB, 600))
    # one adapter counts from its start, the other tells the time of day
    recorder.take("hv", any_frames(1, start_s=17.0, channels=("x",)), NOW_MS)
    recorder.take("body", any_frames(2, start_s=DATE_S - 0.2, channels=("y",)), NOW_MS)
    recorder.close(NOW_MS)
    kept = recorded(tmp_path)
    assert len(kept) == 120
    assert (np.diff(kept.timestamp_s) >= 0).all()
    assert {frame.channel for frame in kept} == {"hv", "body"}
    hv = kept.where(np.array([frame.channel == "hv" for frame in kept]))
    assert hv.timestamp_s.max() == pytest.approx(DATE_S, abs=1e-6)


def test_a_backlog_beyond_the_limit_is_given_up_and_counted(tmp_path: Path) -> None:
    recorder = FrameRecorder(SegmentWriter(tmp_path, 64 * MIB, 600))
    many = any_frames(1, 50_000, has_fd=False)
    # the thread that writes once a second does not come to it in between
    for _ in range(LONGEST_BACKLOG // 50_000 + 2):
        recorder.take("hv", many, NOW_MS)
    recorder.close(NOW_MS)
    counts = counts_in(tmp_path)
    assert counts.frames + counts.lost_frames == LONGEST_BACKLOG + 100_000
    assert counts.lost_frames >= 50_000


def test_a_window_is_cut_by_wall_clock_half_open(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, MIB, segment_s=10)
    for second in range(0, 120, 5):
        batch = any_frames(second, 10, start_s=DATE_S + second)
        writer.append(encoded(batch, NOW_MS), 10, NOW_MS + second * 1000 + 900)
    writer.close()
    every = recorded(tmp_path).timestamp_s
    cut = recorded(tmp_path, from_s=float(every[30]), to_s=float(every[60])).timestamp_s
    assert np.array_equal(cut, every[30:60])


def test_an_adapter_clock_is_followed_through_drift_and_reset() -> None:
    clock = WallClock()
    worst = 0.0
    for tick in range(20_000):
        true_s = DATE_S + tick * 0.05
        adapter_s = 5.0 + tick * 0.05 * (1 + 50e-6)
        late_ms = (tick * 7919) % 40
        told = clock.times(np.array([adapter_s]), round(true_s * 1000) + late_ms)
        worst = max(worst, abs(float(told[0]) - true_s))
    assert worst < 0.01 + 0.05
    told = clock.times(np.array([0.5]), NOW_MS + 2_000_000)
    assert told[0] == pytest.approx(DATE_S + 2000, abs=1e-6)


def test_an_adapter_that_tells_the_time_of_day_is_believed() -> None:
    clock = WallClock()
    times = DATE_S + np.array([0.1, 0.2])
    assert clock.times(times, NOW_MS + 230) is times
