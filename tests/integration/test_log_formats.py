import json
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import can
import numpy as np
import pytest

from can_bridge.frames import IS_EXTENDED, FrameBatch
from can_bridge.logs.facts import log_facts
from can_bridge.logs.lines import TextBatches
from can_bridge.logs.reading import open_log
from can_bridge.logs.writing import format_of, write_batches
from tests.unit.can_bridge.log_lines import SAMPLES, damaged_lines

ORIGINALS = [
    ("kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "gvret"),
    ("kona2021_epcu_motor_bench.gvret.csv", "gvret"),
    ("kona2021_bms_bench_idle_30s.asc", "asc"),
    ("kona2021_bms_bench_precharge_sequence.asc", "asc"),
    ("kona2020_compcan_heating.gvret.csv", "gvret"),
    ("savvy_sample.gvret.csv", "gvret"),
    ("savvy_sample.candump.log", "candump"),
    ("savvy_sample.crtd.txt", "crtd"),
    ("css_j1939_truck_idle.mf4", "mf4"),
    ("css_leaf_uds_gnss.mf4", "mf4"),
    ("kona2021_dcan_dtc_scan.gvret.csv", "gvret"),
]
CONTENT = ("arbitration_id", "flags", "length", "data")


def whole(path: Path) -> FrameBatch:
    return FrameBatch.joined(list(open_log(path).batches()))


def channel_counts(batch: FrameBatch) -> dict[str, int]:
    return {
        str(name): int(np.count_nonzero(batch.channel == place))
        for place, name in enumerate(batch.channels)
    }


def reference_of(shared: Path, name: str) -> dict[str, Any]:
    entries = json.loads((shared / "can/expected.json").read_text("utf-8"))
    return next(entry for entry in entries if entry["file"] == f"logs/{name}")


def test_the_reference_names_no_log_that_is_not_tested(shared: Path) -> None:
    entries = json.loads((shared / "can/expected.json").read_text("utf-8"))
    assert {entry["file"] for entry in entries} == {f"logs/{name}" for name, _ in ORIGINALS}


@pytest.mark.parametrize(("name", "text_format"), ORIGINALS)
def test_a_log_reads_as_the_reference_says(shared: Path, name: str, text_format: str) -> None:
    expected = reference_of(shared, name)
    log = open_log(shared / "can/logs" / name)
    batch = FrameBatch.joined(list(log.batches()))
    is_rising = bool((np.diff(batch.timestamp_s) >= 0).all())
    channels = expected["channels"]
    if text_format == "asc":
        # the reference took 1 off channel 0 of these files; here they keep their number
        channels = {str(int(name) + 1): count for name, count in channels.items()}

    assert log.format == text_format
    assert len(batch) == expected["frames"]
    assert log.unparsable_lines == expected["unparsable_lines"]
    assert log.remote_or_error_frames == expected["error_or_remote_frames"]
    assert channel_counts(batch) == channels
    assert len(np.unique(batch.arbitration_id)) == expected["distinct_ids"]
    assert np.count_nonzero(batch.flags & IS_EXTENDED) == expected["extended_frames"]
    assert batch.timestamp_s.min() == pytest.approx(expected["first_timestamp"], abs=1e-9)
    assert batch.timestamp_s.max() == pytest.approx(expected["last_timestamp"], abs=1e-6)
    assert is_rising == expected["timestamps_nondecreasing"]


@pytest.mark.parametrize(
    ("suffix", "name", "resolution_s"),
    [
        ("candump.log", "candump", 1.0),
        ("crtd.txt", "crtd", 0.0),
        ("busmaster.log", "busmaster", 0.0),
        ("microchip.log", "microchip", 0.0),
    ],
)
def test_one_capture_in_five_formats_is_the_same_frame_by_frame(
    shared: Path, suffix: str, name: str, resolution_s: float
) -> None:
    reference = whole(shared / "can/logs/savvy_sample.gvret.csv")
    path = shared / f"can/logs/savvy_sample.{suffix}"
    other = whole(path)
    assert open_log(path).format == name
    for column in CONTENT:
        assert np.array_equal(getattr(other, column), getattr(reference, column)), column
    if resolution_s:
        assert np.array_equal(other.timestamp_s, np.floor(reference.timestamp_s))
    else:
        assert np.array_equal(other.timestamp_s, reference.timestamp_s)


@pytest.mark.parametrize("suffix", ["asc", "blf", "log", "mf4", "trc"])
def test_frames_are_those_python_can_reads(shared: Path, suffix: str) -> None:
    path = shared / f"can/logs/derived_kona2019.{suffix}"
    ours = whole(path)
    with can.LogReader(path) as reader:
        theirs = list(reader)
    assert len(ours) == len(theirs)
    for frame, message in zip(ours, theirs, strict=True):
        # ISO times in MF4 are added to a start of nanoseconds
        assert frame.timestamp == pytest.approx(message.timestamp, abs=2.4e-7)
        assert frame[1:] == (
            message.channel,
            message.arbitration_id,
            message.is_extended_id,
            bytes(message.data),
        )


@pytest.mark.parametrize(
    ("source", "suffix"),
    [
        ("gvret.csv", "gvret"),
        ("crtd.txt", "crtd"),
        ("busmaster.log", "busmaster"),
        ("microchip.log", "microchip"),
    ],
)
def test_python_can_finds_our_readers_by_suffix(
    shared: Path, tmp_path: Path, source: str, suffix: str
) -> None:
    path = tmp_path / f"log.{suffix}"
    shutil.copy(shared / f"can/logs/savvy_sample.{source}", path)
    with can.LogReader(path) as reader:
        messages = list(reader)
    ours = list(open_log(path))
    assert len(messages) == 12974
    assert [(m.timestamp, m.arbitration_id, bytes(m.data)) for m in messages] == [
        (frame.timestamp, frame.arbitration_id, frame.data) for frame in ours
    ]


@pytest.mark.parametrize("suffix", ["log", "blf"])
def test_a_longer_log_takes_no_more_memory(shared: Path, tmp_path: Path, suffix: str) -> None:
    content = whole(shared / "can/logs/derived_kona2019.log")
    facts = log_facts([content])
    peaks = []
    for times in (3, 8):
        path = tmp_path / f"{times}.{suffix}"
        write_batches((content for _ in range(times)), facts, path, format_of(path))
        tracemalloc.start()
        try:
            frames = sum(len(batch) for batch in open_log(path).batches())
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert frames == times * len(content)
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize("name", SAMPLES)
def test_fifty_thousand_damaged_lines_are_read_alike_either_way(name: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged"
    path.write_text("\n".join(damaged_lines(name, 20_261, 50_000)), "latin-1")
    ways = []
    for only_carefully in (False, True):
        text_format = SAMPLES[name][0]()
        assert text_format is not None
        batches = TextBatches(path.open("rb"), path, text_format, only_carefully=only_carefully)
        ways.append((FrameBatch.joined(list(batches)), batches.counts))
    (fast, fast_counts), (careful, careful_counts) = ways
    assert fast_counts == careful_counts
    assert len(fast) > 10_000
    assert fast_counts.unparsable_lines > 1_000
    assert np.array_equal(fast.flags, careful.flags)
    assert list(fast) == list(careful)
